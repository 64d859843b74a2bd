"""What a tab keeps, as its rooms declare it."""

from typing import TypeVar

from streamlit.testing.v1 import AppTest

from components.state.tab import key_of

Room = TypeVar("Room")


def kept(app: AppTest, kind: type[Room]) -> Room:
    """The tab's ``kind``, which its pages read and change; made here where they have not asked for it yet."""
    key = key_of(kind)
    if key not in app.session_state:
        app.session_state[key] = kind()
    found: Room = app.session_state[key]
    return found
