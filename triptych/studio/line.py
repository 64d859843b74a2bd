"""One thread that writes what is handed to it in its order, and what has gathered meanwhile in one transaction."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

from triptych.store import Going

MOST = 8  # pieces of work in one transaction: who waits for the first should not wait for many

Work = Callable[[], Any]
Done = tuple["Future[Any]", Any, Exception | None]


class Line(Executor):
    """Does one piece of work after the other. A future is done only when its transaction is.

    A disk takes as long for ten rows as for one, so with many drawings at once their rows go together: ``together``
    gives a transaction in which a piece that fails is undone alone. What may not be sent before it is written comes
    first, all of it in one call of ``sent``, which gives for each why it may not go out, None where it may.
    """

    def __init__(
        self,
        together: Callable[[], AbstractContextManager[Any]],
        sent: Callable[[Sequence[Going]], Sequence[Exception | None]],
    ) -> None:
        self._together = together
        self._sent = sent
        self._thread = ThreadPoolExecutor(1, "journal")
        self._waiting: deque[tuple[Future[Any], Work]] = deque()
        self._going: deque[tuple[Future[Any], Going]] = deque()

    def submit(self, work: Callable[..., Any], /, *args: Any, **named: Any) -> "Future[Any]":
        """Have it done; raises RuntimeError where the interpreter is going down."""
        return self._put(self._waiting, lambda: work(*args, **named))

    def send(self, going: Going) -> "Future[Any]":
        """Have it noted before everything else that waits; raises as ``submit``."""
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
        told, error = _tried(lambda: self._told([what for _, what in going])) if going else ((), None)
        each = told if error is None else [error] * len(going)
        return [(future, None, refusal) for (future, _), refusal in zip(going, each, strict=True)]

    def _told(self, going: Sequence[Going]) -> list[Exception | None]:
        return [refusal for refusal, _ in zip(self._sent(going), going, strict=True)]

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
            done = [(future, None, error) for future, _, _ in done]
        return done

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
