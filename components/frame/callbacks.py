"""What a click or the page itself began is finished, and what it could not do is said in words."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import streamlit as st
from streamlit.components.v2.bidi_component.constants import EVENT_DELIM
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import ScriptRunner, get_script_run_ctx
from streamlit.runtime.scriptrunner_utils import script_requests
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType
from streamlit.runtime.state import SafeSessionState, SessionState
from streamlit.runtime.state.session_state import STREAMLIT_INTERNAL_KEY_PREFIX

from components.frame.notice import plain, sentence
from components.frame.parts import ids_of_parts, stands_in
from components.state.tab import of_session, tab
from triptych.errors import TriptychError

SOON = 0.005  # seconds, in which a runner that has ended is done
MOST_PASSED_ON = 16  # requests whose runs may yet begin, each stopped by the next


@dataclass(slots=True)
class Callbacks:
    """Held by the run of the tab whose callbacks run: the next, which Streamlit begins at once, draws what they did."""

    lock: AbstractContextManager[bool] = field(default_factory=threading.RLock)


@dataclass(slots=True)
class Unheard:
    """What the browser said of its widgets, until the callbacks of a run hear it.

    A click is said once. Where the browser asks for the next run of the page before the first has got so far, as the
    page does by itself when images have come, Streamlit stops the first, and its click would be lost.
    """

    said: list[WidgetStates] = field(default_factory=list)
    late: list[ClientState] = field(default_factory=list)  # of parts, as a run has just ended
    passed_on: deque[WidgetStates] = field(default_factory=lambda: deque(maxlen=MOST_PASSED_ON))
    lock: AbstractContextManager[bool] = field(default_factory=threading.Lock)

    def add(self, now: WidgetStates, *, stops: bool) -> None:
        """Take what is said ``now``. A run that ``stops`` the others hears what they have not, which is put into it."""
        with self.lock:
            if stops:
                self.said += [one.widget_states for one in self.late]
                self.late = []
                for before in reversed(self.said):  # of what was said of a widget the last counts
                    now.CopyFrom(script_requests._coalesce_widget_states(before, now) or now)  # noqa: SLF001
                self.passed_on.extend(self.said)
                self.said = []
            if now.widgets:
                self.said.append(now)

    def take(self, said: WidgetStates, *, stopped: bool) -> bool:
        """Whether the run that was asked for with this hears it, and not a later one, for which it was ``stopped``.

        Streamlit makes one of what is said of several parts, which is none of what was taken.
        """
        with self.lock:
            is_one = any(one is said for one in self.said)
            if any(one is said for one in self.passed_on) or (stopped and not is_one):
                return False
            self.said = [one for one in self.said if one is not said] if is_one else []
            return True


def hear_parts_as_the_page() -> None:
    """Have what happens in a part of the page heard as if it stood in no part; its callback may name what is drawn.

    Streamlit would draw that part alone. Where the callback changed more than that a second run would have to, and that
    may begin with what the browser held before. And Streamlit would drop what happens in a part that the session does
    not know, as where a connection broke and the browser, which still shows the page, is given a new one.

    A part that looks for news by its clock says nothing of what widgets hold: the browser may not have heard yet what a
    click has put into them, and its old values would undo it.

    It waits for the last words of a run that has just ended, which Streamlit would drop for the run that it asks for.

    And where the page is to be drawn, what waits to be heard in a part is heard with it, which Streamlit would drop.
    """
    asked = AppSession.request_rerun
    if getattr(asked, "hears_parts", False):
        return

    @wraps(asked)
    def heard(self: AppSession, client_state: ClientState | None) -> None:
        if client_state:
            unheard, fragment = of_session(self._session_state, Unheard), client_state.fragment_id
            if client_state.is_auto_rerun:
                client_state.ClearField("widget_states")
            if fragment and (unheard.late or _has_ended(self._scriptrunner)):
                unheard.late.append(client_state)
                self._event_loop.call_later(SOON, _hear_late, self)
                return
            if fragment and not client_state.is_auto_rerun:
                known = self.has_fragment(fragment) and fragment not in ids_of_parts(self._fragment_storage)
                client_state.fragment_id = fragment if known else ""
            stops = not client_state.fragment_id
            if stops:
                _take_along(self._scriptrunner, client_state.widget_states)
            unheard.add(client_state.widget_states, stops=stops)
        asked(self, client_state)

    heard.hears_parts = True  # type: ignore[attr-defined]
    AppSession.request_rerun = heard  # type: ignore[method-assign]
    _keep_what_waits()


def _hear_late(session: AppSession) -> None:
    """Hear what was said late, unless it is heard already; by the way of all, since somebody may have left its page."""
    unheard = of_session(session._session_state, Unheard)  # noqa: SLF001
    waited, unheard.late = unheard.late, []
    for said in waited:
        session._handle_rerun_script_request(said)  # noqa: SLF001


def _take_along(runner: ScriptRunner | None, now: WidgetStates) -> None:
    """Take into what is said ``now`` what was said before and waits at a ``runner``, which is about to be stopped."""
    requests = runner._requests if runner else None  # noqa: SLF001
    if requests is None:
        return
    with requests._lock:  # noqa: SLF001
        waits = requests._state is ScriptRequestType.RERUN  # noqa: SLF001
        before = requests._rerun_data.widget_states if waits else None  # noqa: SLF001
        if before is not None:
            requests._state = ScriptRequestType.CONTINUE  # noqa: SLF001
            now.CopyFrom(script_requests._coalesce_widget_states(before, now) or now)  # noqa: SLF001


def _keep_what_waits() -> None:
    """Have a request leave what a waiting one says of widgets that it says nothing of, as a click in the menu does."""
    both = script_requests._coalesce_widget_states  # noqa: SLF001

    @wraps(both)
    def together(earlier: WidgetStates | None, later: WidgetStates | None) -> WidgetStates | None:
        now = both(earlier, later)
        if now and earlier and later:
            named = {one.id for one in now.widgets}
            now.widgets.extend(one for one in earlier.widgets if one.id not in named)
        return now

    script_requests._coalesce_widget_states = together  # type: ignore[assignment]  # noqa: SLF001


def guard_callbacks() -> None:
    """Have every callback run to its end, what it raises told, and the page drawn after it.

    All callbacks go through the methods that are wrapped here, which have no public names: those of every widget.

    Streamlit stops a run at its next look at the session when the browser asks for another run, and takes a widget's
    new value for dealt with as soon as its callback begins: of an upload still being read when a part of the page was
    drawn by its clock, nothing was ever shown. And its own hook for what a callback raises leaves the page empty.

    And where the page is to be drawn in part, all of it is if more has happened: the browser says what happens in one
    moment once, as of one of the parts, and a click in a part may be heard when the page stands there without it.
    """
    will_rerun, run = SessionState.on_script_will_rerun, SessionState._run_callback_and_record_rerun  # noqa: SLF001
    safely = SafeSessionState.on_script_will_rerun
    if getattr(run, "is_guarded", False):
        return

    @wraps(will_rerun)
    def to_its_end(state: SessionState, said: WidgetStates | None, **how: Any) -> None:
        with tab(Callbacks).lock:
            if not (said and said.widgets) or tab(Unheard).take(said, stopped=_is_stopped()):
                will_rerun(state, said, **how)

    @wraps(run)
    def telling(state: SessionState, votes: Any, callback: Callable[[], None]) -> None:
        run(state, votes, lambda: _told(callback))

    @wraps(safely)
    def uninterrupted(state: SafeSessionState, said: WidgetStates | None, **how: Any) -> None:
        with _uninterrupted():
            _give_values(state._state, said)  # noqa: SLF001
            safely(state, said, **how)
        if said and said.widgets and _draws_too_little(state._state):  # noqa: SLF001
            st.rerun()

    telling.is_guarded = True  # type: ignore[attr-defined]
    SafeSessionState.on_script_will_rerun = uninterrupted  # type: ignore[method-assign, assignment]
    SessionState.on_script_will_rerun = to_its_end  # type: ignore[method-assign, assignment]
    SessionState._run_callback_and_record_rerun = telling  # type: ignore[method-assign, assignment]  # noqa: SLF001
    _keep_what_the_next_hears()


def _keep_what_the_next_hears() -> None:
    """Have a run that is to end for another not take back, as Streamlit does at its end, what the other is to hear."""
    finished = SessionState.on_script_finished

    @wraps(finished)
    def unless_another_has_begun(state: SessionState, ids: frozenset[str], **how: Any) -> None:
        with tab(Callbacks).lock:
            if not _is_stopped():
                finished(state, ids, **how)

    SessionState.on_script_finished = unless_another_has_begun  # type: ignore[method-assign, assignment]


def _give_values(state: SessionState, said: WidgetStates | None) -> None:
    """Have each component of which something is ``said`` hold a value, as its callback reads it there.

    When the page changes Streamlit lets go of what the browser does not say anew, and a component says only what has
    happened: until a run has come so far as to draw it, its callback would find nothing.
    """
    known = state._new_widget_state.widget_metadata  # noqa: SLF001
    for one in said.widgets if said else ():
        component = one.id.removeprefix(f"{STREAMLIT_INTERNAL_KEY_PREFIX}_").removesuffix(f"{EVENT_DELIM}events")
        if component != one.id and component in known and component not in state:
            state._old_state[component] = known[component].deserializer(None)  # noqa: SLF001


def _is_stopped() -> bool:
    """Whether this run was told to end for another, which has begun."""
    running = get_script_run_ctx()
    requests = running.script_requests if running else None
    return requests is not None and requests._state is ScriptRequestType.STOP  # noqa: SLF001


def _draws_too_little(state: SessionState) -> bool:
    """Whether this run draws parts of the page, of which one is gone, or none has a widget that somebody changed."""
    running = get_script_run_ctx()
    parts = running.fragment_ids_this_run if running else None
    if running is None or not parts:
        return False
    known, widgets = running.fragment_storage, state._new_widget_state  # noqa: SLF001
    places = {widgets.widget_metadata[one].fragment_id for one in _changed(state) if one in widgets.widget_metadata}
    return not all(map(known.contains, parts)) or not all(stands_in(place, parts) for place in places)


def _changed(state: SessionState) -> Iterator[str]:
    return (one for one in state._new_widget_state if state._widget_changed(one))  # noqa: SLF001


def _has_ended(runner: ScriptRunner | None) -> bool:
    """Whether a session's runner takes no request any more, and the session has yet to hear all that it said."""
    return runner is not None and runner._requests._state is ScriptRequestType.STOP  # noqa: SLF001


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """No request of the browser's ends the run in here; the run looks for one right after."""
    running = get_script_run_ctx()
    requests = running.script_requests if running else None
    if requests is None:
        yield
        return
    requests.on_scriptrunner_yield = lambda: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        del requests.on_scriptrunner_yield


def _told(callback: Callable[[], None]) -> None:
    try:
        callback()
    except TriptychError as error:
        # As a toast: it moves nothing on the page, and is seen where only a fragment is drawn, as in a dialog.
        st.toast(
            f"**{plain(error.next_move)}** · {plain(sentence(error))}", icon=":material/error:", duration="infinite"
        )
