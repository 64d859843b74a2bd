"""How hard one process presses a server: so many requests in flight, so many pictures a minute, fair between owners."""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiolimiter import AsyncLimiter

Waiting = Callable[[str, float | None], None]
MINUTE = 60.0  # seconds


class Pace:
    """Turns at a server. All its methods run on one event loop.

    Owners take turns round-robin, so one owner's hundred requests do not hold up another's single one. A rate limit
    halves the number in flight and holds everyone back until it is over; each success adds one again.
    """

    def __init__(self, most: int = 8, images_per_minute: float | None = None) -> None:
        self.most = most
        self.allowed = most
        self._flying = 0
        self._held_until = 0.0
        self._queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._limiter = AsyncLimiter(images_per_minute, MINUTE) if images_per_minute else None
        self._timer: asyncio.TimerHandle | None = None

    @asynccontextmanager
    async def turn(self, owner: str, images: int, waiting: Waiting) -> AsyncIterator[None]:
        """Hold one place in flight for a request of ``images`` pictures; ``waiting`` hears why it waits."""
        await self._wait(owner, waiting)
        try:
            if self._limiter:
                await self._acquire(self._limiter, images, waiting)
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

    async def _acquire(self, limiter: AsyncLimiter, images: int, waiting: Waiting) -> None:
        amount = min(images, limiter.max_rate)
        if not limiter.has_capacity(amount):
            waiting(f"at most {limiter.max_rate:g} images a minute", None)
        await limiter.acquire(amount)

    async def _wait(self, owner: str, waiting: Waiting) -> None:
        if not self._queues and self._free():
            self._flying += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(owner, deque()).append(turn)
        held = self._held_until - time.monotonic()
        waiting("the rate limit" if held > 0 else f"{self._flying} requests are in flight", held if held > 0 else None)
        self._release()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._flying -= 1  # its turn came while it was being cancelled: pass it on
            self._release()
            raise

    def _free(self) -> bool:
        return self._flying < self.allowed and time.monotonic() >= self._held_until

    def _release(self) -> None:
        """Give free places to the owners in line, one each in turn, and come back when a hold is over."""
        while self._queues and self._free():
            owner, queue = self._queues.popitem(last=False)
            turn = queue.popleft()
            if queue:
                self._queues[owner] = queue
            if not turn.done():
                self._flying += 1
                turn.set_result(None)
        held = self._held_until - time.monotonic()
        if self._queues and held > 0 and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(held, self._hold_is_over)

    def _hold_is_over(self) -> None:
        self._timer = None
        self._release()
