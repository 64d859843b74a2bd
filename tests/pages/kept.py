"""What a tab keeps, as its rooms declare it."""

from typing import TypeVar

from streamlit.testing.v1 import AppTest

from components.state.returning import Identity
from components.state.tab import key_of

Room = TypeVar("Room")


def kept(app: AppTest, kind: type[Room]) -> Room:
    """The tab's ``kind``, which its pages read and change; made here where they have not asked for it yet."""
    key = key_of(kind)
    if key not in app.session_state:
        app.session_state[key] = kind()
    found: Room = app.session_state[key]
    return found


def came_back(app: AppTest) -> AppTest:
    """The tab as after a reload, of a process that has forgotten what it held: it goes on with the owner's last run."""
    identity = kept(app, Identity)
    identity.name, identity.forgotten = "the tab before its reload", True
    return app.run()
