"""How hard one process presses a server with one key: so many requests in flight, so many images a minute, fair."""

import asyncio
import time
import weakref
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256

from triptych.client.limits import LONGEST, Limits
from triptych.errors import RateLimited
from triptych.servers import Account

Waiting = Callable[[str, float | None], None]
MINUTE = 60.0  # seconds
LONGEST_HOLD = LONGEST  # seconds a rate limit may hold anybody; one that asks for more is refused at once, and told
MARGIN = 1 / 60  # of a minute: what two requests may differ in the time they take to the server


@dataclass(frozen=True)
class Turn:
    """A place in flight. ``leave`` passes it on before the end; ``heard`` takes the headers of the answer.

    A server that has answered is free for the next request, while the disk still takes what came.
    """

    leave: Callable[[], None] = lambda: None
    heard: Callable[[Mapping[str, str]], None] = lambda _: None


@dataclass(eq=False)
class _Place:
    """A place in the line, for a request of so many pictures."""

    images: int
    turn: asyncio.Future[dict[str, int]]


class Pace:
    """Turns at one server with one key. All its methods run on one event loop, but ``idle``.

    Owners take turns round-robin, so one owner's hundred requests do not hold up another's single one. A rate limit
    halves the number in flight and holds back all who use this key until it is over; each success adds one again. What
    the server says of its limits (`Limits`) is heeded before they are hit. In no minute are more images asked for than
    ``images_per_minute``: a bucket that leaks would let nearly twice as many through the minute that begins with a full
    one.
    """

    def __init__(self, most: int = 8, images_per_minute: float | None = None) -> None:
        self.most = most
        self.allowed = most
        self._rate = images_per_minute
        self._flying = 0
        self._landing = 0  # answered, and on the way to the disk
        self._held_until = 0.0
        self._limits = Limits()
        self._last_asked = 0.0
        self._queues: OrderedDict[str, deque[_Place]] = OrderedDict()
        self._asked: deque[tuple[float, int]] = deque()  # when, and how many pictures
        self._timer: asyncio.TimerHandle | None = None

    @asynccontextmanager
    async def turn(self, owner: str, images: int, waiting: Waiting) -> AsyncIterator[Turn]:
        """Hold one place in flight for a request of ``images`` pictures; ``waiting`` hears why it waits."""
        if self._head() or not self._free(images):
            counted = await self._wait(owner, images, waiting)
        else:
            counted = self._take(images)
        with ExitStack() as landing, ExitStack() as flying:

            def leave() -> None:
                flying.close()
                self._landing += 1
                landing.callback(self._landed)
                self._release()

            flying.callback(self._left)
            yield Turn(leave, lambda headers: self._limits.heard(headers, counted, time.monotonic()))

    def slow_down(self, seconds: float) -> None:
        """The server's rate limit was hit: halve what is in flight and start nothing new for ``seconds``.

        Of more than ``LONGEST_HOLD`` nobody is held: who waits in line is refused, unsent, and who comes later may ask
        the server again.
        """
        self.allowed = max(1, self.allowed // 2)
        self._limits.refused(time.monotonic())
        if seconds <= LONGEST_HOLD:
            self._held_until = max(self._held_until, time.monotonic() + seconds)
            return
        for queue in self._queues.values():
            for place in queue:
                if not place.turn.done():
                    place.turn.set_exception(RateLimited("The rate limit is reached.", retry_after=seconds))

    @property
    def idle(self) -> bool:
        """Whether it knows nothing worth keeping: nothing in flight, in line, held back or counted. From any thread."""
        counted = self._last_asked + 2 * MINUTE if self._rate else 0.0
        quiet_after = max(self._held_until, self._limits.quiet_after, counted)
        return not self.working and time.monotonic() >= quiet_after

    @property
    def has_line(self) -> bool:
        """Whether requests wait for their turn."""
        return bool(self._queues)

    @property
    def working(self) -> bool:
        """Whether anything is in flight or in line. From any thread."""
        return bool(self._flying or self._landing or self._queues)

    def went_well(self) -> None:
        """A request succeeded: one more may be in flight, up to the most."""
        self.allowed = min(self.most, self.allowed + 1)
        self._release()

    def _left(self) -> None:
        self._flying -= 1
        self._release()

    def _landed(self) -> None:
        self._landing -= 1
        self._release()

    async def _wait(self, owner: str, images: int, waiting: Waiting) -> dict[str, int]:
        waiting(*self._reason(images))
        place = _Place(images, asyncio.get_running_loop().create_future())
        self._queues.setdefault(owner, deque()).append(place)
        self._release()
        try:
            return await place.turn
        except asyncio.CancelledError:
            if place.turn.done() and not place.turn.cancelled() and not place.turn.exception():
                self._flying -= 1  # its turn came while it was being cancelled: pass it on
            self._release()
            raise

    def _reason(self, images: int) -> tuple[str, float | None]:
        """Why a request must wait now, and for how many seconds where that is known."""
        if (held := self._held(images)) > 0:
            return "the rate limit", held
        if self._rate is not None and (full := self._until_room(images)) > 0:
            return f"at most {self._rate:g} images a minute", None if self._queues else full
        return f"{self._flying} {'request is' if self._flying == 1 else 'requests are'} in flight", None

    def _free(self, images: int) -> bool:
        """Whether one more may go. What is not on the disk yet a crash may lose: at most twice ``most``."""
        return self._flying < self.allowed and self._flying + self._landing < 2 * self.most and self._pause(images) <= 0

    def _take(self, images: int) -> dict[str, int]:
        self._flying += 1
        if self._rate is not None:
            self._last_asked = time.monotonic()
            self._asked.append((self._last_asked, images))
        return self._limits.take(images)

    def _pause(self, images: int) -> float:
        """Seconds for which nothing may be sent, by the server's limit or by ours."""
        return max(self._held(images), self._until_room(images))

    def _held(self, images: int) -> float:
        """Seconds for which the server takes nothing more, by its own word."""
        now = time.monotonic()
        return max(self._held_until - now, self._limits.wait(images, now))

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
            place.turn.set_result(self._take(place.images))
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if place and (pause := self._pause(place.images)) > 0:
            self._timer = asyncio.get_running_loop().call_later(pause, self._release)


class Paces:
    """The pace of each server and key; what one account is refused holds no other's. Guarded by its caller's lock.

    Who is idle is forgotten, unless a client still holds it: two paces for one key would press twice as hard.
    """

    MOST = 1024  # kept for what they know; beyond them the oldest without work is forgotten

    def __init__(self, most: int = 8, images_per_minute: float | None = None) -> None:
        self._limits = (most, images_per_minute)
        self._kept: OrderedDict[bytes, Pace] = OrderedDict()
        self._alive: weakref.WeakValueDictionary[bytes, Pace] = weakref.WeakValueDictionary()

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, account: Account) -> Pace:
        """The pace of ``account``'s server and key, the same as long as anything is known of it."""
        self._forget()
        key = sha256(f"{account.base_url.rstrip('/')}\n{account.key.strip()}".encode(errors="replace")).digest()
        pace = self._alive.get(key) or Pace(*self._limits)
        self._alive[key] = self._kept[key] = pace
        self._kept.move_to_end(key)
        return pace

    def _forget(self) -> None:
        for key in [key for key, pace in self._kept.items() if pace.idle]:
            del self._kept[key]
        spare = [key for key, pace in self._kept.items() if not pace.working]
        for key in spare[: max(0, len(self._kept) - self.MOST)]:
            del self._kept[key]
