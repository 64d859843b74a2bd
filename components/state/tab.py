"""What one browser tab keeps: a typed value for each room, and what its widgets hold.

Nothing outside `components.state` touches ``st.session_state``: a room declares a slotted class and asks ``tab`` for
its own, and a widget whose value somebody reads is a `Widget`.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state import SessionState

Room = TypeVar("Room")
Value = TypeVar("Value")


def tab(kind: type[Room]) -> Room:
    """This tab's ``kind``: made without arguments when it is first asked for, and the same object from then on."""
    key = key_of(kind)
    if key not in st.session_state:
        st.session_state[key] = kind()
    return cast(Room, st.session_state[key])


def of_session(session: SessionState, kind: type[Room]) -> Room:
    """The ``kind`` of a tab whose script may not be running, as `tab` gives it."""
    key = key_of(kind)
    if key not in session:
        session._new_session_state[key] = kind()  # noqa: SLF001 - its own way warns where no script is running
    return cast(Room, session[key])


def key_of(kind: type) -> str:
    """The key of `tab`'s ``kind`` in the session."""
    return f"{kind.__module__}.{kind.__qualname__}"


@dataclass(slots=True)
class Puts:
    """What callbacks have put into widgets, by their keys, until the browser has heard of all of it.

    What a page puts into a widget as it draws it comes of what the tab keeps, and is put again by the next run.
    """

    values: dict[str, Any] = field(default_factory=dict)
    is_callback: bool = False


@dataclass(frozen=True)
class Widget(Generic[Value]):
    """A widget whose value is read or set: its ``key``, and the ``first`` value that it has in a new tab.

    A widget is set in callbacks, or before it is drawn in the run; Streamlit raises where it has been drawn already.
    """

    key: str
    first: Value = field(hash=False)  # it may be a list

    @property
    def value(self) -> Value:
        """What it holds, or will hold when it is first drawn."""
        return cast(Value, st.session_state.get(self.key, self.first))

    @property
    def is_set(self) -> bool:
        """Whether it holds anything of its own yet."""
        return self.key in st.session_state

    def put(self, value: Value) -> None:
        """Set it."""
        st.session_state[self.key] = value
        puts = tab(Puts)
        if puts.is_callback:
            puts.values[self.key] = value

    def clear(self) -> None:
        """Have it begin again with its first value."""
        st.session_state.pop(self.key, None)

    def begin(self) -> str:
        """Give it its first value if it holds nothing yet, just before it is drawn; its key, to draw it with."""
        st.session_state.setdefault(self.key, copy(self.first))
        return self.key

    def keep(self) -> str:
        """The same for a widget that several pages draw: its value goes with the visitor from page to page."""
        value, page, homes = copy(self.value), this_page(), tab(_Homes).pages
        if homes.get(self.key) != page:  # Streamlit forgets it when the next page has a widget of the same key
            st.session_state[self.key] = value
            homes[self.key] = page
        st.session_state.setdefault(self.key, value)
        return self.key


@dataclass(frozen=True)
class Window:
    """A dialog of the page by a ``name`` of its own: it stays open from run to run until it is closed."""

    name: str

    @property
    def is_open(self) -> bool:
        return self.name in tab(_Windows).names

    def open(self) -> None:
        tab(_Windows).names.add(self.name)

    def close(self) -> None:
        tab(_Windows).names.discard(self.name)


@dataclass(frozen=True)
class Popover:
    """A popover that a callback closes, by the ``name`` that its key begins with.

    Closed, it comes again under another key. The browser says again and again of every key whether it is open, also of
    a popover that it has drawn anew, as where a button has come before it in its row: what a click had closed would
    lie open again with the next one.
    """

    name: str

    @property
    def key(self) -> str:
        times = tab(_Popovers).closed.get(self.name)
        return f"{self.name}_{times}" if times else self.name

    def close(self) -> None:
        closed = tab(_Popovers).closed
        closed[self.name] = closed.get(self.name, 0) + 1


Values = Mapping[Widget[Any], Any]  # what widgets are to hold


def put(values: Values) -> None:
    """Set several widgets."""
    for widget, value in values.items():
        widget.put(value)


def overwrite(values: Values) -> None:
    """Set widgets and remember what they held, so that `undo` brings it back."""
    tab(_Overwritten).values = {widget: widget.value for widget in values}
    put(values)


def can_undo() -> bool:
    """Whether something has been overwritten."""
    return bool(tab(_Overwritten).values)


def undo() -> None:
    """Bring back what was overwritten; what it replaces is remembered in turn."""
    overwrite(tab(_Overwritten).values)


def this_page() -> str:
    """What tells the page that is being drawn from the others."""
    running = get_script_run_ctx(suppress_warning=True)
    return running.page_script_hash if running else ""


class _Windows:
    """The names of the windows that are open."""

    def __init__(self) -> None:
        self.names: set[str] = set()


class _Popovers:
    """How many times each popover was closed, by its name."""

    def __init__(self) -> None:
        self.closed: dict[str, int] = {}


class _Homes:
    """The page on which each widget of several pages was drawn last, by the widget's key."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}


class _Overwritten:
    """What widgets held before they were overwritten."""

    def __init__(self) -> None:
        self.values: dict[Widget[Any], Any] = {}
