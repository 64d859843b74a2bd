"""What the server hears of a click, whatever else the browser asks for, over a real socket."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streamlit.components.v2.bidi_component.constants import EVENT_DELIM
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.BidiComponent_pb2 import BidiComponent
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.state.session_state import STREAMLIT_INTERNAL_KEY_PREFIX
from websockets.sync.client import ClientConnection

from tests.serving import page_script
from tests.test_access import drawn, drawn_next
from tests.test_told import asked, elements, goes, hashes, lines, new_elements, page_of, runs

RETURNING = "triptych_returning"  # the component by which the browser tells which tab it was


@contextmanager
def page_as_ours(script: str, folder: Path) -> Iterator[ClientConnection]:
    """A page of the ``script``, which Streamlit draws as ours: for the first page it has yet to be told how."""
    folder.joinpath("page.py").write_text(script)
    with page_script(folder / "page.py", folder) as server, page_of(server) as first, page_of(server) as page:
        drawn(first, asked(""))
        yield page


def events_of(component: BidiComponent) -> str:
    """The id under which a component tells what has happened in it."""
    return f"{STREAMLIT_INTERNAL_KEY_PREFIX}_{component.id}{EVENT_DELIM}events"


def test_a_click_is_heard_though_the_page_asks_for_more_right_after_it(server: str) -> None:
    click, more = BackMsg(), BackMsg()
    with page_of(server) as page:
        heard = drawn(page, asked("generate"))
        places = [one.navigation.page_script_hash for one in heard if one.HasField("navigation")]
        buttons = [one.delta.new_element.button.id for one in heard if one.delta.new_element.HasField("button")]
        for said in (click, more):
            said.rerun_script.page_script_hash = places[-1]
            said.rerun_script.widget_states.SetInParent()
        (run,) = (button for button in buttons if button.endswith("-run"))
        click.rerun_script.widget_states.widgets.add(id=run, trigger_value=True)

        page.send(click.SerializeToString())  # the run that it asks for is stopped for the next before it has begun

        assert "alert" in elements(drawn(page, more))  # for no prompt


GONE = """
import streamlit as st
from streamlit import runtime
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.scriptrunner import get_script_run_ctx

from components.frame.drawing import configure

configure()
running, tab = get_script_run_ctx(), st.session_state
session = runtime.get_instance()._session_mgr.get_active_session_info(running.session_id).session


def body() -> None:
    st.button("Open", key="open", on_click=lambda: tab.update(opened=True))


if "part" not in tab:
    st.fragment(body, key="part")()
    tab.part = running.fragment_storage.resolve_target("part")[0]
else:
    body()  # no part of the page is live any more
    if "clicked" not in tab:
        tab.clicked = ClientState(fragment_id=tab.part)  # the browser, which is yet to be told so, says it of the part
        tab.clicked.widget_states.widgets.add(id=st.query_params["button"], trigger_value=True)
        session.request_rerun(tab.clicked)
st.text("Open" if tab.get("opened") else "Closed")
"""


def test_what_a_click_in_a_part_changed_is_seen_though_the_part_is_gone_when_it_is_heard(tmp_path: Path) -> None:
    tmp_path.joinpath("gone.py").write_text(GONE)
    more = asked("")
    with page_script(tmp_path / "gone.py", tmp_path) as server, page_of(server) as page:
        (button,) = (one.button.id for one in new_elements(drawn(page, asked(""))) if one.HasField("button"))
        more.rerun_script.query_string = f"button={button}"
        heard = drawn(page, more)
        if "Open" not in lines(heard):  # else the next run began before anything of this one was sent
            heard += drawn_next(page)

    assert [0, "FINISHED_SUCCESSFULLY"] == runs(heard)[-2:]
    assert "Open" == lines(heard)[-1]


TOGETHER = """
import streamlit as st

from components.frame.drawing import configure

configure()
tab = st.session_state
st.button("Open", key="open", on_click=lambda: tab.update(opened=True))
st.fragment(lambda: st.button("Apart", key="apart"))()
st.text("Open" if tab.get("opened") else "Closed")
"""


def test_what_is_said_together_with_what_a_part_says_is_seen_too(tmp_path: Path) -> None:
    with page_as_ours(TOGETHER, tmp_path) as page:
        heard = [one for one in drawn(page, asked("")) if one.delta.HasField("new_element")]
        (button,) = (one.delta.new_element.button.id for one in heard if one.delta.new_element.button.label == "Open")
        (part,) = {one.delta.fragment_id for one in heard} - {""}
        click = asked("")
        click.rerun_script.fragment_id = part  # the browser says what happened in one moment once, of one of the two
        click.rerun_script.widget_states.widgets.add(id=button, trigger_value=True)
        heard = drawn(page, click)

    assert [0, "FINISHED_SUCCESSFULLY"] == runs(heard)
    assert ["Open"] == lines(heard)
    assert "ScriptRunContext" not in tmp_path.joinpath("page.log").read_text()  # nor is anything warned of


WAITING = """
import streamlit as st
from streamlit import runtime
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.scriptrunner import get_script_run_ctx

from components.frame.drawing import configure

configure()
running, tab = get_script_run_ctx(), st.session_state
session = runtime.get_instance()._session_mgr.get_active_session_info(running.session_id).session


def count() -> None:
    tab.clicks = tab.get("clicks", 0) + 1


st.fragment(lambda: st.button("Count", key="count", on_click=count), key="part")()
if button := st.query_params.get("button"):
    click = ClientState(fragment_id=running.fragment_storage.resolve_target("part")[0])
    click.widget_states.widgets.add(id=button, trigger_value=True)
    session.request_rerun(click)  # it waits until this page is drawn
    session.request_rerun(ClientState())  # and this does not
st.text(f"{tab.get('clicks', 0)}")
"""


def test_a_click_in_a_part_is_heard_once_though_the_page_is_begun_anew_before(tmp_path: Path) -> None:
    tmp_path.joinpath("waiting.py").write_text(WAITING)
    more = asked("")
    with page_script(tmp_path / "waiting.py", tmp_path) as server, page_of(server) as page:
        (button,) = (one.button.id for one in new_elements(drawn(page, asked(""))) if one.HasField("button"))
        more.rerun_script.query_string = f"button={button}"
        heard = drawn(page, more)

    assert ["1"] == lines(heard)


LEFT = """
import streamlit as st

from components.frame.drawing import configure

configure()
tell = st.components.v2.component("tell", js="export default function () {}")
page = st.navigation([st.Page(lambda: None, title=name, url_path=name) for name in ("One", "Two")])
tell(key="tell", on_told_change=lambda: st.session_state.update(told=st.session_state["tell"].get("told")))
st.text(f"{page.title}: {st.session_state.get('told')}")
"""


def test_what_a_component_tells_is_heard_though_its_page_is_left_in_that_moment(tmp_path: Path) -> None:
    with page_as_ours(LEFT, tmp_path) as page:
        heard = drawn(page, asked("One"))
        (component,) = (one.bidi_component for one in new_elements(heard) if one.HasField("bidi_component"))
        both = goes(hashes(heard)["two"])  # as what waits is put together with what comes after it
        both.rerun_script.widget_states.widgets.add(
            id=events_of(component), json_trigger_value='[{"event": "told", "value": "a fox"}]'
        )

        assert ["Two: a fox"] == lines(drawn(page, both))


def test_what_is_said_right_before_a_reload_comes_back_with_the_tab(server: str) -> None:
    with page_of(server) as page:
        heard = drawn(page, asked("generate"))
        name = json.loads(_tab(heard).json)["name"]
        (prompt,) = (one.text_area for one in new_elements(heard) if one.text_area.label == "Prompt")
        typed = goes(hashes(heard)["generate"])
        typed.rerun_script.widget_states.widgets.add(id=prompt.id, string_value="a fox")
        page.send(typed.SerializeToString())  # and the page is gone before it is drawn

    with page_of(server) as page:
        heard = drawn(page, asked("generate"))
        returns = goes(hashes(heard)["generate"])
        returns.rerun_script.widget_states.widgets.add(
            id=events_of(_tab(heard)), json_trigger_value=json.dumps([{"event": "returned", "value": name}])
        )
        heard = drawn(page, returns)

    assert ["a fox"] == [one.text_area.value for one in new_elements(heard) if one.text_area.label == "Prompt"]


def _tab(heard: list[ForwardMsg]) -> BidiComponent:
    """What tells the browser the name of its tab."""
    (found,) = (one.bidi_component for one in new_elements(heard) if one.bidi_component.component_name == RETURNING)
    return found


AWAY = """
import time

import streamlit as st

from components.frame.drawing import configure
from components.frame.heard import heard_number

configure()
st.fragment(lambda: st.text(f"Apart at {time.monotonic()}"))()
if not st.checkbox("Away", key="away"):
    st.text_input("Words", key="words", persist_state="session")
    st.code(20_000 * "x")
heard_number()
"""


def saying(values: dict[str, bool | str]) -> BackMsg:
    """What a browser asks with that says these ``values`` of ticks and of fields, by their ids."""
    more = asked("")
    for id_, value in values.items():
        said = more.rerun_script.widget_states.widgets.add(id=id_)
        if isinstance(value, bool):
            said.bool_value = value
        else:
            said.string_value = value
    return more


def test_a_field_that_comes_again_holds_what_it_held_though_a_part_was_drawn_meanwhile(tmp_path: Path) -> None:
    with page_as_ours(AWAY, tmp_path) as page:
        heard = drawn(page, asked(""))
        (away,) = (one.checkbox.id for one in new_elements(heard) if one.HasField("checkbox"))
        words, number = (one.text_input for one in new_elements(heard) if one.HasField("text_input"))
        (part,) = {one.delta.fragment_id for one in heard if one.delta.HasField("new_element")} - {""}

        def now(*, is_away: bool) -> BackMsg:
            """What a browser says that has heard of nothing since."""
            return saying({away: is_away, words.id: "a fox", number.id: number.value})

        drawn(page, now(is_away=False))
        drawn(page, now(is_away=True))
        clock = now(is_away=True)
        clock.rerun_script.fragment_id, clock.rerun_script.is_auto_rerun = part, True
        drawn(page, clock)
        heard = drawn(page, now(is_away=False))

    (field,) = (one.text_input for one in new_elements(heard) if one.text_input.id == words.id)
    assert ("a fox", True) == (field.value, field.set_value)


def test_a_browser_that_has_not_heard_of_the_page_is_sent_what_it_says_it_holds(tmp_path: Path) -> None:
    with page_as_ours(AWAY, tmp_path) as page:
        heard = drawn(page, asked(""))
        (away,) = (one.checkbox.id for one in new_elements(heard) if one.HasField("checkbox"))
        (held,) = (one.hash for one in heard if one.metadata.cacheable)

        def now(heard: list[ForwardMsg], *, is_away: bool) -> BackMsg:
            """What a browser says that holds the long text, and has heard of this last."""
            (number,) = (one.text_input for one in new_elements(heard) if one.text_input.label == "Heard")
            more = saying({away: is_away, number.id: number.value})
            more.rerun_script.cached_message_hashes.append(held)
            return more

        again = drawn(page, now(heard, is_away=False))
        drawn(page, now(again, is_away=True))  # by which it forgets it in the end
        back = drawn(page, now(again, is_away=False))

    assert [held] == [one.ref_hash for one in again if one.HasField("ref_hash")]
    assert [] == [one.ref_hash for one in back if one.HasField("ref_hash")]
    assert held in [one.hash for one in back]
