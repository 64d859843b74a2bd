"""Tables as people have them: encodings, delimiters, quotes, and files in which something is wrong."""

import json
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from triptych.batch import Problem, Table, lines, read_table
from triptych.batch.table import MOST_CELL, MOST_ROWS
from triptych.errors import BadFile


def cells(table: Table, column: str = "prompt") -> list[str]:
    return [row[column] for row in table.rows.values()]


KOREAN = "prompt,색\n눈 속의 여우,빨강\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_is_read_in_whatever_encoding_it_was_saved(encoding: str) -> None:
    table = read_table("prompts.csv", KOREAN.encode(encoding))

    assert ("prompt", "색") == table.columns
    assert {2: {"prompt": "눈 속의 여우", "색": "빨강"}} == table.rows


def test_letters_of_western_europe_are_read_and_the_guess_is_said() -> None:
    table = read_table("p.txt", "Füchse im café für Gäste".encode("cp1252"))

    assert ["Füchse im café für Gäste"] == cells(table)
    assert ["Western European"] == [note.sentence[39:55] for note in table.notes]


@pytest.mark.parametrize("data", [b"a\x00\x00\xd8b\x00", b"prompt\n\x81\x8d\x8f\x90\x9d"])
def test_bytes_that_are_no_letters_are_refused(data: bytes) -> None:
    with pytest.raises(BadFile, match="UTF-8"):
        read_table("p.csv", data)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_quotes_and_line_breaks_in_cells_are_read(delimiter: str) -> None:
    rows = [["prompt", "n"], [f'a "red"{delimiter} fox\nat dusk', "2"], ['5" wide', "1"]]
    text = "\r\n".join(
        delimiter.join('"' + cell.replace('"', '""') + '"' if "\n" in cell else cell for cell in row) for row in rows
    )

    table = read_table("p.csv", text.encode())

    assert {2: rows[1], 3: rows[2]} == {number: list(row.values()) for number, row in table.rows.items()}


def test_a_line_that_says_the_delimiter_is_no_row() -> None:
    assert {2: {"a,b": "1", "prompt": "x"}} == read_table("p.csv", b"sep=;\na,b;prompt\n1;x\n").rows


def test_blank_rows_are_left_out_and_still_counted() -> None:
    table = read_table("p.csv", b"\n\nprompt,n\n\n , \na fox,\nan owl\n")

    assert {6: {"prompt": "a fox", "n": ""}, 7: {"prompt": "an owl"}} == table.rows


def test_a_text_file_is_one_prompt_a_line_whatever_is_in_it() -> None:
    prompts = ["a fox, in the snow", "{a|b} <b>$5</b>", "one\u2028line", "=1+1"]

    assert prompts == cells(read_table("p.txt", "\r\n".join(prompts).encode()))
    assert prompts == cells(lines("\n\n".join(prompts)))


def test_each_line_of_json_is_a_row_and_every_name_a_column() -> None:
    rows = [
        {"prompt": "a fox\nat dusk", "n": 2, "stream": True},
        {"prompt": "an owl", "image": ["a.png", "b.png"], "more": {"x": 1}, "size": None},
    ]
    table = read_table("p.jsonl", "\n\n".join(map(json.dumps, rows)).encode())

    assert ("prompt", "n", "stream", "image", "more", "size") == table.columns
    assert {"prompt": "a fox\nat dusk", "n": "2", "stream": "true"} == table.rows[1]
    assert {"prompt": "an owl", "image": "a.png\nb.png", "more": '{"x": 1}', "size": ""} == table.rows[3]


def test_a_line_that_is_no_json_object_is_named_and_the_others_are_rows() -> None:
    deep, long = "[" * 100_000, "1" * 10_000
    text = "\n".join(['{"prompt": "a fox"}', "not json", '"text"', deep, f'{{"n": {long}}}', '{"prompt": "an owl"}'])

    table = read_table("p.jsonl", text.encode())

    assert ["a fox", "an owl"] == cells(table)
    assert [2, 3, 4, 5] == [problem.row for problem in table.problems]


def test_no_line_of_a_json_list_is_taken_for_a_prompt() -> None:
    table = read_table("p.json", b'[\n  {"prompt": "a fox",\n   "n": 1}\n]\n')

    assert ({}, 4) == (table.rows, len(table.problems))


def test_half_a_character_and_a_zero_become_a_mark_that_can_be_kept() -> None:
    table = read_table("p.jsonl", rb'{"prompt": "a\ud83d b\u0000c"}')

    assert ["a\ufffd b\ufffdc"] == cells(table)


@pytest.mark.parametrize("name", ["p.txt", "p.csv", "p.tsv", "p.jsonl", "p"])
@pytest.mark.parametrize("data", [b"", b"\n \n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_is_refused(name: str, data: bytes) -> None:
    with pytest.raises(BadFile, match="empty"):
        read_table(name, data)


def test_a_header_without_rows_is_refused() -> None:
    with pytest.raises(BadFile, match="no rows"):
        read_table("p.csv", b"prompt,size\n\n")


@pytest.mark.parametrize("name", ["p.xlsx", "p.xls", "p.csv"])
def test_an_old_or_locked_spreadsheet_is_refused(name: str) -> None:
    with pytest.raises(BadFile, match="XLSX without a password"):
        read_table(name, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(BadFile, match='Two columns are named "Prompt"'):
        read_table("p.csv", b"prompt,Prompt\na,b\n")


def test_a_table_without_a_header_is_refused_where_its_first_row_can_be_none() -> None:
    with pytest.raises(BadFile, match="must name the columns"):
        read_table("p.csv", b"A long prompt about a fox " * 10 + b"\nanother\n")


def test_more_columns_than_anybody_needs_are_refused() -> None:
    header = ",".join(f"c{number}" for number in range(201))
    with pytest.raises(BadFile, match="more than 200 columns"):
        read_table("p.csv", f"{header}\n{header}\n".encode())


def test_the_row_after_the_fifty_thousandth_is_named_and_the_rest_are_there() -> None:
    table = read_table("p.csv", b"prompt\n" + b"a fox\n" * (MOST_ROWS + 5))

    assert MOST_ROWS == len(table.rows)
    assert [MOST_ROWS + 2] == [problem.row for problem in table.problems]
    assert table.problems[0].sentence.startswith("A batch takes at most 50,000 rows.")
    assert [MOST_ROWS + 1] == [problem.row for problem in lines("a\n" * (MOST_ROWS + 1)).problems]


def test_a_cell_of_forty_megabytes_is_named_by_its_row_and_the_rest_is_there() -> None:
    table = read_table("p.csv", b"prompt,note\na fox,x\n" + b"y" * (40 << 20) + b",z\nan owl,\n")

    assert ["a fox", "", "an owl"] == cells(table)
    assert (
        Problem(3, "prompt", f"This cell has 41,943,040 characters; the limit is {MOST_CELL:,}."),
    ) == table.problems


def test_a_file_that_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(BadFile, match="the limit is 64 MB"):
        read_table("p.csv", bytes((64 << 20) + 1))


def test_a_row_of_more_cells_than_the_header_is_named() -> None:
    table = read_table("p.csv", b"prompt,n\na fox, red,1\nan owl,2,,\n")

    assert [(2, "")] == [(one.row, one.column) for one in table.problems]
    assert ["a fox", "an owl"] == cells(table)


def test_a_quotation_mark_that_is_not_closed_or_not_doubled_is_named() -> None:
    table = read_table("p.csv", b'prompt,n\n"a "red" fox",1\nan owl,1\n"never closed,2\nlost,3\n')

    assert {3: {"prompt": "an owl", "n": "1"}} == table.rows
    assert [(2, "Double"), (4, "not closed")] == [
        (one.row, next(word for word in ("Double", "not closed") if word in one.sentence)) for one in table.problems
    ]


def test_a_table_comes_back_from_json_as_it_was() -> None:
    table = read_table("p.csv", KOREAN.encode())

    assert table == Table.from_json(json.loads(json.dumps(table.to_json())))


@given(st.binary(max_size=200), st.sampled_from(["p.txt", "p.csv", "p.tsv", "p.jsonl"]))
@example(b"PK\x03\x04", "p.csv")
@example(b"\xff\xfe\x00", "p.csv")
@example(b'sep="\na"b\n1\n', "p.csv")
@example(b"sep= \na b\n1\n", "p.csv")
@example(b'{"": 1, " ": 2}', "p.jsonl")
@example(b'{"\\ud800": 1}', "p.jsonl")
def test_whatever_is_in_a_file_it_is_read_or_refused_in_words(data: bytes, name: str) -> None:
    with suppress(BadFile):
        table = read_table(name, data)
        assert table.rows or table.problems
        json.dumps(table.to_json(), ensure_ascii=False).encode()


def test_rows_come_back_in_their_order_from_records_that_sort_by_name() -> None:
    table = lines("\n".join("abcdefghijkl"))

    read = Table.from_json(json.loads(json.dumps(table.to_json(), sort_keys=True)))

    assert [*range(1, 13)] == [*read.rows]  # not 1, 10, 11, 12, 2: each row takes the next of the alternatives
