"""What servers were found to do: kept across restarts, seen by every replica, and corrected by what contradicts it."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from tests.triptych.store.drawn import Home
from triptych import capabilities
from triptych.capabilities import KIND, REFUSED
from triptych.servers import DEMO, GENERIC, LOCALAI, OPENAI, Account
from triptych.settings import settings
from triptych.store import Store, known_servers
from triptych.store.history.server_facts import read

HERE = Account("http://images.example:8080/v1", "sk-mine", server=GENERIC)
LISTED = {KIND: "localai", "edits": True}


def known(store: Store, owner: str = "ann", account: Account = HERE) -> dict[str, object]:
    return {name: fact.value for name, fact in store.known_servers.facts(account, owner).items()}


@pytest.fixture
def replicas(place: Home) -> tuple[Store, Store]:
    """Two that share their records."""
    return place.store(), place.store()


def begun(store: Store) -> Store:
    """One whose records are there."""
    store.answers()
    return store


def test_what_one_replica_finds_out_another_knows_and_after_a_restart_too(replicas: tuple[Store, Store]) -> None:
    first, second = map(begun, replicas)

    first.known_servers.learn(HERE, "ann", LISTED, "probe")
    first.close()

    assert LISTED == known(second)
    server = second.known_servers.server(HERE, "ann", {})
    assert ("localai", True, False) == (server.id, server.edits, server.variations)
    second.close()


def test_a_replica_hears_of_what_another_found_within_a_minute(
    replicas: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = map(begun, replicas)
    assert {} == known(second)
    first.known_servers.learn(HERE, "ann", LISTED, "probe")
    first.close()
    assert {} == known(second)

    monkeypatch.setattr(known_servers, "FRESH", 0.0)

    assert LISTED == known(second)
    second.close()


def test_what_was_found_before_there_were_records_is_written_with_what_comes_next(place: Home) -> None:
    store = place.store()
    store.known_servers.learn(HERE, "ann", {KIND: "localai"}, "probe")
    begun(store)
    store.known_servers.learn(HERE, "ann", {"usage": False}, "answer")
    store.close()

    again = begun(place.store())

    assert {KIND: "localai", "usage": False} == known(again)
    again.close()


def test_what_one_key_finds_out_says_nothing_of_another_and_the_environments_key_is_everybodys(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", HERE.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-shared")
    settings.cache_clear()
    shared = Account(HERE.base_url, "sk-shared", server=GENERIC)

    store.known_servers.learn(HERE, "ann", {"edits": True}, "probe")
    store.known_servers.learn(shared, "ann", {"edits": False}, "probe")

    assert ({"edits": True}, {}) == (known(store), known(store, "bob"))
    assert {"edits": False} == known(store, "bob", shared) == known(store, "ann", shared)


def test_the_records_hold_no_key(store: Store) -> None:
    begun(store).known_servers.learn(HERE, "ann", LISTED, "probe")
    store.known_servers.close()

    with store.database.read() as connection:
        assert set(LISTED) == set(read(connection, HERE.base_url, "ann"))
        assert "sk-mine" not in repr(connection.exec_driver_sql("SELECT * FROM server_facts").all())


def test_an_image_that_came_takes_back_the_refusal_of_its_size(store: Store) -> None:
    store.known_servers.learn(HERE, "ann", {f"{REFUSED}1024x1024": True}, "refusal")
    assert {f"{REFUSED}1024x1024": True} == known(store)

    store.known_servers.learn(HERE, "ann", {f"{REFUSED}1024x1024": None}, "answer")

    assert {} == known(store)


def test_what_one_owner_is_refused_takes_nothing_from_others_that_an_image_has_shown(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.known_servers.learn(HERE, "ann", {"responses": True, "auto_size": True}, "answer")

    store.known_servers.learn(HERE, "ann", {"responses": False, "auto_size": False}, "refusal")

    assert {"responses": True, "auto_size": True} == known(store)
    monkeypatch.setattr(capabilities, "LASTS", timedelta(0))
    store.known_servers.learn(HERE, "ann", {"responses": False}, "refusal")
    monkeypatch.undo()
    assert {"responses": False, "auto_size": True} == known(store)


def test_sizes_without_end_hide_nothing_else_that_is_known(replicas: tuple[Store, Store]) -> None:
    first, second = map(begun, replicas)
    first.known_servers.learn(HERE, "ann", LISTED, "probe")

    first.known_servers.learn(HERE, "ann", {f"{REFUSED}{edge}x{edge}": True for edge in range(200)}, "refusal")
    first.close()

    assert LISTED == {name: value for name, value in known(second).items() if name in LISTED}
    second.close()


def test_a_refusal_is_tried_again_after_a_day_and_a_probe_asked_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.known_servers.learn(HERE, "ann", {"responses": False}, "refusal")
    store.known_servers.learn(HERE, "ann", {"edits": True}, "probe")
    assert not store.known_servers.is_to_be_probed(HERE, "ann")

    monkeypatch.setattr(capabilities, "LASTS", timedelta(0))

    assert {"edits": True} == known(store)
    assert store.known_servers.is_to_be_probed(HERE, "ann")
    found = store.known_servers.facts(HERE, "ann")["edits"].found
    assert timedelta(0) <= datetime.now(UTC) - found < timedelta(hours=1)


def test_what_is_forgotten_is_forgotten_in_the_records_too(replicas: tuple[Store, Store]) -> None:
    first, second = map(begun, replicas)
    first.known_servers.learn(HERE, "ann", LISTED, "probe")
    first.known_servers.learn(HERE, "bob", LISTED, "probe")
    first.known_servers.forget(HERE, "ann")
    first.close()

    assert ({}, LISTED) == (known(second), known(second, "bob"))
    second.close()


def test_what_a_person_says_of_the_kind_counts_more_than_a_probe_and_less_than_an_image(store: Store) -> None:
    told = Account(HERE.base_url, HERE.key, server=LOCALAI, recognised=False)
    store.known_servers.learn(told, "ann", {KIND: "sd-cpp", "edits": True}, "probe")
    assert store.known_servers.server(told, "ann", {}) is LOCALAI

    store.known_servers.learn(told, "ann", {"edits": True}, "answer")

    server = store.known_servers.server(told, "ann", {})
    assert ("localai", True) == (server.id, server.edits)


@pytest.mark.parametrize("own", [OPENAI, DEMO], ids=lambda server: server.id)
def test_nothing_is_kept_of_openai_and_the_demo(store: Store, own: object) -> None:
    account = Account(server=own)  # type: ignore[arg-type]

    store.known_servers.learn(account, "ann", {"edits": False}, "refusal")

    assert ({}, own) == (known(store, account=account), store.known_servers.server(account, "ann", {}))


def test_many_threads_learn_and_ask_at_once(store: Store) -> None:
    begun(store)
    start = threading.Barrier(8)

    def work(number: int) -> None:
        start.wait()
        for turn in range(20):
            store.known_servers.learn(HERE, "ann", {f"{REFUSED}{number}x{turn}": True}, "refusal")
            store.known_servers.facts(HERE, "ann")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 8 * 20 == len(known(store))
    store.known_servers.close()
