"""The menu in the header, as a hand goes through it."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.drawing import PATIENCE

WORK = ("Generate", "Edit", "Compare", "Batch", "Converse")
GROUPS = {"Library": ("History", "Spending", "Provenance"), "More": ("Models", "Settings")}


def header(page: Page) -> Locator:
    return page.locator("header")


def opened(page: Page, group: str) -> Locator:
    """Open a group of the menu; its pages."""
    header(page).get_by_role("button", name=group, exact=True).click()
    return page.get_by_role("menu").get_by_role("menuitem")


def follow(page: Page, name: str) -> None:
    """Go to a page and wait for it."""
    group = next((group for group, names in GROUPS.items() if name in names), None)
    if group:
        opened(page, group).filter(has_text=name).click()
    else:
        header(page).get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible(timeout=PATIENCE)
