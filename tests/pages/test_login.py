"""Where a login is set up, nobody sees a page, a picture or a price without it; where one is missing, nobody at all."""

import os
from pathlib import Path

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

import components.login
from components import services
from components.navigation import PAGES
from tests.pages.tabs import environment
from tests.serving import ROOT
from triptych import cli

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


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the pages believe that a server shows them."""
    monkeypatch.setattr(components.login, "served", lambda: True)


def closed(page: AppTest) -> list[str]:
    """Why nobody comes in, where nothing else is on the page."""
    assert (0, 0, 0) == (len(page.text_area), len(page.metric), len(page.button))
    return [error.value.replace("\\", "") for error in page.error if error.proto.title == "These pages are closed"]


@pytest.mark.usefixtures("engine", "served")
@pytest.mark.parametrize("address", ["0.0.0.0", "192.0.2.7", None])
def test_pages_that_others_reach_stay_closed_without_a_login_however_they_were_started(
    monkeypatch: pytest.MonkeyPatch, address: str | None
) -> None:
    config.set_option("server.address", address)

    page = tab().run()

    assert "will not serve" in closed(page)[0]
    environment(monkeypatch, TRIPTYCH_ALLOW_ANONYMOUS="1")
    assert ["Prompt"] == [area.label for area in tab().run().text_area]


@pytest.mark.usefixtures("engine", "served")
def test_a_second_playground_on_the_same_home_stays_closed_until_the_first_is_gone(home: Path) -> None:
    lock = cli.locked(home)
    assert lock is not None
    (home / "lock").write_text("1")  # the number of another process

    page = tab().run()

    assert [f"Another triptych is using {home}. Stop it, or give this one its own TRIPTYCH_HOME."] == closed(page)
    assert closed(page) == services.ready()
    os.close(lock)
    assert ["Prompt"] == [area.label for area in page.run().text_area]
    assert cli.is_holder(home)
    assert cli.locked(home) is None


@pytest.mark.usefixtures("engine", "served")
def test_a_home_that_this_process_holds_already_is_its_own(home: Path) -> None:
    with cli.only_one(home):
        assert ["Prompt"] == [area.label for area in tab().run().text_area]
