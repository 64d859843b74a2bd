"""What one tab finds out about a server, the next one knows."""

import uuid

from streamlit.testing.v1 import AppTest

from tests.pages.tabs import PATIENCE


def page(address: str) -> None:
    import streamlit as st

    from components.state.account import session
    from components.state.services import services
    from triptych.servers import LIKE_OPENAI, Account

    here = session()
    here.account = Account(address, "sk-none", server=LIKE_OPENAI)
    st.text(f"{here.account.server.responses}")
    services().store.known_servers.learn(here.client.account, here.owner, {"responses": False}, "refusal")
    st.text(f"{here.account.server.responses}")
    st.text(f"{here.client.account.server.responses}")


def test_a_server_without_a_responses_api_is_tried_by_one_tab() -> None:
    unknown = {"address": f"http://127.0.0.1:9/{uuid.uuid4().hex}/v1"}
    tabs = [AppTest.from_function(page, default_timeout=PATIENCE, kwargs=unknown).run() for _ in range(2)]

    assert [[], []] == [[each.value for each in tab.exception] for tab in tabs]
    assert [["True", "False", "False"], ["False", "False", "False"]] == [
        [text.value for text in tab.text] for tab in tabs
    ]
