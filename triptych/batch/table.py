"""A table of rows as people hand it in, within bounds: its columns, its cells as text, and what was wrong with them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from triptych.batch.problem import Problem
from triptych.errors import BadFile
from triptych.sidecar import cleaned

MOST_ROWS = 50_000  # the lines that one file of the Batch API takes
MOST_COLUMNS = 200
MOST_CELL = 100_000  # characters; three times the longest prompt
LONGEST_NAME = 100  # characters of a column's name; a longer one is a row without a header above it


@dataclass(frozen=True)
class Table:
    """Columns by name, and the cells of each row by column; a row's number is that of the file, counted from 1.

    A header is row 1 of its file, so the first row below it is 2, as spreadsheets show it. Rows without any text are
    left out, so numbers may have gaps. ``problems`` are those of cells and rows that could not be read and cannot be
    run; ``notes`` what is worth knowing and stops nothing.
    """

    columns: tuple[str, ...]
    rows: Mapping[int, Mapping[str, str]]
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Its columns and rows as JSON values."""
        return {"columns": list(self.columns), "rows": {str(number): dict(row) for number, row in self.rows.items()}}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Table":
        """The columns and rows that ``to_json`` wrote, by number: records sort their keys as words."""
        rows = {int(number): row for number, row in values["rows"].items()}
        return cls(tuple(values["columns"]), dict(sorted(rows.items())))


class Rows:
    """Takes in the rows of a table one by one, within the bounds, and says what is wrong with them."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        self.columns = columns
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self.full = False
        self._rows: dict[int, Mapping[str, str]] = {}

    def cells(self, number: int, cells: Sequence[str]) -> None:
        """Take in a row of as many cells as there are columns; fewer are empty at its end."""
        if any(cell.strip() for cell in cells[len(self.columns) :]):
            many = f"This row has {len(cells):,} cells, but the header has {len(self.columns):,}"
            self.refuse(number, "", f"{many}. Put text that contains the delimiter in quotation marks.")
        self.row(number, dict(zip(self.columns, cells, strict=False)))

    def row(self, number: int, values: Mapping[str, str]) -> None:
        """Take in a row by its columns, unless it is blank."""
        if not any(value.strip() for value in values.values()):
            return
        if len(self._rows) == MOST_ROWS:
            self.full = True
            sentence = f"A batch takes at most {MOST_ROWS:,} rows. This one and all after it were left out. Run them as"
            self.refuse(number, "", f"{sentence} a separate batch.")
            return
        self._rows[number] = {name: self._cell(number, name, value) for name, value in values.items()}

    def refuse(self, number: int, column: str, sentence: str) -> None:
        """Say why a row cannot be run."""
        self.problems.append(Problem(number, column, sentence))

    def note(self, number: int, column: str, sentence: str) -> None:
        """Say what is worth knowing."""
        self.notes.append(Problem(number, column, sentence))

    def table(self) -> Table:
        """What was taken in; raises BadFile where it is nothing."""
        if not self._rows and not self.problems:
            raise BadFile("This file has a header but no rows. Add at least one below it.")
        return Table(self.columns, self._rows, tuple(self.problems), tuple(self.notes))

    def _cell(self, number: int, column: str, text: str) -> str:
        if len(text) > MOST_CELL:
            self.refuse(number, column, f"This cell has {len(text):,} characters; the limit is {MOST_CELL:,}.")
            return ""
        whole = text if text.isascii() else cleaned(text)  # of thousands of cells most are
        return whole.replace("\0", "\ufffd")  # neither that nor half a character can be kept in the records


def columns_of(header: Sequence[str]) -> tuple[str, ...]:
    """The columns that a header names; raises BadFile where two are one, or it cannot be a header."""
    names = [cleaned(cell).strip() for cell in header]
    while names and not names[-1]:
        names.pop()
    if len(names) > MOST_COLUMNS:
        raise BadFile(f"This file has more than {MOST_COLUMNS} columns. Keep only the ones your prompts need.")
    found: dict[str, str] = {}
    for number, name in enumerate(names, start=1):
        own = name or f"column {number}"
        if len(own) > LONGEST_NAME:
            raise BadFile(
                f'The first row must name the columns, like "prompt"; "{own[:40]}…" is too long to be a name.'
            )
        if key(own) in found:
            raise BadFile(f'Two columns are named "{own}". Rename one of them.')
        found[key(own)] = own
    return tuple(found.values())


def key(name: str) -> str:
    """A column's name as it is compared: without regard to case, and to spaces, hyphens and underscores."""
    return re.sub(r"[\s_-]+", "_", name.strip().casefold())
