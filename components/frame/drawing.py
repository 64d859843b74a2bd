"""How Streamlit draws our pages and tells the browser of it: whole, in order, and nothing lost in between."""

from dataclasses import dataclass
from functools import wraps
from typing import Any
from weakref import WeakKeyDictionary

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.scriptrunner import ScriptRunner
from streamlit.runtime.scriptrunner.script_runner import ScriptRunnerEvent
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from components.frame.callbacks import guard_callbacks, hear_parts_as_the_page
from components.frame.destination import stay_where_one_went
from components.frame.heard import keep_what_is_put
from components.frame.media import keep_media
from components.state.returning import LastRun
from components.state.tab import of_session

STATUS = "session_status_changed"  # whether a run is under way
OF_A_RUN = {"new_session", "script_finished", STATUS}  # the messages of its beginning and its end


def configure() -> None:
    """Have Streamlit draw pages whole, finish callbacks, say what is drawn, and keep images of pages begun anew."""
    draw_pages_whole()
    hear_parts_as_the_page()
    keep_what_is_put()
    stay_where_one_went()
    guard_callbacks()
    tell_no_run_that_draws_nothing()
    send_what_was_drawn()
    hear_who_leaves()
    send_no_half_of_a_page()
    keep_windows_open()
    keep_media()


def draw_pages_whole() -> None:
    """Have a page go on that Streamlit's own Stop falls into, for which there is no setting.

    No page's script takes long: what does runs beside it and has its own Cancel. All that Stop could do is leave half
    a page until the next click, with nothing on it that looks for the images still to come.
    """

    def heard(self: AppSession) -> None:
        """Streamlit's Stop was pressed: the page goes on."""

    AppSession._handle_stop_script_request = heard  # type: ignore[method-assign]  # noqa: SLF001


def send_what_was_drawn() -> None:
    """Have what is still to be sent of a page go out, though parts of it begin to be drawn anew.

    Streamlit drops what those parts held, and yet tells the browser that the run which drew it has ended. The browser
    takes away what it was not sent, and of a part that stood behind it the page breaks.
    """
    clear = ForwardMsgQueue.clear
    if getattr(clear, "sends", False):
        return

    @wraps(clear)
    def cleared(
        self: ForwardMsgQueue, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None
    ) -> None:
        if fragment_ids_this_run:
            self._delta_index_map = {}  # nothing that comes now takes the place of what waits
        else:
            clear(self, retain_lifecycle_msgs)

    cleared.sends = True  # type: ignore[attr-defined]
    ForwardMsgQueue.clear = cleared  # type: ignore[method-assign]


def hear_who_leaves() -> None:
    """Have the run go on that a browser asked for right before it left: what it said comes back with the tab.

    Streamlit would stop it, most often before it has begun, and a reload would bring back neither the words nor the
    stroke that came last.
    """
    disconnect = WebsocketSessionManager.disconnect_session
    if getattr(disconnect, "hears", False):
        return

    @wraps(disconnect)
    def left(self: WebsocketSessionManager, session_id: str) -> None:
        active = self._active_session_info_by_id.get(session_id)
        if active is None:
            return
        session = active.session
        if runner := session._scriptrunner:  # noqa: SLF001
            of_session(session._session_state, LastRun).thread = runner._script_thread  # noqa: SLF001
        session.request_script_stop = lambda: None  # type: ignore[method-assign]
        try:
            disconnect(self, session_id)
        finally:
            del session.request_script_stop

    left.hears = True  # type: ignore[attr-defined]
    WebsocketSessionManager.disconnect_session = left  # type: ignore[method-assign]


def send_no_half_of_a_page() -> None:
    """Have a browser whose connection broke hear nothing of what was drawn meanwhile, as it asks for the whole page.

    Streamlit sends what is left of the run under way, and that it is done, before the browser has asked: the browser
    takes away what it was not sent. What is told once, a toast or an address, is told all the same.
    """
    resume = WebsocketSessionManager._resume_stored_session  # noqa: SLF001
    if getattr(resume, "forgets", False):
        return

    @wraps(resume)
    def resumed(self: WebsocketSessionManager, *who: Any) -> str | None:
        found = resume(self, *who)
        if found:
            session = self._active_session_info_by_id[found].session
            session.request_script_stop()
            session._scriptrunner = None  # noqa: SLF001 - as where a run is stopped for the next: it is not listened to
            left = session._browser_queue  # noqa: SLF001
            left.clear(retain_lifecycle_msgs=True)
            left._queue = [one for one in left._queue if one.WhichOneof("type") not in OF_A_RUN]  # noqa: SLF001
        return found

    resumed.forgets = True  # type: ignore[attr-defined]
    WebsocketSessionManager._resume_stored_session = resumed  # type: ignore[method-assign, assignment]  # noqa: SLF001


def tell_no_run_that_draws_nothing() -> None:
    """Have the browser not hear of a run that a callback ends before anything is drawn.

    The browser would take the whole page for about to be drawn, and once more what the callback has named.
    """
    told = AppSession._on_scriptrunner_event  # noqa: SLF001
    if getattr(told, "waits", False):
        return
    begun: WeakKeyDictionary[ScriptRunner, dict[str, Any]] = WeakKeyDictionary()

    @wraps(told)
    def heard(self: AppSession, sender: ScriptRunner | None, event: ScriptRunnerEvent, **what: Any) -> None:
        run = begun.pop(sender, None) if sender else None
        if sender and event is ScriptRunnerEvent.SCRIPT_STARTED:
            begun[sender] = what
            return
        if run and event is ScriptRunnerEvent.SCRIPT_STOPPED_FOR_RERUN:
            return
        if run:
            told(self, sender, ScriptRunnerEvent.SCRIPT_STARTED, **run)
        told(self, sender, event, **what)

    heard.waits = True  # type: ignore[attr-defined]
    AppSession._on_scriptrunner_event = heard  # type: ignore[method-assign, assignment]  # noqa: SLF001


@dataclass(slots=True)
class Windows:
    """Whether a window ``stands`` on the ``page``; whether the run under way has ``drawn`` one, and is ``untold``."""

    page: str = ""
    stands: bool = False
    drawn: bool = False
    untold: bool = False


def keep_windows_open() -> None:
    """Have a window that stands open stay there until a run of its page has gone by without it.

    Streamlit says of each that it is closed and then that it is open, and while it says that a run is under way the
    browser shows none that this run has yet to draw. At every run of the page a window would go, with its focus and
    its keys, and come again. So it is open in the first that is said of it, and of a run nothing is said before it.
    """
    enqueue = AppSession._enqueue_forward_msg  # noqa: SLF001
    if getattr(enqueue, "keeps_windows", False):
        return
    # Not in the tab's session: this is asked with every message, while the script's thread changes what is there.
    of_tabs: WeakKeyDictionary[AppSession, Windows] = WeakKeyDictionary()

    @wraps(enqueue)
    def told(self: AppSession, said: ForwardMsg) -> None:
        windows, kind = of_tabs.setdefault(self, Windows()), said.WhichOneof("type")
        if kind == "new_session" and not said.metadata.run.fragment_ids:
            page = said.new_session.page_script_hash
            windows.stands = windows.untold = windows.stands and windows.page == page
            windows.page, windows.drawn = page, False
            if windows.untold:
                waits = self._browser_queue  # from which what a run before it has drawn was just taken, if not the rest
                waits._queue = [one for one in waits._queue if one.WhichOneof("type") != STATUS]  # noqa: SLF001
                enqueue(self, _status(self, is_running=False))
        elif kind == "script_finished":
            windows.untold = False
            if said.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                windows.stands = windows.drawn
        elif kind == STATUS and windows.untold and said.session_status_changed.script_is_running:
            return
        is_window = kind == "delta" and said.delta.add_block.HasField("dialog")
        if is_window:
            said.delta.add_block.dialog.is_open = windows.stands = windows.drawn = True
        enqueue(self, said)
        if is_window and windows.untold:
            windows.untold = False
            enqueue(self, _status(self, is_running=True))

    told.keeps_windows = True  # type: ignore[attr-defined]
    AppSession._enqueue_forward_msg = told  # type: ignore[method-assign, assignment]  # noqa: SLF001


def _status(session: AppSession, *, is_running: bool) -> ForwardMsg:
    said = session._create_session_status_changed_message()  # noqa: SLF001
    said.session_status_changed.script_is_running = is_running
    return said
