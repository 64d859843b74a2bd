"""Which page is drawn, whatever the browser says of the one before, over a real socket."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.serving import page_script
from tests.test_access import drawn, drawn_next
from tests.test_told import asked, goes, hashes, lines, new_elements, page_of


def shown(heard: list[ForwardMsg]) -> str:
    """The name of the page that was drawn last."""
    names = {hash_: name for name, hash_ in hashes(heard).items()}
    return names[[one.navigation.page_script_hash for one in heard if one.HasField("navigation")][-1]]


def by_the_menu(pages: dict[str, str]) -> BackMsg:
    return goes(pages["spending"])


def by_its_address(_: dict[str, str]) -> BackMsg:
    return asked("spending")


@pytest.mark.parametrize("way", [by_the_menu, by_its_address])
def test_what_a_page_says_as_somebody_has_left_it_brings_nobody_back(
    server: str, way: Callable[[dict[str, str]], BackMsg]
) -> None:
    with page_of(server) as page:
        heard = drawn(page, asked("generate"))
        pages = hashes(heard)
        (prompt,) = (one.text_area.id for one in new_elements(heard) if one.text_area.label == "Prompt")
        late = goes(pages["generate"])
        late.rerun_script.query_string = "from=x"
        late.rerun_script.widget_states.widgets.add(id=prompt, string_value="fox")

        drawn(page, way(pages))

        assert "spending" == shown(drawn(page, late))
        back = drawn(page, goes(pages["generate"]))
        assert "generate" == shown(back)
        assert ["fox"] == [one.text_area.value for one in new_elements(back) if one.text_area.label == "Prompt"]


LEFT = """
import threading

import streamlit as st
from streamlit import runtime
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.scriptrunner import get_script_run_ctx

from components.frame.callbacks import Callbacks
from components.frame.destination import arrived
from components.frame.drawing import configure
from components.frame.parts import Page, draw_only
from components.state.tab import of_session, tab, this_page

configure()
running, thread, query = get_script_run_ctx(), threading.current_thread(), st.query_params.to_dict()
session = runtime.get_instance()._session_mgr.get_active_session_info(running.session_id).session
pages = [st.Page(lambda: None, title=name, url_path=name) for name in ("One", "Two")]
page, (one, two) = st.navigation(pages), (page._script_hash for page in pages)


def part() -> None:
    st.text_input("Words", key="words", on_change=told)


def told() -> None:
    st.session_state.told = st.session_state.words
    draw_only(["part"])


def leaves() -> None:
    "What is said was not heard yet as its page is left: by its run, or by the session, of which a run has just ended."
    thread.join()
    with of_session(session._session_state, Callbacks).lock:
        for words in ("a", "a fox"):
            said = ClientState(page_script_hash=one, fragment_id=place, is_auto_rerun="clock" in query)
            said.widget_states.widgets.add(id=query["words"], string_value=words)
            session._handle_rerun_script_request(said)
        menu = ClientState(page_script_hash=two)
        menu.widget_states.widgets.add(id=query["frame"], string_value="")
        session._handle_rerun_script_request(menu)


arrived()
tab(Page).whole = ""
st.text_input("Frame")
if page.title == "One":
    st.fragment(part, key="part")()
    if "words" in query:
        place = "" if "whole" in query else running.fragment_storage.resolve_target("part")[0]
        session._event_loop.call_soon_threadsafe(leaves)
st.text(f"{page.title}: {st.session_state.get('told')}")
tab(Page).whole = this_page()
"""


@pytest.mark.parametrize(("how", "last"), [("part", "Two: a fox"), ("whole", "Two: a fox"), ("clock", "Two: None")])
def test_what_is_said_in_the_moment_in_which_its_page_is_left_is_heard_on_the_next(
    tmp_path: Path, how: str, last: str
) -> None:
    tmp_path.joinpath("left.py").write_text(LEFT)
    with page_script(tmp_path / "left.py", tmp_path) as server, page_of(server) as page:
        heard = drawn(page, asked("One"))
        frame, words = (one.text_input.id for one in new_elements(heard) if one.HasField("text_input"))
        leaves = goes(hashes(heard)["one"])
        leaves.rerun_script.query_string = f"frame={frame}&words={words}&{how}=1"
        heard = drawn(page, leaves)
        while not lines(heard) or lines(heard)[-1].startswith("One"):
            heard = drawn_next(page)

        assert [last] == lines(heard)
        assert [last] == lines(drawn(page, goes(hashes(heard)["two"])))


def test_who_goes_back_at_once_is_there(server: str) -> None:
    with page_of(server) as page:
        heard = drawn(page, asked("generate"))
        pages = hashes(heard)
        (number,) = (one.text_input for one in new_elements(heard) if one.text_input.label == "Heard")
        back = goes(pages["generate"])
        back.rerun_script.widget_states.widgets.add(id=number.id, string_value=number.value)

        drawn(page, goes(pages["spending"]))

        assert "generate" == shown(drawn(page, back))
