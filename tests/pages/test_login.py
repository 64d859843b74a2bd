"""Where a login is set up, nobody sees a page, a picture or a price without it; where one is missing, nobody at all."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

import components.frame.login
import components.state.access
from components.frame import lifecycle
from components.frame.navigation import MENU
from tests.logins import AUTH, ISSUER, person, set_up
from tests.pages.tabs import environment
from tests.serving import ROOT
from triptych import cli
from triptych.home import is_holder, locked

PATIENCE = 60.0  # seconds


def tab(**user: object) -> AppTest:
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    page.user = user
    return page


def buttons(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


@pytest.fixture
def login(tmp_path: Path) -> Iterator[None]:
    """A login is set up."""
    with set_up(tmp_path):
        yield


@pytest.mark.usefixtures("engine", "login")
@pytest.mark.parametrize("path", [name for group in MENU.values() for name in group])
def test_before_the_login_there_is_only_the_login(path: str) -> None:
    page = tab(**person()).run().switch_page(f"pages/{path}.py").run()
    page.user = {"is_logged_in": False}

    page.run()

    assert (["Log in"], 0, 0) == (buttons(page), len(page.text_area), len(page.metric))


@pytest.mark.usefixtures("engine", "login")
def test_after_the_login_the_pages_are_there_and_name_who_is_here() -> None:
    page = tab(**person()).run()

    assert "Log out" in buttons(page)
    assert "ada" in " ".join(str(caption.value) for caption in page.sidebar.caption)
    assert ["Prompt"] == [area.label for area in page.text_area]


@pytest.mark.usefixtures("engine")
def test_without_a_login_set_up_everyone_is_local() -> None:
    page = tab().run()

    assert "Log out" not in buttons(page)
    assert ["Prompt"] == [area.label for area in page.text_area]


@pytest.mark.usefixtures("engine", "login")
def test_logging_out_leaves_nothing_on_the_page() -> None:
    page = tab(**person()).run()

    page.button(key="logout").click().run()

    assert (["Log in"], 0) == (buttons(page), len(page.text_area))


HALF = {
    "empty": {},
    "without a provider": {name: AUTH[name] for name in ("redirect_uri", "cookie_secret")},
    "with a secret that anyone guesses": {**AUTH, "cookie_secret": "secret"},
    "with an empty client": {**AUTH, "client_id": " "},
    "without the address to come back to": {**AUTH, "redirect_uri": "/oauth2callback"},
    "with a provider that has no address": {**AUTH, "server_metadata_url": "login.example.org"},
    "without a cookie secret": {name: value for name, value in AUTH.items() if name != "cookie_secret"},
}


@pytest.mark.usefixtures("engine", "served")
@pytest.mark.parametrize("address", ["0.0.0.0", "127.0.0.1"])
@pytest.mark.parametrize("auth", HALF.values(), ids=HALF)
def test_a_login_that_is_begun_and_cannot_work_opens_nothing_and_names_what_is_missing(
    tmp_path: Path, auth: dict[str, str], address: str
) -> None:
    config.set_option("server.address", address)
    with set_up(tmp_path, auth):
        for user in ({}, {"is_logged_in": True}, person()):
            (said,) = closed(tab(**user).run(), but=("Log out",))

            assert any(name in said for name in AUTH if auth.get(name) != AUTH[name])


@pytest.mark.usefixtures("engine", "served")
def test_secrets_that_cannot_be_read_open_nothing(tmp_path: Path) -> None:
    with set_up(tmp_path, raw="[auth\nredirect_uri="):
        assert "cannot be read as TOML" in closed(tab().run())[0]


@pytest.mark.usefixtures("engine", "login")
@pytest.mark.parametrize(
    "claims", [{"sub": None}, {"iss": ""}, {"iss": 7}, {"sub": " "}, {"iss": "local#", "sub": "x"}]
)
def test_a_login_that_does_not_say_who_it_is_comes_nowhere_and_may_log_out(claims: dict[str, object]) -> None:
    page = tab(**person(**{"email": "ada@example.org", "email_verified": True, **claims})).run()

    assert "does not say who you are" in closed(page, but=("Log out",))[0]


OWNERS = {
    "an address that nobody has verified": ({"email": "ada@example.org"}, "ada"),
    "an address that is said not to be verified": ({"email": "ada@example.org", "email_verified": False}, "ada"),
    "an address that is said to be verified in words": ({"email": "a@example.org", "email_verified": "true"}, "ada"),
    "an address that is local": ({"email": "local", "email_verified": True}, "local"),
    "a verified address": ({"email": "ada@example.org", "email_verified": True}, "ada@example.org"),
}


@pytest.mark.parametrize(("claims", "name"), OWNERS.values(), ids=OWNERS)
@pytest.mark.usefixtures("login")
def test_an_owner_is_issuer_and_subject_whatever_address_the_login_claims(claims: dict[str, object], name: str) -> None:
    here = components.state.access.admit(person(**claims), "0.0.0.0")

    assert (f"{ISSUER}#ada", name) == (here.owner, here.name)


@pytest.mark.usefixtures("login")
def test_no_login_is_local() -> None:
    claimed = [person("local"), person("local", iss="local"), person(iss="", sub="local"), person(iss="local", sub="")]

    assert components.state.access.LOCAL not in {
        components.state.access.admit(who, "127.0.0.1").owner for who in claimed
    }


def test_a_claim_counts_for_nothing_where_no_login_is_set_up() -> None:
    assert "local" == components.state.access.admit(person(), "127.0.0.1").owner
    assert not components.state.access.admit(person(), "0.0.0.0").admitted


def test_a_proxy_in_front_of_this_machine_is_no_visitor_of_this_machine() -> None:
    before = config.get_option("server.allowedHosts")
    config.set_option("server.allowedHosts", ["localhost", "[::1]", "127.0.0.1"])
    assert components.state.access.admit({}, "127.0.0.1").admitted
    config.set_option("server.allowedHosts", ["localhost", "paint.example.com"])
    try:
        assert "without login" in components.state.access.admit({}, "127.0.0.1").problem
        assert not components.state.access.only_visitor()
    finally:
        config.set_option("server.allowedHosts", before)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the pages believe that a server shows them."""
    for module in (components.frame.login, components.state.access):
        monkeypatch.setattr(module, "served", lambda: True)


def closed(page: AppTest, but: tuple[str, ...] = ()) -> list[str]:
    """Why nobody comes in, where nothing else is on the page `but` these buttons."""
    assert (0, 0, set()) == (len(page.text_area), len(page.metric), set(buttons(page)) - set(but))
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
    lock = locked(home)
    assert lock is not None
    (home / "lock.pid").write_text("1")  # the number of another process

    page = tab().run()

    assert [f"Another triptych is using {home}. Stop it, or give this one its own TRIPTYCH_HOME."] == closed(page)
    assert closed(page) == lifecycle.ready()
    lock.release()
    assert ["Prompt"] == [area.label for area in page.run().text_area]
    assert is_holder(home)
    assert locked(home) is None


@pytest.mark.usefixtures("engine", "served")
def test_a_home_that_this_process_holds_already_is_its_own(home: Path) -> None:
    with cli.only_one(home):
        assert ["Prompt"] == [area.label for area in tab().run().text_area]


@pytest.mark.usefixtures("engine", "served")
def test_a_login_whose_library_is_not_installed_opens_nothing_and_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "authlib.integrations.starlette_client", None)

    with set_up(tmp_path):
        assert "pip install 'triptych[login]'" in closed(tab(**person()).run(), but=("Log out",))[0]
