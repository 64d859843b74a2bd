"""One thread that writes what is handed to it in its order, and what has gathered meanwhile in one transaction."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

from triptych.store import Ending, Going

MOST = 16  # pieces of work in one transaction: who waits for the first should not wait for many

Work = Callable[[], Any]
Done = tuple["Future[Any]", Any, Exception | None]
Told = Sequence[Exception | None]


class Line(Executor):
    """Does one piece of work after the other. A future is done only when its transaction is.

    A disk takes as long for ten rows as for one, so with many drawings at once their rows go together: ``together``
    gives a transaction in which a piece that fails is undone alone. What may not be sent before it is written comes
    first, all of it in one call of ``sent``, which gives for each why it may not go out, None where it may. So do the
    runs that end, in one of ``ended``, but as a piece of work like any other.
    """

    def __init__(
        self,
        together: Callable[[], AbstractContextManager[Any]],
        sent: Callable[[Sequence[Going]], Told],
        ended: Callable[[Sequence[Ending]], Told],
    ) -> None:
        self._together = together
        self._sent = sent
        self._ended = ended
        self._thread = ThreadPoolExecutor(1, "journal")
        self._waiting: deque[tuple[Future[Any], Work | Ending]] = deque()
        self._going: deque[tuple[Future[Any], Going]] = deque()

    def submit(self, work: Callable[..., Any], /, *args: Any, **named: Any) -> "Future[Any]":
        """Have it done; raises RuntimeError where the interpreter is going down."""
        return self._put(self._waiting, lambda: work(*args, **named))

    def send(self, going: Going) -> "Future[Any]":
        """Have it noted before everything else that waits; raises as ``submit``."""
        return self._put(self._going, going)

    def end(self, ending: Ending) -> "Future[Any]":
        """Have it noted with the others that end; raises as ``submit``."""
        return self._put(self._waiting, ending)

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
        return _each(self._sent, [one for one in taken if _is_wanted(one)])

    def _worked(self) -> list[Done]:
        if len(self._waiting) <= 1:
            return self._pieces(1)
        done: list[Done] = []
        try:
            with self._together():
                done += self._pieces(MOST)
        except Exception as error:  # noqa: BLE001 - whoever waits is told; nothing of it was written
            done = [(future, None, error) for future, _, _ in done]
        return done

    def _pieces(self, most: int) -> list[Done]:
        """So many pieces, one at least, so that what goes out for ever holds up nothing for ever."""
        done: list[Done] = []
        ends: list[tuple[Future[Any], Ending]] = []
        while self._waiting and len(done) + len(ends) < most and not (self._going and (done or ends)):
            future, work = one = self._waiting.popleft()
            if not _is_wanted(one):
                continue
            if isinstance(work, Ending):
                ends.append((future, work))
            else:
                done.append((future, *_tried(work)))
        return done + _each(self._ended, ends)


def _is_wanted(one: tuple["Future[Any]", Any]) -> bool:
    """What was called off in time is not written."""
    return one[0].set_running_or_notify_cancel()


def _each(told: Callable[[Sequence[Any]], Told], several: Sequence[tuple["Future[Any]", Any]]) -> list[Done]:
    """What became of each, of which all are told in one call."""
    if not several:
        return []
    refusals, error = _tried(lambda: told([what for _, what in several]))
    each = refusals if error is None else [error] * len(several)
    return [(future, None, refusal) for (future, _), refusal in zip(several, each, strict=True)]


def _tried(work: Work) -> tuple[Any, Exception | None]:
    try:
        return work(), None
    except Exception as error:  # noqa: BLE001 - whoever waits is told
        return None, error
