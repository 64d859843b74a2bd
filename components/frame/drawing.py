"""How Streamlit draws our pages and tells the browser of it: whole, in order, and nothing lost in between."""

from functools import wraps
from typing import Any
from weakref import WeakKeyDictionary

from streamlit.delta_generator import DeltaGenerator
from streamlit.proto.Block_pb2 import Block
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

OF_A_RUN = {"new_session", "script_finished", "session_status_changed"}  # the messages of its beginning and its end


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
    send_windows_open()
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


def send_windows_open() -> None:
    """Have a window be open in the first that is said of it.

    Streamlit says of each that it is closed and then that it is open, at every run of the page. A browser that draws
    between the two takes a window that stands open away, with its focus and its keys, and opens it once more.
    """
    add = DeltaGenerator._block  # noqa: SLF001
    if getattr(add, "opens", False):
        return

    @wraps(add)
    def opened(self: DeltaGenerator, block_proto: Block | None = None, *args: Any, **options: Any) -> DeltaGenerator:
        if block_proto and block_proto.HasField("dialog"):
            block_proto.dialog.is_open = True
        return add(self, block_proto, *args, **options)

    opened.opens = True  # type: ignore[attr-defined]
    DeltaGenerator._block = opened  # type: ignore[method-assign]  # noqa: SLF001
