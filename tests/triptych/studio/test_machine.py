"""Whatever happens in whatever order: nothing is paid twice, no cap is passed, what is done is there (TRUST.md M10)."""

import asyncio
import itertools
import json
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import httpcore2
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from hypothesis.strategies import integers
from sqlalchemy import update

from tests.triptych.client.raw import PATIENCE, Raw, Visit, b64, png, raw, whole
from triptych.budget import Budget, promise
from triptych.client import ImageClient
from triptych.errors import DatabaseDown, Duplicate, NotSaved, OverBudget, TriptychError
from triptych.request import ImageRequest
from triptych.servers import LIKE_OPENAI, Account
from triptych.store import Caps, Store
from triptych.store.db.tables import drawings
from triptych.store.files.names import original_place
from triptych.studio import Order, Studio

REQUEST = ImageRequest(model="gpt-image-2", prompt="a red square", size="1024x1024", quality="low")
ROOM = 4  # drawings that the cap has room for at once
USAGE = {"input_tokens": 9, "output_tokens": 196, "total_tokens": 205}
# Thousands of transactions, of which none has to outlive this machine: memory, where there is a folder in it.
MEMORY = next((folder for folder in ("/dev/shm",) if Path(folder).is_dir()), None)


@dataclass(eq=False)
class Parked:
    """A request that waits on the server for what becomes of it."""

    visit: Visit
    fate: "asyncio.Future[Callable[[Visit], Awaitable[None]]]"

    @property
    def ticket(self) -> str:
        """The drawing's, which its prompt ends with."""
        return str(json.loads(self.visit.body)["prompt"].split()[-1])


@dataclass(eq=False)
class Drawing:
    """A click and what it began."""

    ticket: str
    task: "asyncio.Task[None]"
    stop: asyncio.Event = field(default_factory=asyncio.Event)


@cache
def empty_records() -> bytes:
    """A database that is up to date, made once; a run begins with a copy."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "images", caps=Caps())
        store.journal.check()
        store.close()
        return (Path(folder) / "triptych.db").read_bytes()


class Playground(RuleBasedStateMachine):
    """One process after another on one folder and one database, and a server whose answers the rules choose."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory(dir=MEMORY)
        self.path = Path(self.folder.name) / "triptych.db"
        self.path.write_bytes(empty_records())
        self.names = itertools.count()
        self.parked: list[Parked] = []
        self.drawings: list[Drawing] = []
        self.clicked: list[str] = []
        self.news: asyncio.Event
        promised = promise(REQUEST, LIKE_OPENAI)
        assert promised
        self.cap = promised.high * ROOM
        self.runner.run(self._open())

    async def _open(self) -> None:
        self.news, self.stack = asyncio.Event(), AsyncExitStack()
        self.server: Raw = await self.stack.enter_async_context(raw(self._park))
        self.client = ImageClient(Account(self.server.base_url, "sk-test", server=LIKE_OPENAI))
        self.stack.push_async_callback(self.client.aclose)
        self._process()

    def _process(self) -> None:
        """A process begins."""
        self.store = Store(Path(self.folder.name) / "images", caps=Caps(day=self.cap))
        self.studio = Studio(self.store, Budget(self.store, {"day": self.cap}))
        self.store.journal.recover()
        self.is_new = True

    async def _park(self, visit: Visit) -> None:
        one = Parked(visit, asyncio.get_running_loop().create_future())
        self.parked.append(one)
        self.news.set()
        await (await one.fate)(visit)

    async def _draw(self, drawing: Drawing) -> None:
        request = replace(REQUEST, prompt=f"a red square {drawing.ticket}")
        order = Order(request, drawing.ticket, redraw=True)
        try:
            async for _ in self.studio.draw(self.client, order, drawing.stop):
                self.news.set()
        except (Duplicate, OverBudget):
            pass
        finally:
            self.news.set()

    async def _rest(self) -> None:
        """Let everything go on until every drawing has ended or waits on the server."""
        while sum(not each.task.done() for each in self.drawings) > len(self.parked):
            self.news.clear()
            waiting = [each.task for each in self.drawings if not each.task.done()]
            news = asyncio.create_task(self.news.wait())
            await asyncio.wait([*waiting, news], timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
            news.cancel()
        for each in self.drawings:
            if each.task.done():
                each.task.result()
        self.drawings = [each for each in self.drawings if not each.task.done()]

    async def _begin(self, ticket: str) -> None:
        self.is_new = False
        drawing = Drawing(ticket, None)  # type: ignore[arg-type]
        drawing.task = asyncio.create_task(self._draw(drawing))
        self.drawings.append(drawing)
        await self._rest()

    async def _end(self, one: Parked, fate: Callable[[Visit], Awaitable[None]]) -> None:
        self.parked.remove(one)
        one.fate.set_result(fate)
        await self._rest()

    @rule()
    def click(self) -> None:
        self.clicked.append(f"t{next(self.names)}")
        self.runner.run(self._begin(self.clicked[-1]))

    @precondition(lambda self: self.clicked)
    @rule(which=integers(0, 99))
    def click_the_same_again(self, which: int) -> None:
        self.runner.run(self._begin(self.clicked[which % len(self.clicked)]))

    @precondition(lambda self: self.parked)
    @rule(which=integers(0, 99))
    def answer(self, which: int) -> None:
        one = self.parked[which % len(self.parked)]
        picture = b64(png(8 + one.visit.number % 50))
        body = whole({"created": 1, "data": [{"b64_json": picture}], "usage": USAGE})
        self.runner.run(self._end(one, lambda visit: visit.say(body)))

    @precondition(lambda self: self.parked)
    @rule(which=integers(0, 99))
    def fail(self, which: int) -> None:
        body = whole({"error": {"message": "no", "type": "invalid_request_error", "code": "bad"}}, 400)
        self.runner.run(self._end(self.parked[which % len(self.parked)], lambda visit: visit.say(body)))

    @precondition(lambda self: self.parked)
    @rule(which=integers(0, 99))
    def cut(self, which: int) -> None:
        async def reset(visit: Visit) -> None:
            visit.reset()

        self.runner.run(self._end(self.parked[which % len(self.parked)], reset))

    @precondition(lambda self: self.drawings)
    @rule(which=integers(0, 99))
    def cancel(self, which: int) -> None:
        self.runner.run(self._cancel(self.drawings[which % len(self.drawings)]))

    async def _cancel(self, drawing: Drawing) -> None:
        drawing.stop.set()
        await asyncio.wait_for(drawing.task, PATIENCE)
        await self._sweep()

    async def _sweep(self) -> None:
        """Take away what waits on the server for a client that has gone."""
        alive = {each.ticket for each in self.drawings if not each.task.done()}
        for one in [one for one in self.parked if one.ticket not in alive]:
            self.parked.remove(one)
            one.fate.set_result(Visit.gone)
        await self._rest()

    @precondition(lambda self: not self.is_new)  # else most steps kill what has done nothing yet
    @rule()
    def kill_and_start_anew(self) -> None:
        self.runner.run(self._kill())

    async def _kill(self) -> None:
        """A dead process writes no more: its journal and files take nothing, whatever its tasks still try."""
        dead = self.store
        for name in ("sent", "sent_many", "request_id", "kept", "finished_many", "closed", "open"):
            setattr(dead.journal, name, _refuse(DatabaseDown("The process is gone.")))
        dead.files.place.write = _refuse(NotSaved("The process is gone."))  # type: ignore[method-assign]
        for each in self.drawings:
            each.task.cancel()
        await asyncio.gather(*(each.task for each in self.drawings), return_exceptions=True)
        self.drawings.clear()
        await self._sweep()
        with dead.database.write() as connection:
            connection.execute(update(drawings).values(process="gone"))
        dead.close()
        self._process()

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the database holds, read past the code that wrote it."""
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(sql).fetchall()

    @invariant()
    def nothing_is_sent_that_was_not_opened_and_nothing_twice(self) -> None:
        ((opened, sent),) = self._rows(
            "SELECT (SELECT count(*) FROM drawings), (SELECT count(*) FROM parts WHERE sent IS NOT NULL)"
        )
        assert self.server.posts <= sent <= opened <= len(self.clicked)
        bodies = [visit.body for visit in self.server.visits if visit.method == "POST"]
        assert len(bodies) == len(set(bodies))

    @invariant()
    def no_cap_is_passed(self) -> None:
        for spent, reserved in self._rows("SELECT spent, reserved FROM budgets WHERE kind = 'day'"):
            assert 0 <= reserved
            assert spent + reserved <= self.cap * 1_000_000

    @invariant()
    def the_books_are_the_sum_of_the_runs(self) -> None:
        assert () == self.store.journal.imbalance()

    @invariant()
    def what_has_ended_is_settled_and_what_is_done_is_there(self) -> None:
        statuses = dict(self._rows("SELECT ticket, status FROM drawings"))
        running = {each.ticket for each in self.drawings}
        assert {t for t, status in statuses.items() if status in {"queued", "sent"}} <= running
        done = self._rows("SELECT ticket, sha256, format FROM records WHERE status = 'done'")
        assert sorted(t for t, status in statuses.items() if status == "done") == sorted(ticket for ticket, *_ in done)
        for _, sha256, form in done:
            assert (Path(self.folder.name) / "images" / original_place(sha256, form)).is_file()

    def teardown(self) -> None:
        self.runner.run(self._close())
        self.runner.close()
        self.folder.cleanup()

    async def _close(self) -> None:
        await self._kill()
        self.store.close()
        await self.stack.aclose()


def _refuse(error: TriptychError) -> Callable[..., None]:
    def refuse(*_: object, **__: object) -> None:
        raise error

    return refuse


@pytest.mark.database_away  # each example looks at its own books before it takes its store away
@pytest.mark.parametrize(("runs", "steps"), [(6, 15), pytest.param(1000, 30, marks=pytest.mark.trust)])
def test_no_order_of_events_pays_twice_passes_the_cap_or_loses_a_picture(
    runs: int, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each client reads all certificates, which takes longer than a run's steps; none of them speaks TLS here.
    monkeypatch.setattr(httpcore2, "default_ssl_context", cache(httpcore2.default_ssl_context))
    many = settings(
        max_examples=runs,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )

    run_state_machine_as_test(Playground, settings=many)
