"""The first sheet of an XLSX file as a table: its size is looked at first, and nothing in it is run or followed."""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime, time
from itertools import chain, count, repeat, zip_longest
from typing import Any

from triptych.batch.table import MOST_COLUMNS, Rows, Table, columns_of
from triptych.errors import BadFile
from triptych.store.transfer.archive import Archive, opened

MOST_UNPACKED = 128 << 20  # bytes of all entries together: several times 50,000 rows of ten columns
MOST_TREE = 4 << 20  # bytes of an entry that is read into memory whole: styles, names of sheets
MOST_TAGS = 500_000  # of one row or text, which is read into memory whole too; 16,384 cells have a third of it
MOST_ROW = 1_048_576  # the last row that a sheet can have
PIECE = 1 << 20
STREAMED = re.compile(r"xl/(worksheets/[^/]+|sharedStrings)\.xml", re.IGNORECASE)  # what is read a row at a time
ROW = re.compile(rb"</?(?:\w+:)?(?:row|si)[\s/>]")
FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
# What openpyxl, and what it reads with, raise for a file that is no workbook, or a damaged one.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    SyntaxError,
    EOFError,
    OSError,
    NotImplementedError,
    RecursionError,
    OverflowError,
)


def read_spreadsheet(data: bytes) -> Table:
    """The rows of the first sheet that is not hidden. Raises BadFile, naming the next move."""
    with opened(io.BytesIO(data)) as archive:
        if "mimetype" in archive:
            raise BadFile("Only XLSX spreadsheets are supported. Save this one as XLSX or CSV.")
        notes = tuple(_inert(archive.names))
        computes = _looked_through(archive)
    try:
        with warnings.catch_warnings():  # of styles and other things that a table has no use for
            warnings.simplefilter("ignore")
            rows = _read(data, computes=computes)
    except DAMAGE:
        raise BadFile("This spreadsheet cannot be read. Save it again as XLSX, or as CSV.") from None
    for note in notes:
        rows.note(0, "", note)
    return rows.table()


def _inert(names: Sequence[str]) -> Iterator[str]:
    """What is in the file and does nothing here."""
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        yield "This spreadsheet has macros. They are not run."
    if any(name.lower().startswith("xl/externallinks/") for name in names):
        yield "This spreadsheet links to other files. They are not opened; the last saved values are used."


def _looked_through(archive: Archive) -> bool:
    """Whether there is a formula anywhere; raises BadFile for what would grow too large in memory."""
    sizes = {name: archive.size(name) for name in archive.names}
    if sum(sizes.values()) > MOST_UNPACKED:
        raise BadFile(
            f"Unpacked, this spreadsheet is larger than {MOST_UNPACKED >> 20} MB. Split it, or save it as CSV."
        )
    computes = False
    for name, size in sizes.items():
        if STREAMED.fullmatch(name):
            computes |= _scanned(archive, name)
        elif name.lower().endswith((".xml", ".rels")) and size > MOST_TREE:
            raise BadFile("This spreadsheet has far more styles than rows. Save it as CSV.")
    return computes


def _scanned(archive: Archive, name: str) -> bool:
    """Whether an entry holds a formula. A tag that one piece begins and the next ends is looked at with the next."""
    rows, tags, computes, rest = 0, 0, False, b""
    for piece in archive.pieces(name, PIECE):
        text = rest + piece
        cut = text.rfind(b"<") if b"<" in text[-256:] else len(text)
        text, rest = text[:cut], text[cut:]
        computes = computes or FORMULA.search(text) is not None
        for number, stretch in enumerate(ROW.split(text)):
            rows, tags = rows + bool(number), (0 if number else tags) + stretch.count(b"<")
            if tags > MOST_TAGS or rows > 2 * MOST_ROW:
                raise BadFile("This spreadsheet has more cells than can be read at once. Split it, or save it as CSV.")
    return computes


def _read(data: bytes, *, computes: bool) -> Rows:
    from openpyxl import load_workbook

    def sheets(stack: ExitStack, *, values: bool) -> list[Any]:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=values, keep_links=False)
        stack.callback(book.close)
        return [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or list(book.worksheets)

    with ExitStack() as stack:
        found = sheets(stack, values=True)
        if not found:
            raise BadFile("This spreadsheet has no sheet with cells. Save one as XLSX or CSV.")
        head, columns = _header(found[0])
        formulas = _rows(sheets(stack, values=False)[0], head, len(columns)) if computes else repeat(())
        rows = _taken(columns, zip(count(head + 1), _rows(found[0], head, len(columns)), formulas, strict=False))
    if len(found) > 1:
        rows.note(0, "", f'Only the first sheet, "{found[0].title}", is read. Save other sheets as separate files.')
    return rows


def _header(sheet: Any) -> tuple[int, tuple[str, ...]]:
    """The number of the first row that holds anything, and the columns that it names."""
    for number, cells in enumerate(_rows(sheet, 0, MOST_COLUMNS + 1), start=1):
        texts = [_told(cell.value) for cell in cells]
        if any(text.strip() for text in texts):
            return number, columns_of(texts)
    raise BadFile("This spreadsheet is empty. Its first row must name the columns, including prompt.")


def _rows(sheet: Any, after: int, width: int) -> Iterator[tuple[Any, ...]]:
    """The rows after that one; cells beyond the last column are notes of somebody's own."""
    rows: Iterator[tuple[Any, ...]] = sheet.iter_rows(min_row=after + 1, max_row=MOST_ROW, max_col=width)
    return rows


def _taken(columns: tuple[str, ...], numbered: Iterable[tuple[int, tuple[Any, ...], tuple[Any, ...]]]) -> Rows:
    """The rows of a sheet, each with its cells' values and, if there are any, their formulas."""
    from openpyxl.cell.read_only import EMPTY_CELL

    rows, gap = Rows(columns), None
    for number, cells, formulas in numbered:
        if cells is gap:
            continue
        if all(cell is EMPTY_CELL for cell in chain(cells, formulas)):
            gap = cells  # the rows of a gap are all the same tuple, and there may be a million of them
            continue
        for name, cell, formula in zip_longest(columns, cells, formulas):
            if problem := _problem(cell, formula):
                rows.refuse(number, name, problem)
        rows.cells(number, [_told(cell.value) for cell in cells])
        if rows.full:
            break
    return rows


def _problem(cell: Any, formula: Any) -> str | None:
    if cell.data_type == "e":
        return f"The formula in this cell gives {cell.value}. Fix it, or enter the text itself."
    if cell.value is None and cell.data_type != "str" and formula is not None and formula.data_type == "f":
        return "The formula in this cell has no saved value. Save the file in a spreadsheet program, or enter the text."
    return None


def _told(value: Any) -> str:
    """A value as a person reads it in its cell, whatever its format there."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return "" if value is None else str(value).replace("_x000D_\n", "\n").replace("_x000D_", "\n")  # as CR is kept
