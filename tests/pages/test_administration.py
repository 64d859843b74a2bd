"""What changes everybody's records is done at this machine, or by a login that is named for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components.state.access import administrators_only, is_administrator
from components.state.account import Connection
from components.state.services import Services, services
from tests.logins import ISSUER, person, set_up
from tests.pages.kept import kept
from tests.pages.made import lost
from tests.pages.tabs import environment, words
from tests.serving import ROOT
from triptych.engine.serve import Engine
from triptych.servers import LITELLM, Account
from triptych.store import Store

PATIENCE = 60.0  # seconds
OF_EVERYBODY = {"rebuild", "confirm_spent", "history_restore_backup"}


@pytest.fixture
def store(process: Services) -> Store:
    """The records, damaged: nobody knows what was spent."""
    store = process.store
    assert store.journal.doubtful() is False
    path = store.root.parent / "triptych.db"
    store.close()
    for file in store.root.parent.glob("triptych.db*"):
        file.unlink()
    path.write_bytes(b"this is no database" * 500)
    for name in ("database", "journal", "history", "transfer"):
        store.__dict__.pop(name, None)
    assert store.journal.doubtful()
    return store


@pytest.fixture
def login(tmp_path: Path) -> Iterator[None]:
    """A login is set up."""
    with set_up(tmp_path):
        yield


def look(path: str, **user: object) -> AppTest:
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    page.user = user
    page.run().switch_page(f"pages/{path}.py").run()
    page.session_state["history_files"] = True
    return page.run()


def of_everybody(page: AppTest) -> set[str]:
    return {str(button.key) for button in page.button} & OF_EVERYBODY


@pytest.mark.usefixtures("store")
def test_whoever_sits_at_this_machine_administers_it() -> None:
    assert {"rebuild", "confirm_spent"} == of_everybody(look("spending"))


@pytest.mark.usefixtures("login")
def test_a_login_that_is_not_named_sees_who_can_instead_of_the_buttons(store: Store) -> None:
    page = look("spending", **person())

    assert set() == of_everybody(page)
    assert "none is named yet: set TRIPTYCH_ADMINS" in words(page)
    assert set() == of_everybody(look("history", **person()))


NAMED = {
    "its verified address": ("Ada@Example.org", {"email": "ada@example.org", "email_verified": True}, True),
    "an address that nobody verified": ("ada@example.org", {"email": "ada@example.org"}, False),
    "issuer and subject": (f"bob@example.org, {ISSUER}#ada", {}, True),
    "the subject of the only provider": ("ada", {}, True),
    "the issuer alone": (ISSUER, {}, False),
    "somebody else": ("bob", {}, False),
    "nobody": (" , ,", {"email": "", "email_verified": True}, False),
}


@pytest.mark.usefixtures("login", "store")
@pytest.mark.parametrize(("named", "claims", "may"), NAMED.values(), ids=NAMED)
def test_a_login_administers_when_it_is_named_by(
    monkeypatch: pytest.MonkeyPatch, named: str, claims: dict[str, object], may: bool
) -> None:
    environment(monkeypatch, TRIPTYCH_ADMINS=named)

    assert ({"rebuild", "confirm_spent"} if may else set()) == of_everybody(look("spending", **person(**claims)))


@pytest.mark.usefixtures("login")
@pytest.mark.parametrize("button", ["rebuild", "confirm_spent"])
def test_a_click_that_comes_after_the_name_was_taken_away_changes_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch, button: str
) -> None:
    environment(monkeypatch, TRIPTYCH_ADMINS="ada")
    page = look("spending", **person())
    environment(monkeypatch, TRIPTYCH_ADMINS="bob")

    page.button(key=button).click().run()

    assert store.journal.doubtful()
    assert "Ask an administrator" in words(page)


@pytest.mark.usefixtures("login")
def test_only_an_administrator_changes_a_cap(process: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "save_caps" not in {button.key for button in look("spending", **person()).button}
    environment(monkeypatch, TRIPTYCH_ADMINS="ada")
    page = look("spending", **person())
    page.number_input(key="cap_day").set_value(2.0)
    environment(monkeypatch, TRIPTYCH_ADMINS="bob")

    page.button(key="save_caps").click().run()

    assert {} == process.store.limits.recorded()
    assert "Ask an administrator" in words(page)


@pytest.mark.usefixtures("engine")
def test_where_everyone_may_come_nobody_administers_but_at_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    environment(monkeypatch, TRIPTYCH_ALLOW_ANONYMOUS="1", TRIPTYCH_ADMINS="local")
    monkeypatch.setattr("components.state.access.configured_address", lambda: "0.0.0.0")

    assert not is_administrator()
    with pytest.raises(Exception, match="on the machine that runs Triptych"):
        administrators_only()


@pytest.mark.usefixtures("login", "process")
@pytest.mark.parametrize(
    ("admins", "has_own_key", "sent"),
    [("", False, 0), ("ada", False, 1), ("", True, 1)],
    ids=["somebody", "an administrator", "with a key of one's own"],
)
def test_only_an_administrator_or_whose_key_it_is_goes_past_a_cap_by_the_tick_for_unknown_prices(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, *, admins: str, has_own_key: bool, sent: int
) -> None:
    shared = {"OPENAI_BASE_URL": engine.base_url, "OPENAI_API_KEY": "shared" if has_own_key else engine.token}
    environment(monkeypatch, TRIPTYCH_SERVER_KIND="litellm", TRIPTYCH_BUDGET_DAY="5", TRIPTYCH_ADMINS=admins, **shared)
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    page.user = person()
    page.run()
    kept(page, Connection).account = Account(engine.base_url, engine.token, server=LITELLM, recognised=False)
    page.session_state["any_price"] = True
    page.run().text_area(key="prompt").set_value("a red square").run()

    page.button(key="run").click().run()
    services().jobs.drain(PATIENCE)

    assert sent == sum(entry.method == "POST" for entry in engine.log)
    assert bool(sent) != ("Only an administrator" in words(page))


@pytest.mark.usefixtures("login", "process")
@pytest.mark.parametrize(("admins", "offered"), [("", False), ("ada", True)], ids=["somebody", "an administrator"])
def test_only_an_administrator_has_the_server_of_everybodys_key_detected_anew(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, admins: str, *, offered: bool
) -> None:
    shared = {"OPENAI_BASE_URL": engine.base_url, "OPENAI_API_KEY": engine.token}
    environment(monkeypatch, TRIPTYCH_SERVER_KIND="litellm", TRIPTYCH_ADMINS=admins, **shared)

    page = look("settings", **person())

    assert offered is not ("Only an administrator" in page.button(key="detect_again").help)


@pytest.mark.usefixtures("login")
def test_only_an_administrator_gives_back_or_changes_what_is_held_of_everybodys_caps(
    process: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = process.store.journal
    record = lost(process.store, owner=f"{ISSUER}#ada")
    held = journal.money("day").reserved
    for button in ("charged", "free"):  # which come after the name was taken away
        environment(monkeypatch, TRIPTYCH_ADMINS="ada")
        page = look("spending", **person())
        page.number_input(key=f"cost_{record.ticket}").set_value(9_000.0)
        environment(monkeypatch, TRIPTYCH_ADMINS="bob")
        page.button(key=f"{button}_{record.ticket}").click().run()
        assert (0, held) == (journal.money("day").spent, journal.money("day").reserved)

    assert page.button(key=f"free_{record.ticket}").disabled
    assert "not release or change it. Only an administrator" in words(page)
    page = look("spending", **person())
    page.button(key=f"charged_{record.ticket}").click().run()
    assert (held, 0) == (journal.money("day").spent, journal.money("day").reserved)


@pytest.mark.usefixtures("login")
def test_only_an_administrator_takes_back_what_was_released(process: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = process.store.journal
    record = lost(process.store, owner=f"{ISSUER}#ada")
    environment(monkeypatch, TRIPTYCH_ADMINS="ada")
    page = look("spending", **person())
    page.button(key=f"free_{record.ticket}").click().run()

    environment(monkeypatch, TRIPTYCH_ADMINS="bob")
    page.button(key="undo_settled").click().run()

    assert 0 == journal.money("day").reserved
    assert ["**Ask an administrator**"] == [toast.value.partition(" · ")[0] for toast in page.toast]
