"""What the History page keeps: which records are picked, put away or looked at, and which question is open."""

from dataclasses import dataclass
from typing import Literal

import streamlit as st

from components.state.tab import Widget

PAGE = Widget[int]("history_page", 1)  # of what was found, from 1
SHOWN = "image"  # of the address: the record whose details are open


@dataclass(slots=True)
class HistoryTab:
    """One tab's History page. Records go by their ids."""

    picked: tuple[str, ...] = ()  # on whatever page they stand, in the order in which they were
    trashed: tuple[str, ...] = ()  # what was last moved to the trash, for Undo
    asking: Literal["", "picked", "age"] = ""  # what is to be deleted for good, while the question is open
    uploads: int = 0  # files imported: each time the fields begin again, empty


def viewed() -> str:
    """The id of the record whose details are open, "" for none: the address says it, so that Back closes it."""
    return str(st.query_params.get(SHOWN, ""))


def view(record_id: str) -> None:
    """Have the page open the details of a record."""
    st.query_params[SHOWN] = record_id


def close() -> None:
    """Have the page leave the details."""
    st.query_params.pop(SHOWN, None)
