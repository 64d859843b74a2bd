"""A table of images whose heads stay in view, with what each cost and took, and what can be done with each."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from components.state.tab import Widget

HERE = Path(__file__).parent
HTML, CSS, JS = (HERE.joinpath(f"compare_matrix.{kind}").read_text("utf-8") for kind in ("html", "css", "js"))

TABLE = Widget[Mapping[str, Any]]("compare_matrix", {})  # "act": what was clicked last, and in which picture
_matrix = st.components.v2.component("triptych_compare_matrix", html=HTML, css=CSS, js=JS)


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One image of a cell, or its place.

    ``src`` is the address of its thumbnail, ``width`` and ``height`` the pixels asked for. ``strong``, ``facts`` and
    ``note`` are the three lines below it, ``score`` is one more where it was rated. ``can`` names what its buttons
    do: retry, cancel, promote.
    """

    key: str
    name: str
    state: str
    word: str = ""
    reason: str = ""
    src: str = ""
    alt: str = ""
    width: int = 1
    height: int = 1
    strong: str = ""
    facts: str = ""
    note: str = ""
    score: str = ""
    can: tuple[str, ...] = ()
    opens: bool = False
    picked: bool = False


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """What is in view: the names of the axes across and down, their values, and for each row and column its shots."""

    label: str
    across: str
    down: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    cells: tuple[tuple[tuple[Shot, ...], ...], ...]


def compare_matrix(matrix: Matrix, act: Callable[[str, str], None]) -> None:
    """Draw ``matrix``. A click in it calls ``act`` with open, pick, retry, cancel or promote, and the image's key."""

    def heard() -> None:
        told = TABLE.value["act"]
        act(str(told["what"]), str(told["key"]))

    _matrix(key=TABLE.key, data=asdict(matrix), on_act_change=heard)
