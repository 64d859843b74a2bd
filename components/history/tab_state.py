"""What the History page keeps: which records are picked or put away, and which question is open."""

from dataclasses import dataclass
from typing import Literal

from components.state.tab import Widget

PAGE = Widget[int]("history_page", 1)  # of what was found, from 1


@dataclass(slots=True)
class HistoryTab:
    """One tab's History page. Records go by their ids."""

    picked: tuple[str, ...] = ()  # on whatever page they stand, in the order in which they were
    trashed: tuple[str, ...] = ()  # what was last moved to the trash, for Undo
    asking: Literal["", "picked", "age"] = ""  # what is to be deleted for good, while the question is open
    uploads: int = 0  # files imported: each time the fields begin again, empty
