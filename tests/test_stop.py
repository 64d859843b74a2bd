"""Streamlit's own Stop, sent over a real socket while the page itself is being drawn."""

from http.cookies import SimpleCookie
from urllib.parse import urlsplit

import httpx2
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.test_access import drawn


def elements(heard: list[ForwardMsg]) -> set[str]:
    """What stands on the page: its elements by their kinds."""
    return {str(one.delta.new_element.WhichOneof("type")) for one in heard if one.delta.HasField("new_element")}


def test_a_page_that_is_stopped_while_it_is_drawn_is_drawn_whole(server: str) -> None:
    token = SimpleCookie(httpx2.get(f"{server}/_stcore/health", trust_env=False).headers["set-cookie"])[
        "_streamlit_xsrf"
    ].value
    asked, stop = BackMsg(), BackMsg()
    asked.rerun_script.page_name = "batch"
    stop.stop_script = True
    stream = f"ws://{urlsplit(server).netloc}/_stcore/stream"
    with connect(
        stream, max_size=None, subprotocols=[Subprotocol("streamlit"), Subprotocol(token)], proxy=None
    ) as page:
        whole = elements(drawn(page, asked))

        page.send(asked.SerializeToString())  # the server takes both in order: the page has just been begun
        stopped = elements(drawn(page, stop))

    assert {"file_uploader", "metric"} <= whole == stopped
