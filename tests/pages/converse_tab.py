"""What a visitor does on the Converse page, and what can be read of it."""

from streamlit.testing.v1 import AppTest

from components.converse.tab_state import Talk
from components.run.attention import said
from components.state.services import services
from tests.pages.kept import kept
from triptych.conversation import Thread, Turn

PATIENCE = 60.0
FOX = "A red fox in the snow"


def look(app: AppTest) -> AppTest:
    """Open the page."""
    page = app.switch_page("pages/converse.py").run()
    assert not page.exception
    return page


def say(page: AppTest, words: str, *files: tuple[str, bytes]) -> AppTest:
    """Send a message with these files, and wait for what comes of it."""
    field = page.chat_input(key="message")
    for name, data in files:
        field.upload(name, data, "image/png")
    field.set_value(words).run()
    return settled(page)


def settled(page: AppTest) -> AppTest:
    """The page once nothing runs any more."""
    services().jobs.drain(PATIENCE)
    page.run()
    assert not page.exception
    return page


def click(page: AppTest, key: str) -> AppTest:
    page.button(key=key).click().run()
    assert not page.exception
    return page


def thread(page: AppTest) -> Thread:
    """The open conversation."""
    found = services().threads.get("local", page.session_state["thread"])
    assert found
    return found


def turns(page: AppTest) -> tuple[Turn, ...]:
    return services().threads.turns(thread(page))


def typed(page: AppTest) -> str:
    """What was put into the input in this run."""
    return str(page.chat_input(key="message").proto.value)


def shown(page: AppTest) -> list[str]:
    """The messages on the page, in their order."""
    said = {turn.message for turn in turns(page)}
    return [text.value for text in page.text if text.value in said]


def talk(page: AppTest) -> Talk:
    return kept(page, Talk)


def heard(turn: Turn) -> str:
    """What a screen reader hears of it."""
    job = services().jobs.get(turn.ticket, "local")
    assert job
    return said(job)


def errors(page: AppTest) -> str:
    return " ".join(f"{error.proto.title} {error.value}" for error in page.error).replace("\\", "")


def captions(page: AppTest) -> str:
    return " ".join(caption.value for caption in page.caption).replace("\\", "")
