"""What style.css may ask of a browser at every change of a page."""

import re
from collections.abc import Iterator

import pytest

from components.frame.navigation import STYLE

GOOD = (
    "div:has(> .st-key-notes)",
    ".st-key-welcome:has(.st-key-tour) img",
    '[class*="st-key-tile_"] [class*="st-key-pick_"]:has(input:checked)',
)
BAD = (
    '[class*="st-key-tile_"]:has(input:checked) [class*="st-key-pick_"]',
    "div:has(~ div > .st-key-turn) > .st-key-turn",
    '[class*="st-key-turn_"] > div:not(:has(> p)) > div',
    '.st-key-turns > div:not(:last-child) > [class*="st-key-turn_"]',
)


def selectors(css: str) -> Iterator[str]:
    """Each selector of a stylesheet."""
    for heads in re.findall(r"([^{};]+)\{", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)):
        if not heads.lstrip().startswith("@"):
            yield from map(str.strip, re.split(r",(?![^()]*\))", heads))


def costly(selector: str) -> bool:
    """Whether what it is about is beside or below an element that is found by no name, but by what is in or beside it.

    At each element that comes to a page a browser then styles all of them again: 4 ms each time, 30 of every run.
    """
    outside = r"(?![^()]*\))(?![^()]*\([^()]*\)\))"  # no blank in the brackets of :has, nor in those of :not around it
    compounds = [part for part in re.split(rf"\s+{outside}", selector) if part not in {">", "+", "~"}]
    return any(re.search(r":has\(|-child", part) and not part.startswith(".st-key-") for part in compounds[:-1])


@pytest.mark.parametrize("selector", GOOD)
def test_the_rule_allows(selector: str) -> None:
    assert not costly(selector)


@pytest.mark.parametrize("selector", BAD)
def test_the_rule_catches(selector: str) -> None:
    assert costly(selector)


def test_no_rule_has_the_browser_style_a_whole_page_anew_whenever_something_comes() -> None:
    found = list(selectors(STYLE.read_text("utf-8")))
    assert sum(":has(" in one for one in found) > len(GOOD)
    assert [one for one in found if costly(one)] == []
