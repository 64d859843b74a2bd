"""What the Batch page keeps in the tab: which batch is open, what was uploaded for the next, and what a click met."""

from dataclasses import dataclass, field
from typing import Any

from components.state.refusal import Refusal
from components.state.tab import Widget, put, tab
from triptych.batch import Images, Plan, Table
from triptych.batch.batch import BatchInput
from triptych.batch.masking import Masking
from triptych.batch.naming import PATTERN
from triptych.errors import Refused
from triptych.many import Place, Progress
from triptych.store.saved import Removed

PROMPTS = Widget[str]("prompts", "")  # one a line
PROMPTS_FILE = Widget[Any]("prompts_file", None)
BATCH_IMAGES = Widget[list[Any]]("batch_images", [])
TEMPLATE = Widget[str]("batch_template", "")
EVERY = Widget[bool]("batch_every", False)
MASKED = Widget[str]("batch_mask", "")
GOES_ON = Widget[bool]("batch_goes_on", False)
SURE = Widget[bool]("batch_sure", False)
NAME = Widget[str]("batch_name", "")
SHOWS = Widget[str | None]("batch_shows", None)  # the state of the rows in the table, None for all
PATTERN_OF = Widget[str]("batch_pattern", PATTERN)  # of file names
UNKNOWN_ROWS = Widget[list[Place]]("batch_unknown", [])


@dataclass(slots=True)
class BatchTab:
    """One tab's Batch page."""

    open: str | None = None  # the id of the tab's batch, "" for none, None before one was looked for
    running: bool = False  # whether it was being run as the page began, which then says so
    elsewhere: Progress | None = None  # how it stood then, if another process was running rows of it
    table: Table | None = None  # from a file, and its name
    file_name: str = ""
    text: tuple[str, Table] | None = None  # the prompts that were written last, as rows
    images: Images = field(default_factory=Images)  # those that were uploaded
    files: dict[str, bytes] = field(default_factory=dict)  # their bytes by SHA-256, which the store may not have
    masking: Masking | None = None  # makes the masks that were described last
    planned: tuple[BatchInput, str, Plan] | None = None  # what was described last, for which kind of server
    foretold: tuple[Any, Any] | None = None  # what was asked of a plan last, and what it comes to
    refused: Refusal[tuple[Refused, tuple[Place, ...]]] = field(default_factory=Refusal)  # with what was asked for
    agreed: tuple[str, int] = ("", 0)  # what the tick was given to, and how many rows that are
    removed: Removed | None = None  # what was deleted last
    drawn: tuple[Any, Any] | None = None  # what the table of rows was made of last, and that table


def turn_to(id: str, name: str = "") -> None:  # noqa: A002 - the records' own word
    """Have the tab's batch be that one, "" for one that has yet to begin."""
    here = tab(BatchTab)
    here.open, here.drawn = id, None
    here.refused.say(None)
    NAME.put(name)
    SHOWS.put(None)


def describe(made_of: BatchInput, images: Images) -> None:
    """Have the page's widgets describe ``made_of``, before any of them is drawn."""
    here = tab(BatchTab)
    table, here.images, here.files = made_of.table, images, {}
    is_text = table.columns == ("prompt",) and [*table.rows] == [*range(1, len(table.rows) + 1)]
    is_images = table.columns in {("image",), ("image", "mask")}
    here.table, here.file_name = (None, "") if is_text or is_images else (table, made_of.name or "Saved rows")
    text = "\n".join(row["prompt"] for row in table.rows.values()) if is_text else ""
    mask = next((row.get("mask", "") for row in table.rows.values()), "") if is_images else ""
    put({PROMPTS: text, TEMPLATE: made_of.template, EVERY: made_of.every, MASKED: mask})
