"""What a tab finds again after a reload: its settings and its runs, while a new tab begins clean."""

import uuid
from copy import copy
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from components.state.account import session
from components.state.runs import runs
from components.state.services import KeptTab, services
from components.state.tab import Widget, put, tab
from components.state.widgets import HEIGHT, MODEL, PROMPT, SIZE, WIDTH, parameter
from triptych.parameters import PARAMETERS

MOST = 500  # tabs that are remembered, of all visitors
FORM: tuple[Widget[Any], ...] = (
    MODEL,
    PROMPT,
    SIZE,
    WIDTH,
    HEIGHT,
    *(parameter(name) for name in PARAMETERS if name != "stream"),
)


@dataclass(slots=True)
class Identity:
    """By which name the browser knows this tab, and whether it came back to a process that knows nothing of it."""

    name: str = field(default_factory=lambda: uuid.uuid4().hex)
    forgotten: bool = False


def remember() -> str:
    """Keep what this tab holds for its next reload; the name under which it is found."""
    services_, name = services(), tab(Identity).name
    with services_.lock:
        kept = services_.tabs
        kept[session().owner, name] = KeptTab(
            {widget: copy(widget.value) for widget in FORM},
            dict(runs().staged),
            {page: list(tickets) for page, tickets in runs().started.items()},
        )
        kept.move_to_end((session().owner, name))
        while len(kept) > MOST:
            kept.popitem(last=False)
    return name


def come_back(key: str) -> None:
    """Take up what the tab held before its reload; the component ``key`` has its name from the browser."""
    name = str(st.session_state[key].get("returned") or "")
    if not name or name == tab(Identity).name:
        return
    kept = services().tabs.get((session().owner, name))
    tab(Identity).name, tab(Identity).forgotten = name, kept is None
    if kept:
        put(kept.values)
        runs().staged |= kept.staged
        runs().started |= kept.started
