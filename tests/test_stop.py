"""What is sent over a real socket while a page is being drawn: Streamlit's own Stop, and a click before more."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

import httpx2
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.test_access import drawn


def elements(heard: list[ForwardMsg]) -> set[str]:
    """What stands on the page: its elements by their kinds."""
    return {str(one.delta.new_element.WhichOneof("type")) for one in heard if one.delta.HasField("new_element")}


@contextmanager
def tab(server: str) -> Iterator[ClientConnection]:
    """The socket of a tab that nothing has been asked for yet."""
    token = SimpleCookie(httpx2.get(f"{server}/_stcore/health", trust_env=False).headers["set-cookie"])[
        "_streamlit_xsrf"
    ].value
    stream = f"ws://{urlsplit(server).netloc}/_stcore/stream"
    with connect(
        stream, max_size=None, subprotocols=[Subprotocol("streamlit"), Subprotocol(token)], proxy=None
    ) as page:
        yield page


def test_a_page_that_is_stopped_while_it_is_drawn_is_drawn_whole(server: str) -> None:
    asked, stop = BackMsg(), BackMsg()
    asked.rerun_script.page_name = "batch"
    stop.stop_script = True
    with tab(server) as page:
        whole = elements(drawn(page, asked))

        page.send(asked.SerializeToString())  # the server takes both in order: the page has just been begun
        stopped = elements(drawn(page, stop))

    assert {"file_uploader", "metric"} <= whole == stopped


def test_a_click_is_heard_though_the_page_asks_for_more_right_after_it(server: str) -> None:
    first, click, more = BackMsg(), BackMsg(), BackMsg()
    first.rerun_script.page_name = "generate"
    with tab(server) as page:
        heard = drawn(page, first)
        places = [one.navigation.page_script_hash for one in heard if one.HasField("navigation")]
        buttons = [one.delta.new_element.button.id for one in heard if one.delta.new_element.HasField("button")]
        for said in (click, more):
            said.rerun_script.page_script_hash = places[-1]
            said.rerun_script.widget_states.SetInParent()
        (run,) = (button for button in buttons if button.endswith("-run"))
        click.rerun_script.widget_states.widgets.add(id=run, trigger_value=True)

        page.send(click.SerializeToString())  # the run that it asks for is stopped for the next before it has begun

        assert "alert" in elements(drawn(page, more))  # for no prompt
