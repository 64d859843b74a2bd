"""A table out of a file: text, CSV, TSV, JSONL or XLSX."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from triptych.batch.problem import Problem


@dataclass(frozen=True)
class Table:
    """Columns by name, and the cells of each row by column; a row's number is that of the file, counted from 1.

    A header is row 1 of its file, so the first row below it is 2, as spreadsheets show it. Rows without any text are
    left out, so numbers may have gaps. ``problems`` are those of cells that could not be read, whose rows cannot be
    run; ``notes`` what is worth knowing and stops nothing.
    """

    columns: tuple[str, ...]
    rows: Mapping[int, Mapping[str, str]]
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Its columns and rows as JSON values."""
        return {"columns": list(self.columns), "rows": {str(number): dict(row) for number, row in self.rows.items()}}


def lines(text: str) -> Table:
    """One prompt a line; blank lines are none."""
    rows = {number: {"prompt": line.strip()} for number, line in enumerate(text.splitlines(), 1) if line.strip()}
    return Table(("prompt",), rows)


def read_table(name: str, data: bytes) -> Table:
    """The table in a file: TXT (one prompt a line), CSV, TSV, JSONL or XLSX, told by its name and its bytes.

    Raises BadFile, naming the next move, where there is no table in it.
    """
    raise NotImplementedError
