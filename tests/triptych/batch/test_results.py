"""What leaves a batch: tables that spreadsheets do not run and that come back as they were, and names of files."""

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.triptych.client.raw import png
from tests.triptych.store.drawn import Home, draw
from triptych.batch import (
    PATTERN,
    Made,
    Problem,
    Result,
    Row,
    Table,
    file_names,
    lines,
    plan,
    problems_csv,
    read_table,
    write_csv,
    write_jsonl,
)
from triptych.errors import InvalidRequest
from triptych.export.cells import inert, restored
from triptych.request import ImageRequest
from triptych.store.files.names import Stored

BASE = ImageRequest(model="gpt-image-2", prompt="", size="1024x1024", quality="low")
PNG = Stored("ab" * 32, "png", 64, 64, 100)
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x.test")', "'=1", "''-x", "＝1"]


def results(*rows: dict[str, str], images: int = 1) -> list[Result]:
    found = plan(Table(tuple(rows[0]), dict(enumerate(rows, start=2))), "", BASE).rows
    return [
        Result(row, "done", tuple(Made(f"{row.number}-{number}", PNG) for number in range(images))) for row in found
    ]


def as_csv(columns: Sequence[str], of: Sequence[Result], pattern: str = PATTERN) -> bytes:
    out = io.BytesIO()
    write_csv(out, columns, of, file_names(pattern, of))
    return out.getvalue()


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_an_export_is_run_by_a_spreadsheet_and_it_comes_back_as_it_was(formula: str) -> None:
    made = results({"prompt": formula, formula: "x", "sku": formula})
    data = as_csv(list(made[0].row.values), made)

    for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝")) for cell in row)
    back = read_table("results.csv", data)
    assert [formula, "x", formula] == [back.rows[2][name] for name in ("prompt", formula.strip(), "sku")]


@given(st.text())
@example("'''")
def test_what_is_made_inert_is_restored(text: str) -> None:
    assert text == restored(inert(text))


CELL = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=20)


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=5))
def test_every_input_cell_comes_back_from_an_export(rows: list[tuple[str, str]]) -> None:
    made = [Result(Row(n, {"prompt": a, '색, "x"': b}, None), "failed") for n, (a, b) in enumerate(rows, start=2)]

    back = read_table("r.csv", as_csv(("prompt", '색, "x"'), made))

    assert rows == [(row["prompt"], row['색, "x"']) for row in back.rows.values()]


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=5), st.sampled_from(",;\t|"))
def test_every_cell_that_is_written_to_csv_is_read(rows: list[tuple[str, str]], delimiter: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([("prompt", "note"), *rows])

    filled = [row for row in rows if "".join(row).strip()]
    if filled:
        table = read_table("r.csv", out.getvalue().encode("utf-8-sig"))
        assert filled == [tuple(row.values()) for row in table.rows.values()]


def test_a_foreign_table_is_read_as_it_is() -> None:
    assert {2: {"prompt": "'=1"}} == read_table("p.csv", b"prompt\n'=1\n").rows


def test_an_export_holds_every_input_column_and_what_came_of_the_row() -> None:
    row = plan(read_table("p.csv", b"prompt,sku,n\n{a|b} fox,007,2\n"), "", BASE).rows[0]
    done = Result(
        row,
        "done",
        (Made("r1", PNG), Made("r2", PNG)),
        dollars=Decimal("0.0100"),
        seconds=1.234,
        input_tokens=9,
        output_tokens=544,
    )

    (told,) = csv.DictReader(io.StringIO(as_csv(("prompt", "sku", "n"), [done]).decode("utf-8-sig"), newline=""))

    assert {
        "prompt": "{a|b} fox",
        "sku": "007",
        "n": "2",
        "result_row": "2",
        "result_combination": "",
        "result_status": "done",
        "result_files": "002-a-fox.png\n002-a-fox-2.png",
        "result_prompt": "a fox",
        "result_model": "gpt-image-2",
        "result_cost_usd": "0.0100",
        "result_billed": "yes",
        "result_seconds": "1.23",
        "result_input_tokens": "9",
        "result_output_tokens": "544",
        "result_error": "",
        "result_next_move": "",
        "result_sha256": f"{PNG.sha256}\n{PNG.sha256}",
    } == told


def test_a_row_without_an_image_says_why_and_what_to_do() -> None:
    refused, failed = plan(read_table("p.csv", b"prompt,n\nx,99\na fox,1\n"), "", BASE).rows
    out = io.BytesIO()

    write_jsonl(
        out,
        [Result(refused, "impossible"), Result(failed, "failed", reason=("Change the prompt", "Moderation said no."))],
        {},
    )

    first, second = map(json.loads, out.getvalue().splitlines())
    assert ("impossible", None) == (first["result_status"], first["result_prompt"])
    assert "whole number from 1 to 10" in first["result_error"]
    assert ("Moderation said no.", "Change the prompt") == (second["result_error"], second["result_next_move"])
    assert ("a fox", "1", None, []) == tuple(
        second[name] for name in ("prompt", "n", "result_cost_usd", "result_files")
    )


def test_an_export_that_is_run_again_has_its_results_once() -> None:
    first = as_csv(("prompt",), results({"prompt": "a fox"}))
    again = plan(read_table("r.csv", first), "", BASE)

    second = as_csv(again.columns, [Result(row, "done") for row in again.rows])

    assert first.decode("utf-8-sig").splitlines()[0] == second.decode("utf-8-sig").splitlines()[0]


def test_half_a_character_stops_no_export() -> None:
    row = plan(read_table("p.csv", b"sku\n1\n"), "", ImageRequest(model="gpt-image-2", prompt="a fox")).rows[0]
    assert row.request
    row = replace(row, request=replace(row.request, prompt="a\ud83d"))  # as an older version let it pass
    out = io.BytesIO()

    write_jsonl(out, [Result(row, "done")], {})

    assert "a\ufffd" in as_csv(("sku",), [Result(row, "done")]).decode()
    assert "a\ufffd" == json.loads(out.getvalue())["result_prompt"]


def test_problems_are_a_table_that_names_row_and_column() -> None:
    found = [Problem(3, "=n", "-1 is wrong"), Problem(0, "image", "a.png: damaged")]

    rows = list(csv.reader(io.StringIO(problems_csv(found).decode("utf-8-sig"))))

    assert [["row", "column", "problem"], ["3", "'=n", "'-1 is wrong"], ["", "image", "a.png: damaged"]] == rows


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("{row:03}-{prompt}", "002-a-red-fox-in-the-snow.png"),
        ("{row}", "2.png"),
        ("{SKU}_{model} {size}", "a-b_gpt-image-2 1024x1024.png"),
        ("{product name}", "눈-여우.png"),
        ("../../{row}", "2.png"),
        ("C:\\{row}/{row}\0\n", "C--2-2.png"),
        ("", "image.png"),
        ("con", "con-.png"),
        ("LPT1.x", "LPT1.x-.png"),
        ("{empty}", "image.png"),
        ("~$?*|<>\"'", "image.png"),
    ],
)
def test_a_file_is_called_by_the_pattern_and_safe_on_every_system(pattern: str, expected: str) -> None:
    row = {"prompt": "A red fox, in the snow!", "sku": "../a|b", "product name": "눈 여우", "empty": ""}

    assert [expected] == list(file_names(pattern, results(row)).values())


def test_files_of_one_name_are_numbered_whatever_their_case() -> None:
    rows = [{"prompt": name} for name in ("Fox", "fox", "fox 2", "FOX")]

    names = list(file_names("{prompt}", results(*rows)).values())

    assert ["fox.png", "fox-2.png", "fox-2-2.png", "fox-3.png"] == names
    folded = file_names("{prompt}", results({"prompt": "strasse"}, {"prompt": "straße"})).values()
    assert ["strasse.png", "straße-2.png"] == list(folded)


@given(st.text(max_size=60), st.text(max_size=400))
def test_a_name_is_never_a_path_and_never_too_long(before: str, cell: str) -> None:
    pattern = before.translate({ord("{"): "", ord("}"): ""}) + "{x}{prompt}"
    row = Row(2, {"x": cell, "prompt": cell}, None)

    (name,) = file_names(pattern, [Result(row, "done", (Made("1", PNG),))]).values()

    assert not set('/\\:*?"<>|\0\n\r\t') & set(name)
    assert not name.startswith((".", "-", " "))
    assert len(name.encode()) <= 160


@pytest.mark.parametrize(
    ("pattern", "said"), [("{nothing}", "no {nothing}"), ("{row", "a stray {"), ("{row:x}", "a stray {")]
)
def test_a_pattern_that_names_what_no_row_has_is_refused(pattern: str, said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        file_names(pattern, results({"prompt": "a fox"}))


def test_a_thousand_files_of_one_name_are_named_once_each() -> None:
    made = [Result(Row(2, {"prompt": "a fox"}, None), "done", (Made(str(number), PNG),)) for number in range(1_000)]

    assert 1_000 == len(set(file_names("{prompt}", made).values()))


def test_a_zip_file_holds_originals_and_sidecars_under_the_names_that_the_table_says(tmp_path: Path) -> None:
    store = Home(tmp_path / "images", f"sqlite:///{tmp_path / 'records.db'}").store()
    records = [draw(store, ticket, data=png(16)) for ticket in "ab"]
    rows = plan(lines("a fox\nan owl\n"), "", BASE).rows
    made = [
        Result(row, "done", (Made(record.id, record.stored),))
        for row, record in zip(rows, records, strict=True)
        if record.stored
    ]
    names, out = file_names(PATTERN, made), io.BytesIO()

    assert 2 == store.transfer.export_zip("local", names, out, names)

    with zipfile.ZipFile(out) as archive:
        assert ["001-a-fox.png", "001-a-fox.json", "002-an-owl.png", "002-an-owl.json"] == archive.namelist()
        assert png(16) == archive.read("002-an-owl.png")
    store.close()
