"""Drawings that go on by themselves: one background loop for the process, and a register of what runs on it."""

import asyncio
import itertools
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from triptych.errors import OutcomeUnknown, TriptychError
from triptych.pricing import Estimate, estimate
from triptych.request import ImageRequest
from triptych.results import Event, Failed, Partial, Retrying, Sent
from triptych.servers import Server
from triptych.studio import Saved
from triptych.timing import Seconds, expected

log = logging.getLogger(__name__)

KEPT = 50  # finished jobs that stay in the register, of all owners; their pictures are on disk
Result = TypeVar("Result")


@dataclass(frozen=True)
class PartState:
    """Where one request of a job stands. ``last`` is its newest event, ``partial`` its newest stage of the picture.

    ``sent_at`` is when it went out, by ``time.monotonic()``; None before, and while it waits to be sent again.
    """

    sent_at: float | None = None
    last: Event | None = None
    partial: Partial | None = None
    saved: Saved | None = None
    error: TriptychError | None = None

    @property
    def sent(self) -> bool:
        """Whether it has gone out."""
        return self.sent_at is not None

    @property
    def done(self) -> bool:
        """Whether nothing more will come."""
        return self.saved is not None or self.error is not None

    def after(self, event: Event) -> "PartState":
        """The state once ``event`` has happened."""
        match event:
            case Partial():
                return replace(self, last=event, partial=event)
            case Saved():
                return replace(self, last=event, saved=event, partial=None, error=None)
            case Failed():
                return replace(self, last=event, error=event.error)
            case Sent():
                return replace(self, last=event, sent_at=event.at)
            case Retrying():
                return replace(self, last=event, sent_at=None)  # only what was not billed is sent again
        return replace(self, last=event)


class News(threading.Condition):
    """Wakes whoever waits for one of several jobs; ``version`` counts what they have told."""

    version = 0

    def tell(self) -> None:
        """There is something new; called while it is held."""
        self.version += 1
        self.notify_all()


class Job:
    """One drawing. Read from any thread; ``version`` grows with every event.

    ``cost`` and ``should`` are what it was estimated to cost and take before it began. Jobs that are waited for
    together share their ``news``.
    """

    def __init__(
        self,
        ticket: str,
        owner: str,
        page: str,
        request: ImageRequest,
        server: Server,
        *,
        cost: Estimate | None = None,
        should: Seconds | None = None,
        news: News | None = None,
    ) -> None:
        self.ticket = ticket
        self.owner = owner
        self.page = page
        self.request = request
        self.server = server
        self.cost = cost or estimate(request, server)
        self.should = should or expected(request)
        self.created = datetime.now(UTC)
        self.version = 0
        self.parts: tuple[PartState, ...] = tuple(PartState() for _ in request.parts())
        self._started = time.monotonic()
        self._ended: float | None = None
        self._news = news or News()
        self._stop: Callable[[], object] | None = None

    def remember(self, created: datetime, parts: tuple[PartState, ...], seconds: float) -> "Job":
        """Be what a process that is gone has drawn: begun then, ended like this after so many seconds."""
        self.created, self.parts = created, parts
        self._ended = self._started + seconds
        return self

    @property
    def done(self) -> bool:
        """Whether every part has ended."""
        return self._ended is not None

    @property
    def seconds(self) -> float:
        """How long it runs, or ran."""
        return (self._ended or time.monotonic()) - self._started

    @property
    def saved(self) -> tuple[Saved, ...]:
        """The answers so far, in the order of the parts."""
        return tuple(part.saved for part in self.parts if part.saved)

    @property
    def is_saved(self) -> bool:
        """Whether every image that came is saved; as long as one is not, this may be the only place that has it."""
        return all(piece.stored for saved in self.saved for piece in saved.pieces)

    @property
    def errors(self) -> tuple[TriptychError, ...]:
        """Why parts failed."""
        return tuple(part.error for part in self.parts if part.error)

    @property
    def cached(self) -> bool:
        """Whether it was answered from history: nothing was sent, nothing is charged."""
        return any(saved.cached for saved in self.saved)

    @property
    def may_be_charged(self) -> bool:
        """Whether a part has gone out that has not come back: cancelling now may still cost it."""
        return any(part.sent and not part.done for part in self.parts)

    def wait(self, version: int, seconds: float) -> bool:
        """Wait until there is something newer than ``version``; False where nothing came in ``seconds``."""
        with self._news:
            return self._news.wait_for(lambda: self.version > version or self.done, seconds)

    def cancel(self) -> None:
        """Stop it: connections are closed; what has arrived is still saved."""
        if self._stop:
            self._stop()

    def stops_by(self, stop: Callable[[], object]) -> None:
        """Say what ``cancel`` has to call."""
        self._stop = stop

    def heard(self, event: Event) -> None:
        """Take in what happened."""
        with self._news:
            parts = list(self.parts)
            parts[event.part] = parts[event.part].after(event)
            self.parts = tuple(parts)
            self.version += 1
            self._news.tell()

    def ended(self, error: TriptychError) -> None:
        """Nothing more will come; what has not ended by itself ends with ``error``."""
        with self._news:
            self.parts = tuple(part if part.done else replace(part, error=error) for part in self.parts)
            self._ended = time.monotonic()
            self.version += 1
            self._news.tell()


class Jobs:
    """The register. It belongs to the process, so no rerun, reload, closed tab or cleared cache ends a job."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="jobs", daemon=True)
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._thread.start()

    def start(self, job: Job, events: Callable[[asyncio.Event], AsyncIterator[Event]]) -> Job:
        """Run ``job`` unless its ticket has been used; then give back the job that used it.

        Raises KeyError where another owner has used it.
        """
        return self.start_all([(job, events)])[0]

    def start_all(self, orders: Sequence[tuple[Job, Callable[[asyncio.Event], AsyncIterator[Event]]]]) -> list[Job]:
        """The same for many; where another owner has used one's ticket, none is run."""
        with self._lock:
            known = [self._jobs.get(job.ticket) for job, _ in orders]
            for (job, _), other in zip(orders, known, strict=True):
                if other and other.owner != job.owner:
                    raise KeyError(job.ticket)
            new = [order for order, other in zip(orders, known, strict=True) if other is None]
            self._jobs |= {job.ticket: job for job, _ in new}
            self._forget()
        if new:
            self.run(_follow_all([(job, events(self._stopped_by(job))) for job, events in new]))
        return [other or job for (job, _), other in zip(orders, known, strict=True)]

    def _stopped_by(self, job: Job) -> asyncio.Event:
        stop = asyncio.Event()
        job.stops_by(lambda: self._loop.call_soon_threadsafe(stop.set))
        return stop

    def late(self, ticket: str, saved: Saved) -> None:
        """An answer to a job that has ended is saved now."""
        job = self._jobs.get(ticket)
        if job and job.done:
            job.heard(saved)

    def get(self, ticket: str, owner: str) -> Job | None:
        """The owner's job with this ticket."""
        job = self._jobs.get(ticket)
        return job if job and job.owner == owner else None

    def of(self, owner: str) -> tuple[Job, ...]:
        """The owner's jobs, the newest first."""
        with self._lock:
            return tuple(job for job in reversed(self._jobs.values()) if job.owner == owner)

    def running(self, owner: str) -> tuple[Job, ...]:
        """The owner's jobs that have not ended, the newest first."""
        return tuple(job for job in self.of(owner) if not job.done)

    def run(self, work: Coroutine[Any, Any, Result]) -> "Future[Result]":
        """Run a coroutine on the background loop, where the clients live."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def healthy(self) -> bool:
        """Whether the background loop answers."""
        return self._thread.is_alive() and self._loop.is_running()

    def drain(self, seconds: float, waits: Callable[[str], bool] = lambda _: False) -> int:
        """Wait up to ``seconds`` for what is in flight, so that what is paid for is saved; how many are left.

        A job that ``waits``, of which nothing is in flight, is cancelled: nothing of it goes out any more.
        """
        until = time.monotonic() + seconds
        jobs = [job for job in tuple(self._jobs.values()) if not job.done]
        for job in jobs:
            self._cancelled(job, waits)
        for job in jobs:
            version = -1
            while not job.done and job.wait(version, max(0.0, until - time.monotonic())):
                version = job.version
                self._cancelled(job, waits)
        return sum(not job.done for job in self._jobs.values())

    def _cancelled(self, job: Job, waits: Callable[[str], bool]) -> None:
        """Cancel a job that waits, judged on the loop, where nothing goes out meanwhile."""

        def judged() -> None:
            if waits(job.ticket):
                job.cancel()

        self._loop.call_soon_threadsafe(judged)

    def _forget(self) -> None:
        ended = [ticket for ticket, job in self._jobs.items() if job.done and job.is_saved]
        for ticket in itertools.islice(ended, max(0, len(ended) - KEPT)):
            del self._jobs[ticket]


async def _follow_all(orders: Sequence[tuple[Job, AsyncIterator[Event]]]) -> None:
    async with asyncio.TaskGroup() as jobs:
        for job, events in orders:
            jobs.create_task(_follow(job, events))
            await asyncio.sleep(0)  # the first are on their way while the last of a hundred are begun


async def _follow(job: Job, events: AsyncIterator[Event]) -> None:
    error: TriptychError = OutcomeUnknown("It ended without an answer.")
    try:
        async for event in events:
            job.heard(event)
    except TriptychError as refused:
        error = refused
    except Exception:
        log.exception("ticket %s broke", job.ticket)
        error = OutcomeUnknown("Triptych itself failed; its log says where.")
    finally:
        job.ended(error)
