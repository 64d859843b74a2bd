"""What comes on an event loop within a moment, written together: with many runs at once, most of what each costs us."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import Generic, TypeVar

Note = TypeVar("Note")
Told = Sequence[Exception | None]  # for each, in their order, why it could not be written; None: it is


class Gathering(Generic[Note]):
    """Hands what gathers to ``put``. Where that cannot be, as the interpreter goes down, ``write`` does it at once."""

    def __init__(
        self, put: Callable[[Sequence[Note]], "Future[Told]"], write: Callable[[Sequence[Note]], Told]
    ) -> None:
        self._put = put
        self._write = write
        self._waiting: list[tuple[Note, asyncio.Future[None]]] = []

    async def __call__(self, note: Note, seconds: float = 0.0, most: int = 1) -> None:
        """Wait until it is written; raises why it cannot be.

        It waits so many ``seconds`` for others, as long as there are not ``most``: then no more can come. Else only
        what comes in the same round of the loop is written with it.
        """
        loop = asyncio.get_running_loop()
        written: asyncio.Future[None] = loop.create_future()
        self._waiting.append((note, written))
        if len(self._waiting) < most:
            loop.call_later(seconds, self._hand_over)  # who comes first takes the others along
        else:
            loop.call_soon(self._hand_over)
        await written

    def _hand_over(self) -> None:
        gathered, self._waiting = [one for one in self._waiting if not one[1].done()], []
        if not gathered:
            return
        notes, loop = [note for note, _ in gathered], asyncio.get_running_loop()
        futures = [written for _, written in gathered]
        try:
            told = self._put(notes)
        except RuntimeError:
            told = Future()
            try:
                told.set_result(self._write(notes))
            except Exception as error:  # noqa: BLE001 - whoever waits is told
                told.set_exception(error)

        def tell(told: "Future[Told]") -> None:
            with suppress(RuntimeError):  # the loop has ended, and with it whoever waited
                loop.call_soon_threadsafe(_tell, futures, told)

        told.add_done_callback(tell)


def _tell(futures: Sequence["asyncio.Future[None]"], told: "Future[Told]") -> None:
    error = told.exception()
    each = [error] * len(futures) if error else told.result()
    for written, refusal in zip(futures, each, strict=True):
        if written.done():
            continue
        if refusal:
            written.set_exception(refusal)
        else:
            written.set_result(None)
