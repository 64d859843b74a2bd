"""What the Compare page keeps in the tab: which comparison is open, what is done with it, and what describes it."""

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from components.state.refusal import Refusal
from components.state.tab import Widget, tab
from triptych.errors import Refused
from triptych.inputs import Attachment
from triptych.many import Place
from triptych.store.saved import Removed

if TYPE_CHECKING:  # behind the first page
    from triptych.vision import Lettering

PICTURED = "images"  # the axis of input pictures
# What a new tab compares: three models at three qualities.
FIRST: dict[str, tuple[str, ...]] = {
    "model": ("gpt-image-2", "gpt-image-2.5-flare", "gpt-image-2.6-flare"),
    "quality": ("low", "medium", "high"),
}


def values_of(axis: str) -> Widget[Any]:
    """What holds the values of an axis, by its parameter's name: a list, or a text of numbers or of prompts."""
    return Widget(f"compare_values_{axis}", ())


VARY = Widget[list[str]]("compare_vary", [*FIRST])  # the axes, in the order in which they were chosen
REPEATS = Widget[int]("compare_repeats", 1)
PICTURES: Widget[tuple[Attachment, ...]] = values_of(PICTURED)
NAME = Widget[str]("compare_name", "")


@dataclass(slots=True)
class CompareTab:
    """One tab's Compare page. Pictures of a comparison go by their keys on the page (`plan.key_of`)."""

    open: str | None = None  # the id of the tab's comparison, "" for none, None before one was looked for
    running: bool = False  # whether it was being drawn as the page began, which then says so
    described: tuple[str, str] | None = None  # the id and the kind of server of the one that the widgets describe
    given: str = ""  # the name that came with what was taken in from a file
    wide: bool | None = None  # whether the editor begins open; None before the page was drawn
    picked: tuple[str, ...] = ()
    turned: bool = False  # whether a click in the table wants the whole page drawn anew
    refused: Refusal[tuple[Refused, tuple[Place, ...]]] = field(default_factory=Refusal)  # with what was asked for
    agreed: tuple[str, int] = ("", 0)  # what the tick was given to, and how many pictures that are
    raised: tuple[Place, str | None] | None = None  # the place and ticket of the picture that was raised last
    raised_at: float = 0.0  # when, by the monotonic clock
    removed: Removed | None = None  # what was deleted last
    imports: int = 0  # files taken in: each time the field begins again, empty
    uploads: int = 0  # the same of input pictures
    files: dict[str, bytes] = field(default_factory=dict)  # input pictures by SHA-256, which the store may not have
    lettering: dict[str, "Lettering | None"] = field(default_factory=dict)  # by image and prompt
    voter: str = field(default_factory=lambda: uuid.uuid4().hex)  # who votes by the link in this tab: nobody's name
    voted: tuple[str, str] = ("", "")  # the last vote: the comparison's id and the vote's
    voted_at: float | None = None  # when, by the monotonic clock


def turn_to(id: str, name: str = "") -> None:  # noqa: A002 - the records' own word
    """Have the tab's comparison be that one, "" for one that has yet to begin."""
    here = tab(CompareTab)
    here.open, here.wide, here.given = id, not id, ""
    here.picked = ()
    here.refused.say(None)
    NAME.put(name)


def begin_anew() -> None:
    """Leave the tab's comparison as it is and describe another one."""
    turn_to("")
