"""Assertions that look often say yes and no as Playwright's own do, and wait for what comes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Apart

SHORT = 50  # milliseconds: nothing comes
THERE, HIDDEN, NOWHERE = "#there", "#hidden", "#nowhere"
CONTENT = '<body><p id="there">here</p><p id="hidden" hidden>not seen</p></body>'
COMES = """() => setTimeout(() => {
    document.body.insertAdjacentHTML("beforeend", "<p id=late>soon</p>")
    setTimeout(() => { document.getElementById("late").textContent = "now" }, 100)
}, 1200)"""
# Of which element it is so, and of which it is not.
CASES: tuple[tuple[str, str, Callable[[Locator], None]], ...] = (
    (THERE, HIDDEN, lambda one: expect(one).to_be_visible(timeout=SHORT)),
    (THERE, NOWHERE, lambda one: expect(one).to_be_visible(timeout=SHORT)),
    (HIDDEN, THERE, lambda one: expect(one).not_to_be_visible(timeout=SHORT)),
    (NOWHERE, THERE, lambda one: expect(one).to_be_hidden(timeout=SHORT)),
    (THERE, HIDDEN, lambda one: expect(one).not_to_be_hidden(timeout=SHORT)),
    (HIDDEN, NOWHERE, lambda one: expect(one).to_be_attached(timeout=SHORT)),
    (NOWHERE, HIDDEN, lambda one: expect(one).not_to_be_attached(timeout=SHORT)),
    (NOWHERE, HIDDEN, lambda one: expect(one).to_be_attached(attached=False, timeout=SHORT)),
    (THERE, HIDDEN, lambda one: expect(one).to_have_text("here", timeout=SHORT)),
    (HIDDEN, NOWHERE, lambda one: expect(one).not_to_have_text("here", timeout=SHORT)),
    (NOWHERE, THERE, lambda one: expect(one).to_have_count(0, timeout=SHORT)),
)


def test_what_is_so_passes_and_what_is_not_is_said_to_be_not(apart: Apart) -> None:
    page = apart()
    page.set_content(CONTENT)

    for is_so, is_not, asserts in CASES:
        asserts(page.locator(is_so))
        with pytest.raises(AssertionError, match="Locator expected"):
            asserts(page.locator(is_not))


def test_what_comes_after_more_than_a_while_is_waited_for(apart: Apart) -> None:
    page = apart()
    page.set_content(CONTENT)
    page.evaluate(COMES)

    expect(page.locator("#late")).to_have_text("now")
