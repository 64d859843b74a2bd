"""XLSX files: what their cells say, and what in them is neither run, followed nor allowed to grow."""

import io
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triptych.batch import Table, read_table, spreadsheet
from triptych.errors import BadFile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def saved(*rows: tuple[object, ...], second: bool = False) -> bytes:
    """A workbook as openpyxl writes it: formulas without the values that a spreadsheet program would have kept."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if second:
        book.create_sheet("Other").append(["prompt"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def written(sheet: str) -> bytes:
    """A workbook of one sheet with these rows in XML."""
    return rewritten(saved(("prompt",)), {"xl/worksheets/sheet1.xml": sheet_of(sheet)})


def sheet_of(rows: str) -> str:
    return f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def rewritten(book: bytes, entries: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in entries:
                new.writestr(name, old.read(name))
        for name, data in entries.items():
            new.writestr(name, data)
    return out.getvalue()


def text(place: str, words: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{words}</t></is></c>'


HEADER = f'<row r="1">{text("A1", "prompt")}{text("B1", "n")}</row>'


def test_cells_are_read_as_they_are_seen() -> None:
    book = saved(
        ("prompt", "n", "day", "yes", "ratio"),
        (),
        ("눈 속의\n여우", 2, date(2026, 11, 28), True, 1.5),
        ("an owl", 3.0, None, False, None),
    )

    table = read_table("p.xlsx", book)

    assert ("prompt", "n", "day", "yes", "ratio") == table.columns
    assert ["눈 속의\n여우", "2", "2026-11-28", "yes", "1.5"] == list(table.rows[3].values())
    assert ["an owl", "3", "", "no", ""] == list(table.rows[4].values())


def test_a_spreadsheet_is_known_by_its_bytes_whatever_it_is_called() -> None:
    assert {2: {"prompt": "a fox"}} == read_table("p.csv", saved(("prompt",), ("a fox",))).rows


def test_a_formula_without_a_value_is_named_by_its_row_and_none_is_run() -> None:
    book = saved(("prompt", "n"), ("a fox", "=1+1"), ("an owl", 2), ('=HYPERLINK("http://x.test")', 1), ("=A2", "=B2"))

    table = read_table("p.xlsx", book)

    assert [(2, "n"), (4, "prompt"), (5, "prompt"), (5, "n")] == [(one.row, one.column) for one in table.problems]
    assert ["a fox", "an owl", ""] == [row["prompt"] for row in table.rows.values()]


def test_the_value_that_a_formula_had_when_it_was_saved_is_taken() -> None:
    row = (
        '<row r="2"><c r="A2" t="str"><f>"a"&amp;" fox"</f><v>a fox</v></c><c r="B2" t="str"><f>""</f><v></v></c></row>'
    )

    table = read_table("p.xlsx", written(HEADER + row))

    assert {2: {"prompt": "a fox", "n": ""}} == table.rows
    assert () == table.problems


def test_a_formula_that_went_wrong_is_named() -> None:
    row = '<row r="2"><c r="A2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'

    (problem,) = read_table("p.xlsx", written(HEADER + row)).problems

    assert (2, "prompt") == (problem.row, problem.column)
    assert "#DIV/0!" in problem.sentence


def test_macros_and_links_to_other_files_do_nothing_and_are_said() -> None:
    row = '<row r="2"><c r="A2" t="str"><f>[1]Sheet1!A1</f><v>a fox</v></c></row>'
    link = f'<externalLink xmlns="{MAIN}"/>'
    sheets = '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets>'
    references = '<externalReferences><externalReference r:id="rId9"/></externalReferences>'
    referring = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{sheets}{references}</workbook>'
    others = {
        "xl/vbaProject.bin": b"\xcc\x61",
        "xl/externalLinks/externalLink1.xml": link,
        "xl/workbook.xml": referring,  # to what is not there, which only a reader that follows it would notice
    }
    book = rewritten(written(HEADER + row), others)

    table = read_table("p.xlsm", book)

    assert {2: {"prompt": "a fox", "n": ""}} == table.rows
    assert ["macros", "other files"] == [
        next(word for word in ("macros", "other files") if word in note.sentence) for note in table.notes
    ]


def test_line_breaks_of_windows_are_line_breaks() -> None:
    row = f'<row r="2">{text("A2", "a fox_x000D_&#10;at dusk")}</row>'

    assert {2: {"prompt": "a fox\nat dusk", "n": ""}} == read_table("p.xlsx", written(HEADER + row)).rows


def test_only_the_first_sheet_is_read_and_that_is_said() -> None:
    (note,) = read_table("p.xlsx", saved(("prompt",), ("a fox",), second=True)).notes

    assert 'Only the first sheet, "Sheet"' in note.sentence


def test_a_hidden_sheet_is_not_the_first() -> None:
    book = openpyxl.Workbook()
    book.active.append(("prompt",))
    book.active.sheet_state = "hidden"
    shown = book.create_sheet("Shown")
    shown.append(("prompt",))
    shown.append(("a fox",))
    out = io.BytesIO()
    book.save(out)

    assert {2: {"prompt": "a fox"}} == read_table("p.xlsx", out.getvalue()).rows


def test_rows_at_both_ends_of_a_sheet_take_no_room_between_them() -> None:
    far = f'<row r="1048576">{text("A1048576", "a fox")}{text("XFD1048576", "far out")}</row>'

    table = read_table("p.xlsx", written(HEADER + far))

    assert {1048576: {"prompt": "a fox", "n": ""}} == table.rows


@pytest.mark.parametrize("rows", ['<row r="2">' + "<c/>" * 6_000 + "</row>", "<row/>" * 3_000])
def test_a_sheet_that_would_grow_in_memory_is_refused(rows: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "MOST_TAGS", 5_000)
    monkeypatch.setattr(spreadsheet, "MOST_ROW", 1_000)
    monkeypatch.setattr(spreadsheet, "PIECE", 1_000)

    with pytest.raises(BadFile, match="more cells than"):
        read_table("p.xlsx", written(HEADER + rows))


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = rewritten(saved(("prompt",)), {"xl/worksheets/sheet1.xml": bytes(50 << 20)})

    with pytest.raises(BadFile, match="grows far too much"):
        read_table("p.xlsx", bomb)


@pytest.mark.parametrize(("bound", "said"), [("MOST_UNPACKED", "Unpacked"), ("MOST_TREE", "styles")])
def test_entries_that_are_too_much_are_refused(bound: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, bound, 500)

    with pytest.raises(BadFile, match=said):
        read_table("p.xlsx", saved(("prompt",), ("a fox",)))


def test_xml_that_grows_by_its_entities_is_refused() -> None:
    lol = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    sheet = sheet_of(f'<row r="1">{text("A1", "&b;")}</row>').replace("?>", f"?>{lol}", 1)

    with pytest.raises(BadFile, match="cannot be read"):
        read_table("p.xlsx", rewritten(saved(("prompt",)), {"xl/worksheets/sheet1.xml": sheet}))


def test_openpyxl_reads_with_the_parser_that_refuses_them() -> None:
    assert openpyxl.DEFUSEDXML


@pytest.mark.parametrize(
    "entries",
    [
        {"xl/workbook.xml": "<x"},
        {"xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets/></workbook>'},
        {"xl/worksheets/sheet1.xml": sheet_of('<row r="1"><c r="A1" t="s"><v>99</v></c></row>')},
        {"xl/worksheets/sheet1.xml": sheet_of('<row r="x"><c r="1A"/></row>')},
        {"xl/worksheets/sheet1.xml": b"\xff\xfe\x00"},
        {"[Content_Types].xml": "<Types/>"},
        {"xl/styles.xml": "<nonsense/>"},
        {"mimetype": "application/vnd.oasis.opendocument.spreadsheet"},
        {"../../evil.xml": "<x/>"},
    ],
)
def test_a_damaged_spreadsheet_is_refused_in_words(entries: Mapping[str, str | bytes]) -> None:
    with pytest.raises(BadFile):
        read_table("p.xlsx", rewritten(saved(("prompt",)), entries))


def test_every_cut_of_a_spreadsheet_is_refused_in_words() -> None:
    book = saved(("prompt",), ("a fox",))

    for end in range(4, len(book) - 1, 97):
        with pytest.raises(BadFile):
            read_table("p.xlsx", book[:end])


def test_an_empty_sheet_is_refused() -> None:
    with pytest.raises(BadFile, match="is empty"):
        read_table("p.xlsx", saved())


@given(st.binary(max_size=80), st.integers(min_value=0))
def test_whatever_is_written_over_a_sheet_is_read_or_refused_in_words(noise: bytes, place: int) -> None:
    sheet = sheet_of(HEADER + f'<row r="2">{text("A2", "a fox")}</row>').encode()
    at = place % len(sheet)
    broken = sheet[:at] + noise + sheet[at + len(noise) :]

    with suppress(BadFile):
        table = read_table("p.xlsx", rewritten(BOOK, {"xl/worksheets/sheet1.xml": broken}))
        assert table.rows or table.problems


@given(st.binary(min_size=1, max_size=6), st.integers(min_value=4))
def test_whatever_is_written_over_a_file_is_read_or_refused_in_words(noise: bytes, place: int) -> None:
    at = 4 + place % (len(BOOK) - 4)

    with suppress(BadFile):
        assert isinstance(read_table("p.xlsx", BOOK[:at] + noise + BOOK[at + len(noise) :]), Table)


BOOK = saved(("prompt",), ("a fox",))
