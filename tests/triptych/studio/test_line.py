"""The line in which a drawing's life is written: in order, together, and each piece for itself."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.triptych.store.drawn import entry
from triptych.errors import DatabaseDown, Duplicate, GivenBack
from triptych.store import Ending, Going, Store
from triptych.studio.line import Line

PATIENCE = 60.0  # seconds


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


class Log:
    """What was written, in its order; brackets are transactions."""

    def __init__(self) -> None:
        self.written = ""

    @contextmanager
    def together(self) -> Iterator[None]:
        self.written += "("
        yield
        self.written += ")"

    def write(self, name: str) -> None:
        self.written += name

    def sent(self, going: Sequence[Going]) -> list[None]:
        self.written += f"[{''.join(one.ticket for one in going)}]"
        return [None] * len(going)

    def ended(self, endings: Sequence[Ending]) -> list[None]:
        self.written += f"<{''.join(one.ticket for one in endings)}>"
        return [None] * len(endings)


@pytest.fixture
def log() -> Log:
    return Log()


def test_what_gathers_goes_together_and_what_is_to_be_sent_first(log: Log) -> None:
    line = Line(log.together, log.sent, log.ended)
    free = held(line)
    last = [line.submit(log.write, name) for name in "ab"]
    for name in "cd":
        line.send([Going(name, 0, 1)])
    free.set()
    for one in last:
        one.result(PATIENCE)

    assert "[cd](ab)" == log.written


def test_what_is_to_be_sent_waits_for_one_piece_at_most(log: Log) -> None:
    line = Line(log.together, log.sent, log.ended)
    free = held(line)

    def writing() -> None:
        log.write("a")
        line.send([Going("z", 0, 1)])

    line.submit(writing)
    last = [line.submit(log.write, name) for name in "bc"]
    free.set()
    for one in last:
        one.result(PATIENCE)

    assert "(a)[z](bc)" == log.written


def test_who_is_to_be_sent_is_told_where_it_cannot_be_written(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(_going: Sequence[Going]) -> None:
        raise DatabaseDown("The database does not answer.")

    monkeypatch.setattr(log, "sent", down)
    line = Line(log.together, log.sent, log.ended)

    assert isinstance(line.send([Going("a", 0, 1)]).exception(10), DatabaseDown)


def test_what_comes_on_the_loop_together_is_written_together_and_each_hears_of_its_own(log: Log) -> None:
    line = Line(
        log.together, lambda going: [GivenBack("no") if one.ticket == "b" else None for one in going], log.ended
    )

    async def all_of_them() -> list[BaseException | None]:
        free = held(line)
        off = asyncio.create_task(line.ending(Ending("off", 0, (), None, None), 60, most=3))
        ends = [line.ending(Ending(name, 0, (), None, None), 60, most=3) for name in "cd"]
        heard = asyncio.gather(*(line.sending(Going(name, 0, 1)) for name in "ab"), *ends, return_exceptions=True)
        await asyncio.sleep(0)
        off.cancel()
        free.set()
        return await heard

    sent, refused, *ended = asyncio.run(all_of_them())

    assert (None, GivenBack, [None, None]) == (sent, type(refused), ended)
    assert "<cd>" == log.written


def test_who_waits_for_others_is_not_taken_along_by_the_time_of_those_that_went_before(log: Log) -> None:
    line = Line(log.together, log.sent, log.ended)

    async def two_pairs() -> str:
        soon = 0.001  # seconds
        await asyncio.gather(*(line.ending(Ending(name, 0, (), None, None), soon, most=2) for name in "ab"))
        third = asyncio.create_task(line.ending(Ending("c", 0, (), None, None), 60, most=2))
        late = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(2 * soon, late.set_result, None)  # after the time of the first pair
        await late
        before = log.written
        await asyncio.gather(third, line.ending(Ending("d", 0, (), None, None), 60, most=2))
        return before

    assert "<ab>" == asyncio.run(two_pairs())
    assert "<ab><cd>" == log.written


def test_a_loop_that_ended_while_something_gathered_holds_up_nothing_of_the_next(log: Log) -> None:
    line = Line(log.together, log.sent, log.ended)

    async def begun() -> None:
        asyncio.create_task(line.ending(Ending("lost", 0, (), None, None), 60, most=2))  # noqa: RUF006 - it is cancelled
        await asyncio.sleep(0)

    asyncio.run(begun())
    asyncio.run(line.ending(Ending("a", 0, (), None, None), 0.0, most=2))

    assert "<a>" == log.written


def test_a_piece_that_fails_is_undone_alone(store: Store) -> None:
    store.journal.open(entry("known"))
    line = Line(store.database.together, store.journal.sent_many, store.journal.finished_many)
    free = held(line)
    first, again, last = (line.submit(store.journal.open, entry(name)) for name in ("a", "known", "b"))
    free.set()

    assert (None, None) == (first.result(PATIENCE), last.result(PATIENCE))
    with pytest.raises(Duplicate):
        again.result(PATIENCE)
    assert {"a": "queued", "known": "queued", "b": "queued"} == store.journal.statuses(["a", "known", "b"])


def test_nobody_is_told_that_it_is_written_where_the_whole_fails(store: Store) -> None:
    @contextmanager
    def fails() -> Iterator[None]:
        with store.database.together():
            yield
            raise OSError("the disk is gone")

    line = Line(fails, store.journal.sent_many, store.journal.finished_many)
    free = held(line)
    pieces = [line.submit(store.journal.open, entry(name)) for name in "ab"]
    free.set()

    for piece in pieces:
        assert isinstance(piece.exception(10), OSError)
    assert {} == store.journal.statuses(["a", "b"])


def test_everybody_is_told_where_the_whole_cannot_be_begun(log: Log) -> None:
    @contextmanager
    def locked() -> Iterator[None]:
        raise DatabaseDown("The database is locked.")
        yield

    line = Line(locked, log.sent, log.ended)
    free = held(line)
    pieces = [line.submit(log.write, name) for name in "abc"]
    pieces[1].cancel()
    free.set()

    for piece in (pieces[0], pieces[2]):
        assert isinstance(piece.exception(10), DatabaseDown)
    assert "" == log.written


def test_what_is_called_off_in_time_is_not_written(log: Log) -> None:
    line = Line(log.together, log.sent, log.ended)
    free = held(line)
    off, kept = line.send([Going("off", 0, 1)]), line.send([Going("kept", 0, 1)])
    idle, busy = line.submit(log.write, "idle"), line.submit(log.write, "busy")
    off.cancel(), idle.cancel()
    free.set()
    kept.result(PATIENCE), busy.result(PATIENCE)

    assert "[kept](busy)" == log.written
