"""Where a login is set up, nobody sees a page, a picture or a price without it."""

import pytest
from streamlit.testing.v1 import AppTest

from components.navigation import PAGES
from tests.serving import ROOT

PATIENCE = 30.0  # seconds


def tab(**user: object) -> AppTest:
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    page.user = user
    return page


def buttons(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("path", [page[0] for page in PAGES])
def test_before_the_login_there_is_only_the_login(path: str) -> None:
    page = tab(is_logged_in=True, email="ada@example.org").run().switch_page(f"pages/{path}.py").run()
    page.user = {"is_logged_in": False}

    page.run()

    assert (["Log in"], 0, 0) == (buttons(page), len(page.text_area), len(page.metric))


@pytest.mark.usefixtures("engine")
def test_after_the_login_the_pages_are_there_and_name_who_is_here() -> None:
    page = tab(is_logged_in=True, email="ada@example.org").run()

    assert "Log out" in buttons(page)
    assert "ada" in " ".join(str(caption.value) for caption in page.sidebar.caption)
    assert ["Prompt"] == [area.label for area in page.text_area]


@pytest.mark.usefixtures("engine")
def test_without_a_login_set_up_everyone_is_local() -> None:
    page = tab().run()

    assert "Log out" not in buttons(page)
    assert ["Prompt"] == [area.label for area in page.text_area]


@pytest.mark.usefixtures("engine")
def test_logging_out_leaves_nothing_on_the_page() -> None:
    page = tab(is_logged_in=True, email="ada@example.org").run()

    page.button(key="logout").click().run()

    assert (["Log in"], 0) == (buttons(page), len(page.text_area))
