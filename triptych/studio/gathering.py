"""What comes on an event loop within a moment, done together: with many runs at once, most of what each costs us."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from contextlib import suppress
from typing import Generic, TypeVar

Note = TypeVar("Note")
Result = TypeVar("Result")
Told = Sequence[Exception | None]  # for each, in their order, why it could not be written; None: it is


class Gathering(Generic[Note, Result]):
    """Hands what gathers to ``put``. Where that cannot be, as the interpreter goes down, ``act`` does it at once.

    Either gives for each, in their order, what came of it; an exception is raised where that one is waited for.
    """

    def __init__(
        self,
        put: Callable[[Sequence[Note]], "Future[Sequence[Result | Exception]]"],
        act: Callable[[Sequence[Note]], Sequence[Result | Exception]],
    ) -> None:
        self._put = put
        self._act = act
        self._waiting: list[tuple[Note, asyncio.Future[Result]]] = []
        self._due: asyncio.Handle | None = None  # hands over what waits

    async def __call__(self, note: Note, seconds: float = 0.0, most: int = 1) -> Result:
        """Wait until it is done, and give what came of it; raises why it cannot be.

        The first of those that wait does so for so many ``seconds``, as long as there are not ``most``, and takes the
        others along. Without seconds only what comes in the same round of the loop is done with it.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Result] = loop.create_future()
        is_first = all(other.done() for _, other in self._waiting)
        self._waiting.append((note, done))
        if len(self._waiting) >= most:
            self._hand_over_by(loop.call_soon(self._hand_over))
        elif is_first:
            self._hand_over_by(loop.call_later(seconds, self._hand_over))
        return await done

    def _hand_over_by(self, due: asyncio.Handle) -> None:
        if self._due:
            self._due.cancel()
        self._due = due

    def _hand_over(self) -> None:
        self._due = None
        gathered, self._waiting = [one for one in self._waiting if not one[1].done()], []
        if not gathered:
            return
        notes, loop = [note for note, _ in gathered], asyncio.get_running_loop()
        futures = [done for _, done in gathered]
        try:
            told = self._put(notes)
        except RuntimeError:
            told = Future()
            try:
                told.set_result(self._act(notes))
            except Exception as error:  # noqa: BLE001 - whoever waits is told
                told.set_exception(error)

        def tell(told: "Future[Sequence[Result | Exception]]") -> None:
            with suppress(RuntimeError):  # the loop has ended, and with it whoever waited
                loop.call_soon_threadsafe(_tell, futures, told)

        told.add_done_callback(tell)


class Together(Gathering[Callable[[], Result], Result]):
    """Work that gathers and is done in one go in a thread of ``executor``, one after the other, each for itself."""

    def __init__(self, executor: Executor) -> None:
        super().__init__(lambda works: executor.submit(_each, works), _each)


def _each(works: Sequence[Callable[[], Result]]) -> Sequence[Result | Exception]:
    return [_tried(work) for work in works]


def _tried(work: Callable[[], Result]) -> Result | Exception:
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - whoever waits is told
        return error


def _tell(futures: Sequence["asyncio.Future[Result]"], told: "Future[Sequence[Result | Exception]]") -> None:
    error = told.exception()
    each = [error] * len(futures) if error else told.result()
    for done, came in zip(futures, each, strict=True):
        if done.done():
            continue
        if isinstance(came, BaseException):
            done.set_exception(came)
        else:
            done.set_result(came)
