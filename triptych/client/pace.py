"""How hard one process presses a server: so many requests in flight, so many pictures a minute, fair between owners."""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

Waiting = Callable[[str, float | None], None]
MINUTE = 60.0  # seconds
MARGIN = 1 / 60  # of a minute: what two requests may differ in the time they take to the server


@dataclass(eq=False)
class _Place:
    """A place in the line, for a request of so many pictures."""

    images: int
    turn: asyncio.Future[None]


class Pace:
    """Turns at a server. All its methods run on one event loop.

    Owners take turns round-robin, so one owner's hundred requests do not hold up another's single one. A rate limit
    halves the number in flight and holds everyone back until it is over; each success adds one again. In no minute
    are more pictures asked for than ``images_per_minute``: a bucket that leaks would let nearly twice as many through
    the minute that begins with a full one.
    """

    def __init__(self, most: int = 8, images_per_minute: float | None = None) -> None:
        self.most = most
        self.allowed = most
        self._rate = images_per_minute
        self._flying = 0
        self._held_until = 0.0
        self._queues: OrderedDict[str, deque[_Place]] = OrderedDict()
        self._asked: deque[tuple[float, int]] = deque()  # when, and how many pictures
        self._timer: asyncio.TimerHandle | None = None

    @asynccontextmanager
    async def turn(self, owner: str, images: int, waiting: Waiting) -> AsyncIterator[None]:
        """Hold one place in flight for a request of ``images`` pictures; ``waiting`` hears why it waits."""
        if self._head() or not self._free(images):
            await self._wait(owner, images, waiting)
        else:
            self._take(images)
        try:
            yield
        finally:
            self._flying -= 1
            self._release()

    def slow_down(self, seconds: float) -> None:
        """The server's rate limit was hit: halve what is in flight and start nothing new for ``seconds``."""
        self.allowed = max(1, self.allowed // 2)
        self._held_until = max(self._held_until, time.monotonic() + seconds)

    def went_well(self) -> None:
        """A request succeeded: one more may be in flight, up to the most."""
        self.allowed = min(self.most, self.allowed + 1)

    async def _wait(self, owner: str, images: int, waiting: Waiting) -> None:
        waiting(*self._reason(images))
        place = _Place(images, asyncio.get_running_loop().create_future())
        self._queues.setdefault(owner, deque()).append(place)
        self._release()
        try:
            await place.turn
        except asyncio.CancelledError:
            if place.turn.done() and not place.turn.cancelled():
                self._flying -= 1  # its turn came while it was being cancelled: pass it on
            self._release()
            raise

    def _reason(self, images: int) -> tuple[str, float | None]:
        """Why a request must wait now, and for how many seconds where that is known."""
        held = self._held_until - time.monotonic()
        if held > 0:
            return "the rate limit", held
        if self._rate is not None and (full := self._until_room(images)) > 0:
            return f"at most {self._rate:g} images a minute", None if self._queues else full
        return f"{self._flying} {'request is' if self._flying == 1 else 'requests are'} in flight", None

    def _free(self, images: int) -> bool:
        return self._flying < self.allowed and self._pause(images) <= 0

    def _take(self, images: int) -> None:
        self._flying += 1
        if self._rate is not None:
            self._asked.append((time.monotonic(), images))

    def _pause(self, images: int) -> float:
        """Seconds for which nothing may be sent, by the server's limit or by ours."""
        return max(self._held_until - time.monotonic(), self._until_room(images))

    def _until_room(self, images: int) -> float:
        """Seconds until ``images`` more pictures are within our own limit."""
        if self._rate is None:
            return 0.0
        limit = max(1, int(self._rate))
        window = MINUTE * (limit / self._rate + MARGIN)
        now = time.monotonic()
        while self._asked and self._asked[0][0] <= now - window:
            self._asked.popleft()
        excess = sum(count for _, count in self._asked) + min(images, limit) - limit
        free_at = now
        for when, count in self._asked:
            if excess <= 0:
                break
            excess, free_at = excess - count, when + window
        return free_at - now

    def _head(self) -> _Place | None:
        """Whose turn is next; who has been cancelled meanwhile leaves the line."""
        while self._queues:
            owner, queue = next(iter(self._queues.items()))
            while queue and queue[0].turn.done():
                queue.popleft()
            if queue:
                return queue[0]
            del self._queues[owner]
        return None

    def _release(self) -> None:
        """Give free places to the owners in line, one each in turn, and come back when a pause is over."""
        while (place := self._head()) and self._free(place.images):
            owner, queue = self._queues.popitem(last=False)
            queue.popleft()
            if queue:
                self._queues[owner] = queue
            self._take(place.images)
            place.turn.set_result(None)
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if place and (pause := self._pause(place.images)) > 0:
            self._timer = asyncio.get_running_loop().call_later(pause, self._release)
