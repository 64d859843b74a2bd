"""A window that stands open over a page, through the runs of the page behind it, over a real socket."""

from pathlib import Path

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.serving import page_script
from tests.test_access import drawn
from tests.test_told import asked, lines, page_of, runs

WINDOW = """
import threading

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from components.frame.drawing import configure

configure()
held = st.session_state.get("held")
if held:
    held.set()
elif "again" in st.query_params:
    session = runtime.get_instance()._session_mgr.get_active_session_info(get_script_run_ctx().session_id).session
    st.session_state.held = threading.Event()
    session._event_loop.call_soon_threadsafe(st.session_state.held.wait)  # nothing goes out before the page comes again
st.text("A page")
if "closed" not in st.query_params:
    st.dialog("A window")(lambda: st.text("A line in it"))()
if "again" in st.query_params and not held:
    st.rerun()
"""


def windows(heard: list[ForwardMsg]) -> list[bool]:
    """Whether the browser shows a window after each thing that it hears, by its own rule.

    While a run of the page is under way that is only one that this run has drawn; what is not drawn again goes at the
    end of a run.
    """
    shown, running, drawn_by, run = list[bool](), False, "", ""
    for one in heard:
        kind = one.WhichOneof("type")
        if kind == "session_status_changed":
            running = one.session_status_changed.script_is_running
        elif kind == "new_session":
            run = one.metadata.run.script_run_id
        elif one.delta.add_block.HasField("dialog"):
            drawn_by = run if one.delta.add_block.dialog.is_open else ""
        elif kind == "script_finished" and one.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
            drawn_by = drawn_by if drawn_by == run else ""
        shown.append(bool(drawn_by) and not (running and drawn_by != run))
    return shown


def test_a_window_that_stands_open_is_shown_through_every_run_of_its_page_until_one_is_without_it(
    tmp_path: Path,
) -> None:
    tmp_path.joinpath("window.py").write_text(WINDOW)
    again, closed = asked(""), asked("")
    again.rerun_script.query_string, closed.rerun_script.query_string = "again=1", "closed=1"
    with page_script(tmp_path / "window.py", tmp_path) as server, page_of(server) as first, page_of(server) as page:
        drawn(first, asked(""))  # with which Streamlit is told how our pages are drawn
        heard = drawn(page, asked(""))
        opened = windows(heard)
        for more in (asked(""), again, asked("")):
            heard += drawn(page, more)
        kept = windows(heard)[len(opened) :]
        heard += drawn(page, closed)

    assert ["A page", "A line in it"] == lines(heard)[:2]
    assert opened[-1]
    assert all(kept)
    assert "FINISHED_EARLY_FOR_RERUN" in runs(heard)
    assert not windows(heard)[-1]
