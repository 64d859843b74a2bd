"""What the server tells the browser of the runs of a page, over a real socket."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import httpx2
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from components.frame.parts import BY_SETTING
from tests.serving import PATIENCE, page_script
from tests.test_access import drawn


@contextmanager
def page_of(server: str, *again: str) -> Iterator[ClientConnection]:
    """A browser's socket to it; ``again`` is the session that it comes back to."""
    token = SimpleCookie(httpx2.get(f"{server}/_stcore/health", trust_env=False).headers["set-cookie"])[
        "_streamlit_xsrf"
    ].value
    stream = f"ws://{urlsplit(server).netloc}/_stcore/stream"
    with connect(
        stream, max_size=None, subprotocols=list(map(Subprotocol, ("streamlit", token, *again))), proxy=None
    ) as page:
        yield page


def asked(page_name: str) -> BackMsg:
    said = BackMsg()
    said.rerun_script.page_name = page_name
    return said


def goes(to: str) -> BackMsg:
    """What the browser asks with as somebody clicks on the page of that hash in the menu."""
    said = BackMsg()
    said.rerun_script.page_script_hash = to
    said.rerun_script.widget_states.SetInParent()
    return said


def hashes(heard: list[ForwardMsg]) -> dict[str, str]:
    """The hash of every page of the menu by its name."""
    (menu, *_) = (one.navigation for one in heard if one.HasField("navigation"))
    return {page.page_name.lower(): page.page_script_hash for page in menu.app_pages}


def new_elements(heard: list[ForwardMsg]) -> list[Element]:
    """The elements that were drawn, in the order in which they came."""
    return [one.delta.new_element for one in heard if one.delta.HasField("new_element")]


def elements(heard: list[ForwardMsg]) -> set[str]:
    """What stands on the page: its elements by their kinds."""
    return {str(one.WhichOneof("type")) for one in new_elements(heard)}


def lines(heard: list[ForwardMsg]) -> list[str]:
    """The lines of text that were drawn."""
    return [one.text.body for one in new_elements(heard) if one.HasField("text")]


def runs(heard: list[ForwardMsg]) -> list[int | str]:
    """What began, by how many parts of the page it draws, 0 for all of it; and how it ended."""
    kinds = {"new_session", "script_finished"}
    return [
        ForwardMsg.ScriptFinishedStatus.Name(one.script_finished)
        if one.WhichOneof("type") == "script_finished"
        else len(one.metadata.run.fragment_ids)
        for one in heard
        if one.WhichOneof("type") in kinds
    ]


def test_a_setting_has_the_browser_draw_the_parts_that_it_changes_and_hear_of_no_other_run(server: str) -> None:
    with page_of(server) as page:
        whole = drawn(page, asked("generate"))
        (slider,) = [
            one.delta.new_element.slider.id for one in whole if one.delta.new_element.slider.label == "Number of images"
        ]
        more = goes(hashes(whole)["generate"])
        more.rerun_script.widget_states.widgets.add(id=slider).double_array_value.data.append(2.0)
        heard = drawn(page, more)

    assert [len(BY_SETTING), "FINISHED_FRAGMENT_RUN_SUCCESSFULLY"] == runs(heard)
    # A browser that had lost the first of a container's children could not take the second: the page would break.
    places = [tuple(one.metadata.delta_path) for one in heard if one.HasField("delta")]
    for place in places:
        before = {each for each in places if each[:-1] == place[:-1] and each[-1] < place[-1]}
        assert before <= set(places[: places.index(place)]), place


def test_a_page_that_is_stopped_while_it_is_drawn_is_drawn_whole(server: str) -> None:
    stop = BackMsg()
    stop.stop_script = True
    with page_of(server) as page:
        whole = elements(drawn(page, asked("batch")))

        page.send(asked("batch").SerializeToString())  # the server takes both in order: the page has just been begun
        stopped = elements(drawn(page, stop))

    assert {"file_uploader", "metric"} <= whole == stopped


LATE = """
import threading

import streamlit as st
from streamlit import runtime
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.scriptrunner import get_script_run_ctx

from components.frame.drawing import configure

configure()
st.fragment(lambda: st.text("A part"), key="part")()
running, thread = get_script_run_ctx(), threading.current_thread()
session = runtime.get_instance()._session_mgr.get_active_session_info(running.session_id).session
look = ClientState(fragment_id=running.fragment_storage.resolve_target("part")[0], is_auto_rerun=True)


def looks() -> None:
    "The part looks for news when the run has ended, and the session has yet to hear of that."
    thread.join()
    session.request_rerun(look)


session._event_loop.call_soon_threadsafe(looks)
st.text("The last line")
"""


def test_the_last_words_of_a_run_are_heard_though_a_part_looks_for_news_right_after_it(tmp_path: Path) -> None:
    tmp_path.joinpath("late.py").write_text(LATE)
    with page_script(tmp_path / "late.py", tmp_path) as server, page_of(server) as page:
        heard = drawn(page, asked(""))

    assert ["A part", "The last line"] == lines(heard)[:2]
    assert ForwardMsg.FINISHED_SUCCESSFULLY == heard[-1].script_finished


UNSENT = """
import threading

import streamlit as st
from streamlit import runtime
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.scriptrunner import get_script_run_ctx

from components.frame.drawing import configure

configure()
running, drawn_alone = get_script_run_ctx(), threading.Event()
session = runtime.get_instance()._session_mgr.get_active_session_info(running.session_id).session


def first() -> None:
    st.text("The first part")
    if get_script_run_ctx().fragment_ids_this_run:
        drawn_alone.set()


session._event_loop.call_soon_threadsafe(drawn_alone.wait)  # nothing goes out before
st.fragment(first, key="first")()
st.fragment(lambda: st.text("The second part"), key="second")()
first = running.fragment_storage.resolve_target("first")[0]
session.request_rerun(ClientState(fragment_id=first, is_auto_rerun=True))
"""


def test_what_a_part_follows_on_the_page_is_sent_before_it_though_it_is_drawn_again_meanwhile(tmp_path: Path) -> None:
    tmp_path.joinpath("unsent.py").write_text(UNSENT)
    with page_script(tmp_path / "unsent.py", tmp_path) as server, page_of(server) as page:
        heard = drawn(page, asked(""))

    assert [0, "FINISHED_SUCCESSFULLY"] == runs(heard)
    places = [tuple(one.metadata.delta_path) for one in heard if one.HasField("delta")]
    before = {(*place[:-1], place[-1] - 1): place for place in places if place[-1]}
    assert before
    assert all(place in places[: places.index(after)] for place, after in before.items()), places


CUT = """
import time

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from components.frame.drawing import configure

configure()
session = get_script_run_ctx().session_id
st.text("The first line")
if st.query_params.get("waits"):
    while runtime.get_instance().is_active_session(session):
        time.sleep(0.01)
st.text("The last line")
"""


def test_a_browser_that_comes_back_is_sent_no_half_of_a_page(tmp_path: Path) -> None:
    tmp_path.joinpath("cut.py").write_text(CUT)
    waits = asked("")
    waits.rerun_script.query_string = "waits=1"
    with page_script(tmp_path / "cut.py", tmp_path) as server:
        with page_of(server) as page:
            (new,) = (one.new_session for one in drawn(page, asked("")) if one.HasField("new_session"))
            page.send(waits.SerializeToString())
            said = ForwardMsg()
            while said.delta.new_element.text.body != "The first line":
                said.ParseFromString(cast(bytes, page.recv(PATIENCE)))
        with page_of(server, new.initialize.session_id) as page:
            heard = drawn(page, asked(""))

    (begins,) = (at for at, one in enumerate(heard) if one.HasField("new_session"))
    assert [] == heard[:begins]
    assert ["The first line", "The last line"] == lines(heard)


PICTURED = """
import io

import streamlit as st
from PIL import Image

from components.frame import media
from components.frame.drawing import configure

configure()
media.LASTS = 0.0
out = io.BytesIO()
Image.new("RGB", (8, 8)).save(out, "PNG")
st.image(out.getvalue())
st.fragment(lambda: st.text("A part"), key="part")()
st.button("Draw the part", on_click=lambda: st.rerun(["part"]))
"""


def test_an_image_is_where_the_browser_finds_it_though_a_click_has_another_part_drawn_alone(tmp_path: Path) -> None:
    tmp_path.joinpath("pictured.py").write_text(PICTURED)
    click = BackMsg()
    with page_script(tmp_path / "pictured.py", tmp_path) as server, page_of(server) as page:
        new = new_elements(drawn(page, asked("")))
        (button,) = (one.button.id for one in new if one.HasField("button"))
        (place,) = (one.imgs.imgs[0].url for one in new if one.HasField("imgs"))
        click.rerun_script.widget_states.widgets.add(id=button, trigger_value=True)
        heard = drawn(page, click)

        assert [1, "FINISHED_FRAGMENT_RUN_SUCCESSFULLY"] == runs(heard)
        assert 200 == httpx2.get(f"{server}{place}", trust_env=False).status_code


DOWNLOADED = """
import streamlit as st

from components.frame.drawing import configure

configure()
number = st.session_state.number = st.session_state.get("number", 0) + 1
st.download_button("Download", lambda: b"of an image", key=f"download_{number}")
"""


def test_a_download_comes_though_its_button_has_just_been_drawn_anew(tmp_path: Path) -> None:
    tmp_path.joinpath("downloaded.py").write_text(DOWNLOADED)
    click = BackMsg()
    with page_script(tmp_path / "downloaded.py", tmp_path) as server, page_of(server) as page:
        new = new_elements(drawn(page, asked("")))
        (file,) = (one.download_button.deferred_file_id for one in new if one.HasField("download_button"))
        drawn(page, asked(""))  # which the browser has yet to be told of
        (new_session,) = (one.new_session for one in drawn(page, asked("")) if one.HasField("new_session"))
        click.backend_operation_request.session_id = new_session.initialize.session_id
        click.backend_operation_request.deferred_file.file_id = file
        page.send(click.SerializeToString())
        told = ForwardMsg()
        while not told.HasField("backend_operation_response"):
            told.ParseFromString(cast(bytes, page.recv(PATIENCE)))
        place = told.backend_operation_response.deferred_file.url

        assert b"of an image" == httpx2.get(f"{server}{place}", trust_env=False).content
