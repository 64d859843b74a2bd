"""What a click began is finished, and what it could not do is said in words on the page on which it was clicked."""

from pathlib import Path

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests
from streamlit.testing.v1 import AppTest

from components.frame.drawing import configure
from components.state.services import Services
from tests.pages.history_tab import click, look, pick
from tests.pages.made import drawn
from tests.pages.tabs import PATIENCE
from triptych.store import Store


def take_away(store: Store) -> None:
    """The database is gone: where its file was, there is a folder now."""
    path = Path(store.database.engine.url.database or "")
    store.database.close()
    for part in path.parent.glob(f"{path.name}*"):
        part.unlink()
    path.mkdir()


@pytest.fixture(autouse=True)
def every_run_draws_the_frame(framed: None) -> None:
    """As on a server."""


@pytest.fixture
def store(process: Services) -> Store:
    return process.store


@pytest.mark.database_away
def test_a_favourite_that_the_database_does_not_take_is_told_in_words(app: AppTest, store: Store) -> None:
    record = drawn(store)
    page = pick(look(app), record)
    take_away(store)

    page.button(key="history_favour").click().run()

    assert [] == list(page.exception)
    (said,) = [toast.value.replace("\\", "") for toast in page.toast]
    assert said.startswith("**Restore the database connection** · ")
    assert ["Restore the database connection"] == [error.proto.title for error in page.error]


@pytest.mark.database_away
def test_a_rating_that_the_database_does_not_take_is_told_in_words(app: AppTest, store: Store) -> None:
    record = drawn(store)
    page = click(look(app), f"open_{record.id}")
    take_away(store)

    page.get("feedback")[0].set_value(3).run()

    assert [] == list(page.exception)
    assert 1 == len(page.toast)


def script() -> None:
    import streamlit as st

    from components.frame.drawing import configure
    from triptych.errors import NotSaved

    def refuse() -> None:
        raise NotSaved("The disk is full.")

    configure()
    st.button("Click", key="button", on_click=refuse)
    st.text_input("Change", key="text", on_change=refuse)
    st.fragment(lambda: st.button("Within", key="within", on_click=refuse))()
    with st.form("form"):
        st.form_submit_button("Submit", key="submit", on_click=refuse)
    st.text("The page is drawn")


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("key", ["button", "within", "submit", "text"])
def test_whatever_widget_it_was_the_page_is_drawn_and_says_what_to_do(key: str) -> None:
    page = AppTest.from_function(script, default_timeout=PATIENCE).run()

    (page.text_input(key=key).set_value("x") if key == "text" else page.button(key=key).click()).run()

    assert [] == list(page.exception)
    assert ["The page is drawn"] == [text.value for text in page.text]
    assert ["**Make room or make the folder writable** · The disk is full\\."] == [toast.value for toast in page.toast]


def interrupted() -> None:
    """A page on which the browser asks for another run while a callback runs, as `AppSession.request_rerun` does it."""
    import streamlit as st
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    from components.frame.drawing import configure

    def take() -> None:
        running = get_script_run_ctx()
        assert running
        assert running.script_requests
        running.script_requests.request_stop()
        st.session_state["taken"] = "the first"
        st.toast("Taken")

    def note() -> None:
        st.session_state["noted"] = "the second"

    configure()
    st.text_input("Change", key="text", on_change=take)
    st.text_input("Change too", key="other", on_change=note)
    st.text(" and ".join(st.session_state.get(key, "nothing") for key in ("taken", "noted")))


@pytest.mark.usefixtures("engine")
def test_what_a_change_began_is_finished_though_another_run_is_asked_for_meanwhile() -> None:
    page = AppTest.from_function(interrupted, default_timeout=PATIENCE).run()
    page.text_input(key="text").set_value("x")
    page.text_input(key="other").set_value("y").run()

    page.run()

    assert [] == list(page.exception)
    assert ["the first and the second"] == [text.value for text in page.text]


def ended_by_another() -> None:
    """A page on which another run of the tab, which was stopped for this one, ends while this one's callbacks run."""
    from copy import copy
    from threading import Thread

    import streamlit as st
    from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx
    from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests
    from streamlit.runtime.state import SafeSessionState

    from components.frame.drawing import configure

    def take() -> None:
        running = get_script_run_ctx()
        assert running
        other = copy(running)
        other.script_requests = ScriptRequests()
        other.script_requests.request_stop()
        other.session_state = SafeSessionState(running.session_state._state, lambda: None)
        ends = Thread(target=other.session_state.on_script_finished, args=(frozenset(),))
        add_script_run_ctx(ends, other)
        ends.start()
        st.session_state["other"] = ends

    configure()
    st.text_input("Change", key="text", on_change=take)
    if "other" in st.session_state:
        st.session_state["other"].join()
    st.text("Clicked" if st.button("Click", key="button") else "Not clicked")


@pytest.mark.usefixtures("engine")
def test_a_run_that_was_stopped_for_a_click_takes_it_not_back_at_its_end() -> None:
    page = AppTest.from_function(ended_by_another, default_timeout=PATIENCE).run()
    page.text_input(key="text").set_value("x")

    page.button(key="button").click().run()

    assert [] == list(page.exception)
    assert ["Clicked"] == [text.value for text in page.text]


def test_a_look_for_news_leaves_what_a_click_has_just_said() -> None:
    configure()
    said = WidgetStates(widgets=[WidgetState(id="prompt", string_value="typed")])
    requests = ScriptRequests()

    requests.request_rerun(RerunData(widget_states=said))
    requests.request_rerun(RerunData(widget_states=WidgetStates(), fragment_id="news", is_auto_rerun=True))

    request = requests.on_scriptrunner_ready()
    assert said == request.rerun_data.widget_states
    assert [] == request.rerun_data.fragment_id_queue
