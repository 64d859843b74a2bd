"""A table out of a file: text, CSV, TSV, JSONL or XLSX."""

import codecs
import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

from triptych.batch.problem import Problem
from triptych.batch.spreadsheet import read_spreadsheet
from triptych.batch.table import Rows, Table, columns_of
from triptych.errors import BadFile
from triptych.export.cells import restored

MOST_BYTES = 64 << 20  # of a file: 50,000 rows of 1,300 bytes
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
GUESSES = ("utf-8", "cp949", "cp1252")  # in this order: each is refused by most texts of those after it
DELIMITERS = (",", ";", "\t", "|")
OWN = "result_status"  # the column by which an export of a batch is known again

csv.field_size_limit(MOST_BYTES)  # a cell is measured here, and named by its row; the reader would only give up


def lines(text: str) -> Table:
    """One prompt a line; blank lines are none. Raises BadFile where there is no prompt."""
    rows = Rows(("prompt",))
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        rows.row(number, {"prompt": line.strip()})
        if rows.full:
            break
    if not text.strip():
        raise BadFile("There is no prompt. Enter at least one, each on its own line.")
    return rows.table()


def read_table(name: str, data: bytes) -> Table:
    """The table in a file: TXT (one prompt a line), CSV, TSV, JSONL or XLSX, told by its name and its bytes.

    Raises BadFile, naming the next move, where there is no table in it.
    """
    suffix = name.lower().rpartition(".")[2]
    if len(data) > MOST_BYTES:
        raise BadFile(f"This file is {len(data) / (1 << 20):,.0f} MB; the limit is {MOST_BYTES >> 20} MB. Split it.")
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return read_spreadsheet(data)
    if data.startswith(b"\xd0\xcf\x11\xe0") or suffix in {"xls", "xlsx", "xlsm", "ods"}:
        raise BadFile("This spreadsheet is old, locked or damaged. Save it as XLSX without a password, or as CSV.")
    text, doubt = _decoded(data)
    if not text.strip():
        raise BadFile("This file is empty. Fill it with one prompt per line, or with a table that has a prompt column.")
    if suffix in {"jsonl", "ndjson", "json"}:
        table = _json_lines(text)
    else:
        table = _separated(text, suffix) if suffix in {"csv", "tsv", "tab"} else lines(text)
    return Table(table.columns, table.rows, table.problems, (*table.notes, *doubt))


def _decoded(data: bytes) -> tuple[str, tuple[Problem, ...]]:
    """The text of a file by its mark, its zeros, or the first encoding that it can be."""
    mark = next((mark for mark in MARKS if data.startswith(mark)), None)
    if mark:
        guesses: tuple[str, ...] = (MARKS[mark],)
    elif b"\0" in data[:4096]:
        zeros = data[:4096:2].count(0), data[1:4096:2].count(0)
        guesses = ("utf-16-be" if zeros[0] > zeros[1] else "utf-16-le",)
    else:
        guesses = GUESSES
    for guess in guesses:
        try:
            text = data.decode(guess)
        except UnicodeDecodeError:
            continue
        return text, _doubt(guess)
    raise BadFile("The text encoding of this file cannot be read. Save it as UTF-8.")


def _doubt(encoding: str) -> tuple[Problem, ...]:
    names = {"cp949": "Korean (CP949)", "cp1252": "Western European (Windows-1252)"}
    if encoding not in names:
        return ()
    sentence = f"This file is not UTF-8 and was read as {names[encoding]}. If characters look wrong, save it as UTF-8."
    return (Problem(0, "", sentence),)


def _separated(text: str, suffix: str) -> Table:
    """The table of a CSV file, whatever delimits its cells; spreadsheets may say it in a first line "sep=;"."""
    said = re.match(r'sep=([^\w\s"]|\t)(\r\n|\r|\n)', text)
    text = text[said.end() :] if said else text
    delimiter = said[1] if said else _delimiter(text, "\t" if suffix != "csv" else ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: Rows | None = None
    own = False
    for number, cells in enumerate(_records(reader), start=1):
        if rows is None:
            if isinstance(cells, csv.Error):
                raise BadFile("The header of this file cannot be read. Close the quotation mark in it.")
            if any(cell.strip() for cell in cells):
                rows = Rows(columns_of(list(map(restored, cells)) if OWN in cells else cells))
                own = OWN in rows.columns
        elif isinstance(cells, csv.Error):
            rows.refuse(number, "", _quotes(cells))
        else:
            rows.cells(number, list(map(restored, cells)) if own else cells)
            if rows.full:
                break
    if rows is None:
        raise BadFile("This file has no header. Its first row must name the columns, including prompt.")
    return rows.table()


def _records(reader: "Iterator[list[str]]") -> Iterator[list[str] | csv.Error]:
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield error


def _quotes(error: csv.Error) -> str:
    if "end of data" in str(error):
        return "A quotation mark in this row is not closed, so everything after it was read as one cell. Close it."
    return "Double every quotation mark inside a cell, as spreadsheets do."


def _delimiter(text: str, first: str) -> str:
    """What delimits the most cells of the first row; ``first`` among equals."""

    def cells(delimiter: str) -> int:
        reader = csv.reader(io.StringIO(text.lstrip("\r\n"), newline=""), delimiter=delimiter)
        return len(next(reader, []))

    return max((first, *DELIMITERS), key=cells)


def _json_lines(text: str) -> Table:
    """One JSON object a line; a column for every name in any of them."""
    found, broken = dict[int, dict[str, str]](), list[int]()
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except (ValueError, RecursionError):
            values = None
        if isinstance(values, dict):
            found[number] = {name: _told(value) for name, value in values.items()}
        else:
            broken.append(number)
    names = dict.fromkeys(name for row in found.values() for name in row)
    rows = Rows(columns_of(list(names)))
    given = dict(zip(names, rows.columns, strict=False))
    for number in broken:
        rows.refuse(number, "", 'This line is not a JSON object like {"prompt": "a fox"}.')
    for number, row in found.items():
        rows.row(number, {given[name]: value for name, value in row.items() if name in given})
    return rows.table()


def _told(value: Any) -> str:
    """A value of JSON as the text of a cell; the texts of a list are lines."""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "\n".join(value)
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)
