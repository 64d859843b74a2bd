"""The line in which a drawing's life is written: in order, together, and each piece for itself."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from tests.triptych.store.drawn import entry
from triptych.errors import Duplicate
from triptych.store import Store
from triptych.studio.line import Line


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "images")
    yield store
    store.close()


def held(line: Line) -> threading.Event:
    """Keep the line busy until the event is set."""
    free = threading.Event()
    line.submit(free.wait, 10)
    return free


def test_what_gathers_goes_together_and_what_is_urgent_first() -> None:
    done: list[str] = []

    @contextmanager
    def together() -> Iterator[None]:
        done.append("(")
        yield
        done.append(")")

    line = Line(together)
    free = held(line)
    last = [line.submit(done.append, name) for name in "ab"]
    line.first(lambda: done.append("c"))
    line.first(lambda: done.append("d"))
    free.set()
    for one in last:
        one.result(10)

    assert "(cd)(ab)" == "".join(done)


def test_a_piece_that_fails_is_undone_alone(store: Store) -> None:
    store.journal.open(entry("known"))
    line = Line(store.database.together)
    free = held(line)
    first, again, last = (line.submit(store.journal.open, entry(name)) for name in ("a", "known", "b"))
    free.set()

    assert (None, None) == (first.result(10), last.result(10))
    with pytest.raises(Duplicate):
        again.result(10)
    assert {"a": "queued", "known": "queued", "b": "queued"} == store.journal.statuses(["a", "known", "b"])


def test_nobody_is_told_that_it_is_written_where_the_whole_fails(store: Store) -> None:
    @contextmanager
    def fails() -> Iterator[None]:
        with store.database.together():
            yield
            raise OSError("the disk is gone")

    line = Line(fails)
    free = held(line)
    pieces = [line.submit(store.journal.open, entry(name)) for name in "ab"]
    free.set()

    for piece in pieces:
        assert isinstance(piece.exception(10), OSError)
    assert {} == store.journal.statuses(["a", "b"])


def test_what_is_called_off_in_time_is_not_written() -> None:
    done: list[str] = []
    line = Line(nullcontext)
    free = held(line)
    off, kept = line.first(lambda: done.append("off")), line.first(lambda: done.append("kept"))
    off.cancel()
    free.set()
    kept.result(10)

    assert ["kept"] == done
