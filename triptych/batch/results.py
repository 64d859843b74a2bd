"""What came of a batch as files: a table with every input column kept, for a spreadsheet and for a program."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

from triptych.batch.problem import Problem
from triptych.batch.rows import Row
from triptych.export.cells import inert
from triptych.sidecar import cleaned
from triptych.store.files.names import Stored

PREFIX = "result_"  # what our columns begin with; those of an earlier export give way to them


@dataclass(frozen=True)
class Made:
    """An image of a row: the id of its record, and what is kept of it."""

    id: str
    stored: Stored


@dataclass(frozen=True)
class Result:
    """What came of one row. ``status`` is that of `triptych.many`; ``reason`` why there is no image: (next move, what
    happened); ``dollars``, ``seconds`` and the tokens are the row's, None where or while they are unknown.
    """

    row: Row
    status: str
    images: tuple[Made, ...] = ()
    dollars: Decimal | None = None
    billed: bool = True
    seconds: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    reason: tuple[str, str] | None = None


def write_csv(out: IO[bytes], columns: Sequence[str], results: Iterable[Result], names: Mapping[str, str]) -> None:
    """Every row with its input columns and what came of it, in UTF-8 with a mark; no text is run as a formula.

    ``names`` are those of the images' files by record id. `read_table` gives every input cell back as it was.
    """
    text = io.TextIOWrapper(out, "utf-8-sig", newline="")
    writer = csv.writer(text)
    ours = [name for name in columns if not name.startswith(PREFIX)]
    heads = [*ours, *_told(Result(Row(0, {}, None), ""), {})]
    writer.writerow(map(inert, heads))
    for result in results:
        told = _told(result, names)
        cells = [*(result.row.values.get(name, "") for name in ours), *told.values()]
        writer.writerow(["" if cell is None else inert(_text(cell)) for cell in cells])
    text.detach()  # written out, and left open


def write_jsonl(out: IO[bytes], results: Iterable[Result], names: Mapping[str, str]) -> None:
    """The same, one JSON object a line."""
    for result in results:
        cells = {name: cell for name, cell in result.row.values.items() if not name.startswith(PREFIX)}
        line = json.dumps({**cells, **_told(result, names)}, ensure_ascii=False)
        out.write(cleaned(line).encode() + b"\n")


def problems_csv(problems: Iterable[Problem]) -> bytes:
    """Problems as a table for a spreadsheet; what is of no row has none."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(("row", "column", "problem"))
    writer.writerows((one.row or "", inert(one.column), inert(one.sentence)) for one in problems)
    return out.getvalue().encode("utf-8-sig")


def _told(result: Result, names: Mapping[str, str]) -> dict[str, Any]:
    request, reason = result.row.request, result.reason
    sentences = " ".join(one.sentence for one in result.row.problems)
    facts = {
        "row": result.row.number,
        "combination": result.row.combination or None,
        "status": result.status,
        "files": [names[one.id] for one in result.images if one.id in names],
        "prompt": request.prompt if request else None,
        "model": request.model if request else None,
        "cost_usd": None if result.dollars is None else f"{result.dollars:f}",
        "billed": result.billed,
        "seconds": None if result.seconds is None else round(result.seconds, 2),
        "input_tokens": result.input_tokens,
        "output_tokens": result.output_tokens,
        "error": reason[1] if reason else sentences or None,
        "next_move": reason[0] if reason else None,
        "sha256": [one.stored.sha256 for one in result.images],
    }
    return {PREFIX + name: value for name, value in facts.items()}


def _text(value: object) -> str:
    """A value as a cell; of several, one a line."""
    if isinstance(value, list):
        return "\n".join(value)
    return ("no", "yes")[value] if isinstance(value, bool) else cleaned(str(value))
