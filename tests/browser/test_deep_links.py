"""An address opened on a server that has shown no page before."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Apart
from tests.browser.drawing import PATIENCE
from tests.browser.menu import WORK, header
from tests.conftest import Serve


@pytest.mark.parametrize(
    ("path", "title"), [("/history", "History"), pytest.param("/models", "Models", marks=pytest.mark.trust)]
)
def test_a_deep_link_into_a_cold_server_shows_the_frame_and_asks_nobody_else(
    apart: Apart, serve: Serve, path: str, title: str
) -> None:
    tab = apart(base_url=serve())
    elsewhere: list[str] = []
    tab.on("console", lambda told: elsewhere.append(told.text) if "Content Security Policy" in told.text else None)

    tab.goto(path)

    expect(tab.get_by_role("heading", name=title, exact=True)).to_be_visible(timeout=PATIENCE)
    expect(tab.get_by_text("Demo (free, offline)")).to_be_visible()
    expect(header(tab).get_by_role("link")).to_have_text([re.compile(f"{name}$") for name in WORK])
    assert [] == elsewhere
