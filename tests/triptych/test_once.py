"""What many threads need first is made once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from components.state import services
from components.state.services import PLACE, Services
from triptych.errors import NeverSent
from triptych.once import once

MANY = 20


def at_once(ask: Callable[[], object]) -> list[object]:
    """What ``MANY`` threads get that ask at the same time."""
    ready = threading.Barrier(MANY)

    def one(_: int) -> object:
        ready.wait()
        return ask()

    with ThreadPoolExecutor(MANY) as threads:
        return list(threads.map(one, range(MANY)))


class Slow:
    """Makes what it makes only when every thread that could make it too has had its chance."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.go = threading.Event()

    @once
    def thing(self) -> object:
        self.made.append("thing")
        self.go.wait(0.2)  # nobody sets it: time in which another thread would begin, were it let in
        return object()

    @once
    def other(self) -> object:
        return self.thing

    @once
    def broken(self) -> object:
        self.made.append("broken")
        raise ValueError("not yet")


def test_twenty_threads_at_once_get_the_same_thing_made_once() -> None:
    slow = Slow()

    assert {slow.thing} == set(at_once(lambda: slow.other))
    assert ["thing"] == slow.made


def test_what_cannot_be_made_is_tried_again_by_the_next() -> None:
    slow = Slow()
    for _ in range(2):
        with pytest.raises(ValueError, match="not yet"):
            _ = slow.broken

    assert ["broken"] * 2 == slow.made


def test_twenty_first_visitors_at_once_share_one_set_of_services(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Services] = []
    go = threading.Event()

    class Counted(Services):
        def __init__(self) -> None:
            super().__init__()
            made.append(self)
            go.wait(0.2)

    monkeypatch.setattr(services, "Services", Counted)
    monkeypatch.delitem(services.sys.modules, PLACE, raising=False)
    try:
        assert made == [*{id(one): one for one in at_once(services.services)}.values()]
    finally:
        services.atexit.unregister(services.drain)
        for one in made:
            one.jobs._loop.call_soon_threadsafe(one.jobs._loop.stop)
            one.jobs._thread.join()
            one.jobs._loop.close()


def test_twenty_first_visitors_at_once_get_one_of_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(services.sys.modules, PLACE, raising=False)
    shared = services.services()
    try:
        for name in ("budget", "studio", "paces", "recovered", "grids"):
            assert 1 == len({id(one) for one in at_once(lambda name=name: getattr(shared, name))}), name  # type: ignore[misc]
        for name in ("database", "journal", "history", "transfer"):
            assert 1 == len({id(one) for one in at_once(lambda name=name: getattr(shared.store, name))}), name  # type: ignore[misc]
    finally:
        services.atexit.unregister(services.drain)
        shared.store.close()
        shared.jobs._loop.call_soon_threadsafe(shared.jobs._loop.stop)
        shared.jobs._thread.join()
        shared.jobs._loop.close()
        services.sys.modules.pop(PLACE, None)


def test_a_drain_after_everything_was_put_away_makes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(services.sys.modules, PLACE, raising=False)

    services.drain(0)

    assert PLACE not in services.sys.modules


def test_what_is_made_after_the_process_was_told_to_end_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(services.sys.modules, PLACE, raising=False)
    shared = services.services()
    try:
        services.stop_sending()

        with pytest.raises(NeverSent):
            shared.studio.gate.check()
    finally:
        services.atexit.unregister(services.drain)
        shared.store.close()
        shared.jobs._loop.call_soon_threadsafe(shared.jobs._loop.stop)
        shared.jobs._thread.join()
        shared.jobs._loop.close()
        services.sys.modules.pop(PLACE, None)
