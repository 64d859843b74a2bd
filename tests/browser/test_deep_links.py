"""An address opened before anything else has been."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.drawing import PATIENCE, Drawer
from tests.conftest import Serve

AT_ONCE = 2.0  # seconds from the end of the answer to the picture on the page, at full count
LOADED = 6.0  # the same beside other tests on a machine with few cores
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
SHOWN = "alt => [...document.images].some(image => image.alt === alt && image.naturalWidth === 1024)"
# Streamlit shows its button only while a script runs, which is over and begins again a few times a second.
STOP = """() => {
    const button = document.querySelector('[data-testid="stStatusWidget"] button')
    button?.click()
    return button !== null
}"""
FOCUSED = "(document.activeElement.getAttribute('aria-label') || '') + '|' + document.activeElement.textContent"


@pytest.mark.parametrize(("path", "title"), [("/models", "Models"), ("/settings", "Settings")])
def test_a_deep_link_into_a_cold_server_shows_the_frame(
    browser: Browser, serve: Serve, artist: Drawer, path: str, title: str
) -> None:
    tab = browser.new_page(base_url=serve(**artist.environment))

    tab.goto(path)

    expect(tab.get_by_role("heading", name=title, exact=True)).to_be_visible(timeout=PATIENCE)
    expect(tab.get_by_text(f"Compatible: 127.0.0.1:{artist.engine.port}")).to_be_visible()
    menu = [re.compile(f"{name}$") for name in ("Generate", "Models", "Settings")]
    expect(tab.get_by_test_id("stSidebarNav").get_by_role("link")).to_have_text(menu)
    tab.close()
