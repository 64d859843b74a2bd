"""What a tab of a test keeps for a room."""

from typing import TypeVar, cast

from streamlit.testing.v1 import AppTest

Room = TypeVar("Room")


def kept(app: AppTest, kind: type[Room]) -> Room:
    """The tab's own ``kind``, as `components.state.tab.tab` gives it to the pages."""
    return cast(Room, app.session_state[f"{kind.__module__}.{kind.__qualname__}"])
