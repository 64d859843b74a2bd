"""One thread that writes what is handed to it in its order, and what has gathered meanwhile in one transaction."""

import itertools
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

from triptych.store import Ending, Going
from triptych.studio.gathering import Gathering, Told

MOST = 8  # pieces of work in one transaction: who waits for the first should not wait for many

Work = Callable[[], Any]
Done = tuple["Future[Any]", Any, Exception | None]


class Line(Executor):
    """Does one piece of work after the other. A future is done only when its transaction is.

    A disk takes as long for ten rows as for one, so with many drawings at once their rows go together: ``together``
    gives a transaction in which a piece that fails is undone alone. What may not be sent before it is written comes
    first, all of it in one call of ``sent``, which gives for each why it may not go out, None where it may; ``ended``
    does the same for runs that end, a piece of work like any other. ``sending`` and ``ending`` gather what they write.
    """

    def __init__(
        self,
        together: Callable[[], AbstractContextManager[Any]],
        sent: Callable[[Sequence[Going]], Told],
        ended: Callable[[Sequence[Ending]], Told],
    ) -> None:
        self._together = together
        self._sent = sent
        self._thread = ThreadPoolExecutor(1, "journal")
        self._waiting: deque[tuple[Future[Any], Work]] = deque()
        self._going: deque[tuple[Future[Any], Sequence[Going]]] = deque()
        self.sending: Gathering[Going, None] = Gathering(self.send, sent)
        self.ending: Gathering[Ending, None] = Gathering(partial(self.submit, ended), ended)

    def submit(self, work: Callable[..., Any], /, *args: Any, **named: Any) -> "Future[Any]":
        """Have it done; raises RuntimeError where the interpreter is going down."""
        return self._put(self._waiting, lambda: work(*args, **named))

    def send(self, going: Sequence[Going]) -> "Future[Told]":
        """Have them noted before everything else that waits; raises as ``submit``."""
        return self._put(self._going, going)

    def _put(self, queue: deque[tuple["Future[Any]", Any]], what: Any) -> "Future[Any]":
        one: tuple[Future[Any], Any] = (Future(), what)
        queue.append(one)
        try:
            self._thread.submit(self._drain)
        except RuntimeError:
            queue.remove(one)
            raise
        return one[0]

    def _drain(self) -> None:
        for future, result, error in self._noted() if self._going else self._worked():
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

    def _noted(self) -> list[Done]:
        taken = [self._going.popleft() for _ in range(len(self._going))]
        going = [one for one in taken if one[0].set_running_or_notify_cancel()]  # what was called off is not written
        every = [each for _, some in going for each in some]
        told, error = _tried(lambda: self._sent(every)) if going else ((), None)
        rest = iter(told or ())
        return [(future, [*itertools.islice(rest, len(some))], error) for future, some in going]

    def _worked(self) -> list[Done]:
        if len(self._waiting) <= 1:
            return self._next()
        done: list[Done] = []
        try:
            with self._together():
                done += self._next()  # one at least, so that what goes out for ever holds up nothing for ever
                while self._waiting and not self._going and len(done) < MOST:
                    done += self._next()
        except Exception as error:  # noqa: BLE001 - whoever waits is told; nothing of it was written
            done = [(future, None, error) for future, _, _ in done or self._given_up()]
        return done

    def _given_up(self) -> list[Done]:
        """Those that would have gone into a transaction that could not be begun."""
        taken = [self._waiting.popleft()[0] for _ in range(min(MOST, len(self._waiting)))]
        return [(future, None, None) for future in taken if future.set_running_or_notify_cancel()]

    def _next(self) -> list[Done]:
        if not self._waiting:
            return []
        future, work = self._waiting.popleft()
        return [(future, *_tried(work))] if future.set_running_or_notify_cancel() else []


def _tried(work: Work) -> tuple[Any, Exception | None]:
    try:
        return work(), None
    except Exception as error:  # noqa: BLE001 - whoever waits is told
        return None, error
