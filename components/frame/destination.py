"""The page that somebody went to stays, though the browser has yet to hear that the tab is there.

With whatever it says the browser names the page that it shows. What is said by itself, as a part of the page has just
been loaded or a field waits for the end of the typing, names the page that somebody has left meanwhile, and Streamlit
would go back to it. What it says of fields is heard all the same.
"""

from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState
from streamlit.runtime.state import SessionState

from components.state.tab import of_session, tab

TRIGGERS = {"trigger_value", "json_trigger_value", "string_trigger_value", "chat_input_value"}  # said once, by a click


@dataclass(slots=True)
class Destination:
    """The hash of the ``page`` the tab is on or on its way to, and the ``query`` of its address.

    ``frame`` are the ids of the fields that every page has: with a click in the menu the browser says of no others.
    """

    page: str = ""
    query: str = ""
    frame: set[str] = field(default_factory=set)


def arrived() -> None:
    """Note that the tab is on the page that is being drawn, however it came there."""
    running = get_script_run_ctx()
    if running:
        there = tab(Destination)
        there.page, there.query = running.page_script_hash, running.query_string


def stay_where_one_went() -> None:
    """Have what the browser says of a page that was left be heard on the one that somebody went to."""
    handle, register = AppSession._handle_rerun_script_request, SessionState.register_widget  # noqa: SLF001
    if getattr(handle, "stays", False):
        return

    @wraps(handle)
    def heard(self: AppSession, said: ClientState | None = None) -> None:
        there = of_session(self._session_state, Destination)
        pages = self._pages_manager.get_pages()
        if said and there.page and there.page != said.page_script_hash and said.page_script_hash in pages:
            if _is_menu(said, there):
                there.page, there.query = said.page_script_hash, said.query_string
            else:
                said.page_script_hash, said.query_string = there.page, there.query
        handle(self, said)

    @wraps(register)
    def drawn(state: SessionState, metadata: Any, user_key: str | None) -> Any:
        running = get_script_run_ctx()
        if running and ThreadState.get().active_script_hash == running.pages_manager.main_script_hash:
            of_session(state, Destination).frame.add(metadata.id)
        return register(state, metadata, user_key)

    heard.stays = True  # type: ignore[attr-defined]
    AppSession._handle_rerun_script_request = heard  # type: ignore[method-assign, assignment]  # noqa: SLF001
    SessionState.register_widget = drawn  # type: ignore[method-assign, assignment]


def _is_menu(said: ClientState, there: Destination) -> bool:
    """Whether somebody asks for a page, by the menu or by Back and Forward."""
    fields = said.widget_states.widgets
    return not said.fragment_id and all(
        one.id in there.frame and one.WhichOneof("value") not in TRIGGERS for one in fields
    )
