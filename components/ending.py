"""The end of the process: from the moment it is told to end nothing more is sent, whoever started it."""

import asyncio
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import cast

from streamlit import runtime

from components.services import process_place, stop_sending
from components.visitors import served

SIGNS = tuple(filter(None, (getattr(signal, name, None) for name in ("SIGTERM", "SIGINT", "SIGQUIT", "SIGBREAK"))))


def end_at_the_signal() -> None:
    """Send nothing more from the moment the process is told to end: the drain comes only after the last connection.

    Whoever serves must have said before what a signal does; that is done afterwards.
    """
    place, _ = process_place()
    if threading.current_thread() is not threading.main_thread() or hasattr(place, "ending"):
        return  # whoever runs it in another thread gets the signals; the drain does the same, later
    if not callable(signal.getsignal(signal.SIGTERM)):
        return  # nobody has said it yet
    place.ending = end_at_the_signal  # type: ignore[attr-defined]
    for sign in SIGNS:
        before = signal.getsignal(sign)
        if callable(before):

            def ending(number: int, frame: FrameType | None, then: Callable[..., object] = before) -> None:
                stop_sending()
                then(number, frame)

            signal.signal(sign, ending)


def end_at_the_servers_signal() -> None:
    """The same from a page: `streamlit run app.py` has no other moment, and only its main thread may say it."""
    if served() and not hasattr(process_place()[0], "ending"):
        stopped = cast("asyncio.Future[None]", runtime.get_instance().stopped)
        stopped.get_loop().call_soon_threadsafe(end_at_the_signal)
