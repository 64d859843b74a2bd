"""What a tab finds again after a reload: its settings and its runs, while a new tab begins clean."""

import threading
import uuid
from collections import OrderedDict
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, Self, TypeVar

import streamlit as st

from components.state.account import session
from components.state.runs import runs
from components.state.services import KeptTab, services
from components.state.tab import Widget, key_of, put, tab
from components.state.widgets import HEIGHT, MODEL, PROMPT, SIZE, WIDTH, parameter
from triptych.parameters import PARAMETERS

MOST = 500  # tabs that are remembered, of all visitors
MOST_BYTES = 256 << 20  # of what their rooms hold; of the tabs that were used longest ago it is forgotten first
LONGEST_RUN = 10.0  # seconds that a tab waits at most for what was said right before its reload
# What widgets hold that comes back: the form, and what rooms have added by `values_return`.
_WIDGETS: list[Widget[Any]] = [
    MODEL,
    PROMPT,
    SIZE,
    WIDTH,
    HEIGHT,
    *(parameter(name) for name in PARAMETERS if name != "stream"),
]


class Returning(Protocol):
    """A room whose value comes back with its tab."""

    @property
    def weight(self) -> int:
        """Bytes that it holds; 0 where it is as in a new tab."""

    def again(self) -> Self:
        """The same for the tab after its reload, of which nothing that this one changes is a part."""


Room = TypeVar("Room", bound=Returning)
_ROOMS: list[type[Returning]] = []


def returns(kind: type[Room]) -> type[Room]:
    """Have this room come back after a reload."""
    _ROOMS.append(kind)
    return kind


def values_return(*widgets: Widget[Any]) -> None:
    """Have what these widgets hold come back after a reload."""
    _WIDGETS.extend(widgets)


@dataclass(slots=True)
class Identity:
    """By which name the browser knows this tab, and whether it came back to a process that knows nothing of it.

    It ``is_linked`` where a link has filled its form, which then is not what a reload would bring back.
    """

    name: str = field(default_factory=lambda: uuid.uuid4().hex)
    forgotten: bool = False
    is_linked: bool = False


@dataclass(slots=True)
class LastRun:
    """The ``thread`` that hears and draws what the browser said last before it left."""

    thread: threading.Thread | None = None

    def wait(self) -> None:
        """Wait until it has."""
        if self.thread:
            self.thread.join(LONGEST_RUN)


def remember() -> str:
    """Keep what this tab holds for its next reload; the name under which it is found."""
    services_, name = services(), tab(Identity).name
    with services_.lock:
        kept = services_.tabs
        kept[session().owner, name] = KeptTab(
            {widget: copy(widget.value) for widget in _WIDGETS},
            dict(runs().staged),
            {page: list(tickets) for page, tickets in runs().started.items()},
            tuple(tab(kind) for kind in _ROOMS),
            tab(LastRun).wait,
        )
        kept.move_to_end((session().owner, name))
        while len(kept) > MOST:
            kept.popitem(last=False)
        lighten(kept)
    return name


def lighten(kept: OrderedDict[tuple[str, str], KeptTab]) -> None:
    """Forget what the rooms of the tabs hold that were used longest ago, where all of it is too much."""
    room = MOST_BYTES
    for key, one in reversed(kept.items()):
        room -= sum(each.weight for each in one.rooms)
        if room < 0:
            kept[key] = replace(one, rooms=())


def come_back(key: str) -> None:
    """Take up what the tab held before its reload; the component ``key`` has its name from the browser."""
    name = str(st.session_state[key].get("returned") or "")
    if not name or name == tab(Identity).name:
        return
    kept = _kept(name)
    if kept:
        kept.wait()
        kept = _kept(name)
    tab(Identity).name, tab(Identity).forgotten = name, kept is None
    if kept:
        if not tab(Identity).is_linked:
            put(kept.values)
        for room in kept.rooms:
            if not tab(type(room)).weight:  # nothing was put into it meanwhile
                st.session_state[key_of(type(room))] = room.again()
        runs().staged |= kept.staged
        runs().started |= kept.started


def _kept(name: str) -> KeptTab | None:
    return services().tabs.get((session().owner, name))
