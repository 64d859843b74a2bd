"""The Settings page in a real browser, whose fields may keep back what is typed."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.serving import playground
from triptych.engine.serve import Engine


@pytest.fixture(scope="module")
def address(port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with playground(tmp_path_factory.mktemp("settings"), port=port) as found:
        yield found


@pytest.fixture
def settings(page: Page, address: str) -> Page:
    """The page with the fields of a compatible server."""
    page.goto(f"{address}/settings")
    page.get_by_text("Compatible server", exact=True).click()
    expect(page.get_by_role("textbox", name="Address")).to_be_visible()
    return page


def save(settings: Page, base_url: str, key: str = "") -> None:
    settings.get_by_role("textbox", name="Address").fill(base_url)
    settings.get_by_role("textbox", name="API key, if required").fill(key)
    settings.get_by_role("button", name="Test and save").click()


def test_an_address_that_is_none_is_refused_in_words_and_one_on_this_machine_saved_by_its_name(settings: Page) -> None:
    engine = Engine.start(pace=0)
    try:
        save(settings, "http://me:secret@localhost/v1")
        expect(settings.get_by_text("The address must not hold a user name or password")).to_be_visible()

        save(settings, f"http://localhost:{engine.port}/v1", engine.token)

        expect(settings.get_by_text(f"Compatible: localhost:{engine.port}", exact=False).first).to_be_visible()
        expect(settings.get_by_text("answers and lists")).to_be_visible()
    finally:
        engine.stop()
