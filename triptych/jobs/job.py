"""One drawing in memory, as its events tell of it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from triptych.errors import Cancelled, TriptychError
from triptych.pricing import Estimate, estimate
from triptych.request import ImageRequest
from triptych.results import Event, Failed, Partial, Retrying, Sent
from triptych.servers import Server
from triptych.studio import Saved
from triptych.timing import Seconds, expected


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
        self._afterwards: list[Callable[[], object]] = []

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
    def was_cancelled(self) -> bool:
        """Whether a person stopped it, and nothing else went wrong."""
        return bool(self.errors) and all(isinstance(error, Cancelled) for error in self.errors)

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

    def wait_for_end(self, seconds: float) -> bool:
        """Wait until it has ended; False where it has not in ``seconds``."""
        with self._news:
            return self._news.wait_for(lambda: self.done, seconds)

    def cancel(self) -> None:
        """Stop it: connections are closed; what has arrived is still saved."""
        if self._stop:
            self._stop()

    def stops_by(self, stop: Callable[[], object]) -> None:
        """Say what ``cancel`` has to call."""
        self._stop = stop

    def afterwards(self, act: Callable[[], object]) -> None:
        """Call ``act`` once it has ended, at once where it has; it must not block."""
        with self._news:
            if not self.done:
                self._afterwards.append(act)
                return
        act()

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
            acts, self._afterwards = self._afterwards, []
        for act in acts:
            act()
