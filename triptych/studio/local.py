"""Work that needs no server: a kept picture enlarged on this machine, with the events of a drawing."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from triptych.errors import InvalidRequest, NeverSent
from triptych.pricing import Estimate
from triptych.ranges import exactly
from triptych.request import ImageRequest
from triptych.results import Event, Progress
from triptych.store import Record, Stored
from triptych.studio.saved import remembered
from triptych.timing import Seconds

if TYPE_CHECKING:
    from triptych.studio import Studio
    from triptych.vision import Times

FREE = Estimate(exactly(0), exactly(0), exactly(Decimal(0)), None)
# Seconds to begin with and for a megapixel, (low, high): seen on one core, alone and beside a busy page.
BEGIN, MEGAPIXEL = (0.5, 2.0), (5.0, 15.0)


@dataclass(frozen=True, kw_only=True)
class Enlarging:
    """What is to be enlarged: the kept picture ``of`` that ``asked`` brought. A ``ticket`` makes one record.

    ``of`` may be any picture or input of the ``owner``'s; ``times`` is 2 or 4.
    """

    of: Stored
    asked: ImageRequest
    times: "Times"
    owner: str
    page: str
    ticket: str

    @property
    def request(self) -> ImageRequest:
        """What stands for it in a job and in the records: the request of the picture, for one picture."""
        return replace(self.asked, n=1)

    @property
    def seconds(self) -> Seconds:
        """How long it should take here."""
        megapixels = self.of.width * self.of.height / 1e6
        low, high = (begin + each * megapixels for begin, each in zip(BEGIN, MEGAPIXEL, strict=True))
        return Seconds(low, high)


async def upscaled(studio: "Studio", work: Enlarging, stop: asyncio.Event | None = None) -> AsyncGenerator[Event, None]:
    """Progress, tile by tile, then the derived picture as Saved.

    Raises NeverSent within a tile of ``stop``, and then nothing is kept; InvalidRequest for a picture that is gone or
    would be too large; NotInstalled, BadFile, NotSaved, DatabaseDown.
    """
    news: asyncio.Queue[float | None] = asyncio.Queue()
    halt = threading.Event()
    tell = partial(_tell, asyncio.get_running_loop(), news)
    made = _begun(lambda: _enlarged(studio, work, tell, halt), lambda: tell(None))
    heeding = asyncio.create_task(_heed(stop, halt)) if stop else None
    try:
        yield Progress(0, 0.0)
        while (share := await news.get()) is not None:
            yield Progress(0, share)
        for saved in remembered(work.request, [made.result()], cached=False):
            yield saved
    finally:
        halt.set()
        if heeding:
            heeding.cancel()


def _enlarged(studio: "Studio", work: Enlarging, tell: Callable[[float], None], halt: threading.Event) -> Record:
    from triptych import vision

    try:
        data = studio.store.attached(work.of.sha256, work.of.format, work.owner)
    except KeyError:
        raise InvalidRequest("The image to upscale is missing.", param="images") from None
    large = vision.upscale(data, work.times, tell, halt)
    if halt.is_set():
        raise NeverSent("The upscale was canceled; nothing was saved.")
    return studio.derive(
        large,
        owner=work.owner,
        page=work.page,
        request=work.request,
        parents=(work.of.sha256,),
        how=f"upscaled {work.times}x",
        ticket=work.ticket,
    )


def _begun(work: Callable[[], Record], ended: Callable[[], None]) -> "Future[Record]":
    """Do ``work`` in a thread of its own: the process need not wait for it to end, as it would for an executor's."""
    made: Future[Record] = Future()

    def run() -> None:
        try:
            made.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised where the result is asked for
            made.set_exception(error)
        ended()

    threading.Thread(target=run, name="enlarge", daemon=True).start()
    return made


def _tell(loop: asyncio.AbstractEventLoop, news: "asyncio.Queue[float | None]", share: float | None) -> None:
    with suppress(RuntimeError):  # the loop is closed: nobody listens any more
        loop.call_soon_threadsafe(news.put_nowait, share)


async def _heed(stop: asyncio.Event, halt: threading.Event) -> None:
    await stop.wait()
    halt.set()
