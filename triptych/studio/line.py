"""One thread that writes what is handed to it in its order, and what has gathered meanwhile in one transaction."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

MOST = 8  # pieces of work in one transaction: what is urgent should not wait for many

Work = Callable[[], Any]


class Line(Executor):
    """Does one piece of work after the other. A future is done only when its transaction is.

    What is urgent goes `first`: a request that may not be sent before it is written. A disk takes as long for ten
    rows as for one, so with many drawings at once their rows go together. ``together`` gives a transaction in which a
    piece that fails is undone alone.
    """

    def __init__(self, together: Callable[[], AbstractContextManager[Any]]) -> None:
        self._together = together
        self._thread = ThreadPoolExecutor(1, "journal")
        self._waiting: deque[tuple[Future[Any], Work]] = deque()
        self._pressing: deque[tuple[Future[Any], Work]] = deque()

    def submit(self, work: Callable[..., Any], /, *args: Any, **named: Any) -> "Future[Any]":
        """Have it done; raises RuntimeError where the interpreter is going down."""
        return self._put(self._waiting, lambda: work(*args, **named))

    def first(self, work: Work) -> "Future[Any]":
        """Have it done before what is not urgent; raises as ``submit``."""
        return self._put(self._pressing, work)

    def _put(self, queue: deque[tuple["Future[Any]", Work]], work: Work) -> "Future[Any]":
        one: tuple[Future[Any], Work] = (Future(), work)
        queue.append(one)
        try:
            self._thread.submit(self._drain)
        except RuntimeError:
            queue.remove(one)
            raise
        return one[0]

    def _drain(self) -> None:
        queue = self._pressing or self._waiting
        taken = [queue.popleft() for _ in range(min(MOST, len(queue)))]
        batch = [one for one in taken if one[0].set_running_or_notify_cancel()]  # what was called off is not written
        if len(batch) == 1:
            self._tell([(batch[0][0], *_tried(batch[0][1]))])
        elif batch:
            self._tell(self._done(batch))

    def _done(self, batch: list[tuple["Future[Any]", Work]]) -> list[tuple["Future[Any]", Any, Exception | None]]:
        done = []
        try:
            with self._together():
                done = [(future, *_tried(work)) for future, work in batch]
        except Exception as error:  # noqa: BLE001 - whoever waits is told; nothing of it was written
            done = [(future, None, error) for future, _ in batch]
        return done

    def _tell(self, done: list[tuple["Future[Any]", Any, Exception | None]]) -> None:
        for future, result, error in done:
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)


def _tried(work: Work) -> tuple[Any, Exception | None]:
    try:
        return work(), None
    except Exception as error:  # noqa: BLE001 - whoever waits is told
        return None, error
