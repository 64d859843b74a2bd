"""The Converse page with a conversation of fifty turns open, beside one of five."""

import time

from streamlit.testing.v1 import AppTest

from tests.bench.conftest import Table
from tests.pages.conftest import (  # noqa: F401 - fixtures
    app,
    configured,
    engine,
    no_keyring,
    once_a_process,
    prepared,
    process,
)
from tests.pages.converse_tab import look, say, thread

FEW, MANY = 5, 50
PAIRS = 5
MOST = 2.0


def test_a_conversation_of_fifty_turns_opens_within_twice_the_time_of_one_of_five(
    app: AppTest,  # noqa: F811
    table: Table,
) -> None:
    page = look(app)
    page.session_state["quality"] = "low"
    few, many = (talked(page, turns) for turns in (FEW, MANY))

    pairs = [(opened(page, many), opened(page, few)) for _ in range(PAIRS)]

    name = f"Converse with {MANY} turns / {FEW}"
    assert MOST >= table.add(name, *map(list, zip(*pairs, strict=True)), bound=MOST)


def talked(page: AppTest, turns: int) -> str:
    """A conversation of so many turns, each with an image; its id."""
    page.button(key="thread_new").click().run()
    for number in range(turns):
        say(page, f"A red fox, number {number}" if number == 0 else "make the sky violet")
    return thread(page).id


def opened(page: AppTest, id: str) -> float:  # noqa: A002 - the records' own word
    """Milliseconds of processor time in which a conversation is on the page."""
    page.session_state["thread"] = id
    start = time.process_time()
    page.run()
    assert not page.exception
    return (time.process_time() - start) * 1000
