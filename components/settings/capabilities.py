"""What the tab's server can do, how that is known, and a person's word against it."""

from functools import partial

import streamlit as st

from components.frame.notice import plain
from components.frame.server_probe import detect_again
from components.state.access import who_administers
from components.state.account import session
from components.state.tab import Widget
from triptych.capabilities import NAMED, NOT_YET, Row, kind_of
from triptych.errors import Refused
from triptych.servers import OWN

AS_FOUND = "As found"
DETECT = "Forgets what was found and asks the server again, at no cost."
SOURCES = {
    "kind": "Preset",
    "choice": "Your choice",
    "probe": "Detected",
    "answer": "Seen in an image",
    "refusal": "Refused by the server",
}


def capability_table() -> None:
    """Show the table, and for a server of one's own a choice for each row."""
    try:
        server = session().account.server
    except Refused:
        return  # the page says it already
    found, is_own = session().capabilities, server.id in OWN
    columns = {"What": [row.capability.label for row in found], "This server": [row.said for row in found]}
    if not is_own:
        columns["Known from"] = [_source(row) for row in found]
    st.table(columns, border="horizontal", hide_index=True, alt="What this server can do, and how that is known")
    if not is_own:
        kind = kind_of(server)
        st.caption(
            f"Preset: {plain(kind.label)} ({plain(kind.source)}). Detected: by free requests, once a day. "
            "Image sizes and token usage are known after the first image."
        )
        st.button(
            "Detect again",
            key="detect_again",
            icon=":material/restart_alt:",
            on_click=detect_again,
            disabled=session().reading is not None or not session().decides,
            help=DETECT if session().decides else who_administers(),
        )
        with (
            st.expander("Correct the table", icon=":material/rule:"),
            st.container(horizontal=True),
        ):
            for row in found:
                _choice(row)
            st.caption("Your choices hold in this tab. TRIPTYCH_SERVER_KIND sets the kind of server for all tabs.")


def _source(row: Row) -> str:
    """How a row is known, and since which day where it was found out."""
    return f"{SOURCES[row.source]}, {row.found:%b} {row.found.day}" if row.found else SOURCES[row.source]


def _choice(row: Row) -> None:
    one = row.capability
    widget = Widget[str](f"can_{one.field}", AS_FOUND)
    widget.put(
        one.words[row.value] if row.source == "choice" else AS_FOUND
    )  # choices end with the account that they were made for
    options = (AS_FOUND, *(words for words in one.words.values() if words != NOT_YET))
    st.selectbox(one.label, options, key=widget.key, on_change=partial(_choose, one.field, widget), width=200)


def _choose(field: str, widget: Widget[str]) -> None:
    values = {words: value for value, words in NAMED[field].words.items()}
    session().choose(field, *(values[words] for words in [widget.value] if words in values))
