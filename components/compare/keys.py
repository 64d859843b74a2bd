"""What a tab keeps of the comparison it has open."""

from typing import Any

from components.state.account import session

OPEN = "compare_open"  # the id of the tab's comparison, "" for none
PICKED = "compare_picked"
REFUSED = "compare_refused"
NAME = "compare_name"
SHOWN = "compare_shown"  # the id and the kind of server of the comparison that the widgets describe exactly
WIDE = "compare_wide"  # whether the editor begins open: a comparison that is there comes first
GIVEN = "compare_given"  # the name that came with what was taken in from a file


def begin_anew() -> None:
    """Leave the tab's comparison as it is and describe another one."""
    session().put({OPEN: "", **fresh(), WIDE: True})


def fresh() -> dict[str, Any]:
    """What belongs to one comparison only, as a new one has it."""
    return {PICKED: [], REFUSED: None, GIVEN: "", "compare_zoom": None, NAME: ""}
