"""Drawings that go on by themselves: one background loop for the process, and a register of what runs on it."""

import asyncio
import itertools
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from triptych.errors import OutcomeUnknown, TriptychError
from triptych.jobs.job import Job, News, PartState
from triptych.results import Event
from triptych.studio import Saved

__all__ = ["KEPT", "LONGEST_DRAIN", "Job", "Jobs", "News", "PartState"]

log = logging.getLogger(__name__)

LONGEST_DRAIN = 1260.0  # seconds: what is in flight at the end may take as long as any answer, and is saved then
KEPT = 50  # finished jobs that stay in the register, of all owners; their pictures are on disk
Result = TypeVar("Result")


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

        def now_or_soon() -> None:
            if threading.current_thread() is self._thread:  # what is judged here is done before anything else is
                stop.set()
            else:
                self._loop.call_soon_threadsafe(stop.set)

        job.stops_by(now_or_soon)
        return stop

    def hold_back(self, jobs: Iterable[Job], holds: Callable[[str], bool]) -> None:
        """Cancel those of which nothing went out yet: each is judged on the loop, where nothing goes out meanwhile.

        ``holds`` keeps a ticket from going out, unless it is in flight, and says whether it does. Blocks until all are
        judged.
        """

        async def judged() -> None:
            for job in jobs:
                begun = job.done or any(part.sent or part.done for part in job.parts)
                if not begun and holds(job.ticket):
                    job.cancel()

        self.run(judged()).result()

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
        """Whether the background loop has not stopped; one that has yet to begin is as good as one that runs."""
        return self._thread.is_alive()

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
        error = OutcomeUnknown("Triptych itself failed; its log has the details.")
    finally:
        job.ended(error)
