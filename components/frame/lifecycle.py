"""What happens to the process: it is warmed up, looks after what others left behind, and says whether it is ready."""

import asyncio
import gc
import importlib
import logging
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import FrameType
from typing import cast

from streamlit import runtime

from components.frame.closing import bound_the_end
from components.frame.drawing import configure
from components.state.access import served
from components.state.services import Services, default_account, process_place, services, stop_sending, taken
from triptych.errors import DatabaseDown, TriptychError
from triptych.settings import settings
from triptych.store import Recovery

log = logging.getLogger(__name__)

FRONT = (
    "numpy",
    "PIL.Image",
    "components.frame.navigation",
    "components.run.code_panel",
    "components.run.live_view",
    "components.form.prompt_box",
    "components.form.request_form",
    "components.run.run_row",
    "components.run.empty_page",
)
WARM_AFTER = 5.0  # seconds after the first page's script: by then its browser has the files it fetches from here
LOOK = 30.0  # seconds between two looks for what processes that are gone left behind
SIGNS = tuple(filter(None, (getattr(signal, name, None) for name in ("SIGTERM", "SIGINT", "SIGQUIT", "SIGBREAK"))))
READY_SECONDS = 3.0  # how long a load balancer waits for the database


def prepare() -> None:
    """Import what the front page and Streamlit itself would import while the first visitor waits.

    And have Streamlit draw as our pages need before it has a tab: what one has begun goes on as it began.
    """
    configure()
    for name in FRONT:
        importlib.import_module(name)
    spare_what_stays()


def spare_what_stays() -> None:
    """Let the garbage collector pass over all that is there to stay.

    Streamlit has it look at everything after every run of a page: 0.1 s in which nothing else happens here, as long
    as all that was imported is looked at too.
    """
    gc.collect()
    gc.freeze()


def warm_up() -> None:
    """Import what the first drawing needs, and start the demo engine if it will draw, behind the first page."""
    place, lock = process_place()
    with lock:
        if not hasattr(place, "warm"):
            # Not at once: the browser is still fetching the page's files from this very process.
            place.warm = threading.Timer(WARM_AFTER, _warm)  # type: ignore[attr-defined]
            place.warm.daemon = True
            place.warm.start()


def _warm() -> None:
    for first in (lambda: services().client(default_account()), _open_books):
        try:
            first()
        except TriptychError as error:  # the page says it too, in its own place
            log.warning("%s", error)
    spare_what_stays()


def _open_books() -> None:
    _tell(services().recovered)
    watch()
    services().go_on()


def watch() -> None:
    """Look every half minute for what others left behind: a replica that dies for good settles nothing itself."""
    process = services()
    place, lock = process_place()
    with lock:
        if not hasattr(place, "watch"):
            place.watch = threading.Event()  # type: ignore[attr-defined]
            threading.Thread(target=_watch, args=(place.watch, process), name="watch", daemon=True).start()


def _watch(over: threading.Event, process: Services) -> None:
    while not over.wait(LOOK):
        look(process)


def look(process: Services) -> None:
    """Settle what processes that are gone left open, write later what could not be written, go on with batches."""
    works: tuple[Callable[[], Recovery | None], ...] = (
        process.store.journal.recover,
        process.catch_up,
        process.go_on,
    )
    for work in works:
        try:
            found = work()
        except TriptychError as error:  # the next look may do better
            log.warning("what others left behind could not be looked at: %s", error)
            continue
        if found:
            _tell(found)


def look_without_visitors() -> threading.Timer:
    """Begin to look after half a minute even where nobody opens a page: a batch may have been left to go on."""

    def begin() -> None:
        try:
            if services().begun:
                _open_books()
        except TriptychError as error:  # the first page says it too
            log.warning("%s", error)

    timer = threading.Timer(LOOK, begin)
    timer.daemon = True
    timer.start()
    return timer


def _tell(found: Recovery) -> None:
    for lost in found.unknown:
        log.warning("ticket %s may have been charged and was not saved; request %s", lost.ticket, lost.request_id)


def ready() -> list[str]:
    """Why this process cannot draw now, in words; empty where it can."""
    checks: tuple[Callable[[], object], ...] = (services().store.check, _database_answers, default_account)
    if problem := taken():
        return [problem]
    reasons = [] if services().jobs.healthy() else ["The background loop has stopped. Restart the playground."]
    for check in checks:
        try:
            check()
        except DatabaseDown:  # anyone may ask here, and what a database says names hosts and users
            reasons.append("The database of the records does not answer.")
        except TriptychError as error:
            reasons.append(error.message)
    return reasons


def _database_answers() -> None:
    """Wait for an answer of the records, if there are to be any; raises DatabaseDown after ``READY_SECONDS`` too.

    One thread asks, however many want to know: a database that hangs keeps none but that one.
    """
    if not (services().begun or settings().database_url):
        return
    place, lock = process_place()
    with lock:
        asking: Future[None] | None = vars(place).get("asking")
        if asking is None or asking.done():
            asking = place.asking = Future()  # type: ignore[attr-defined]
            threading.Thread(target=_ask, args=(asking,), name="readiness", daemon=True).start()
    try:
        asking.result(READY_SECONDS)
    except TimeoutError:
        raise DatabaseDown(f"The database of the records has not answered for {READY_SECONDS:.0f} s.") from None


def _ask(asking: "Future[None]") -> None:
    try:
        services().store.answers()
    except Exception as error:  # noqa: BLE001 - whoever asked is told
        asking.set_exception(error)
    else:
        asking.set_result(None)


def end_at_the_signal() -> None:
    """Send nothing more from the moment the process is told to end: the drain comes only after the last connection.

    Whoever serves must have said before what a signal does; that is done afterwards.
    """
    bound_the_end()
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
