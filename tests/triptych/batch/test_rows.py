"""The rows of a table as requests, and what is said of each that cannot be sent."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from triptych.batch import Plan, lines, plan, read_table
from triptych.errors import BadFile
from triptych.pricing import Estimate, estimate
from triptych.ranges import added, exactly
from triptych.request import ImageRequest
from triptych.servers import GENERIC

BASE = ImageRequest(model="gpt-image-2", prompt="", size="1024x1024", quality="low")


def planned(text: str, template: str = "", **more: bool) -> Plan:
    return plan(read_table("p.csv", text.encode()), template, BASE, every=more.get("every", False))


def prompts(of: Plan) -> list[str]:
    return [request.prompt for request in of.requests.values()]


def told(of: Plan) -> list[tuple[int, str]]:
    return [(problem.row, problem.column) for problem in of.problems]


def test_no_line_is_no_table() -> None:
    with pytest.raises(BadFile, match="There is no prompt"):
        lines(" \n\n")


def test_each_line_is_a_row_with_the_number_of_its_line() -> None:
    found = plan(lines("a fox\n\n  an owl \n"), "", BASE)

    assert [("row1", 0), ("row3", 0)] == list(found.requests)
    assert ["a fox", "an owl"] == prompts(found)
    assert () == found.problems


def test_a_column_named_like_a_parameter_sets_it_and_the_sidebar_says_the_rest() -> None:
    (request,) = planned(
        "prompt,Model,SIZE,Quality,Number of images,Format,compression,output-compression,sku\n"
        "a fox,GPT Image 2.6 Flare,1536 × 1024,,2,JPG,,80,=A1\n"
    ).requests.values()

    expected = replace(
        BASE,
        prompt="a fox",
        model="gpt-image-2.6-flare",
        size="1536x1024",
        n=2,
        output_format="jpeg",
        output_compression=80,
    )
    assert expected == request


@pytest.mark.parametrize(("cell", "value"), [("yes", True), ("TRUE", True), ("0", False), ("off", False)])
def test_yes_and_no_are_read_in_the_words_that_people_use(cell: str, value: bool) -> None:
    (request,) = planned(f"prompt,stream\na fox,{cell}\n").requests.values()

    assert value == request.stream


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("n", "two", "must be a whole number from 1 to 10, not 'two'"),
        ("n", "2.5", "whole number"),
        ("n", "99", "from 1 to 10"),
        ("n", "1e3", "whole number"),
        ("stream", "perhaps", "must be yes or no"),
        ("size", "XL", "is not a size"),
        ("size", "17x17", "multiples of 16"),
        ("quality", "max", "choose low, medium or high"),
        ("background", "transparent", ""),
        ("complexity", "high", "gpt-image-2 does not use complexity"),
        ("compression", "50", "webp and jpeg only"),
        ("mask", "m.png", "A mask needs an image"),
        ("image", "gone.png", 'No image is called "gone.png"'),
        ("model", "  ", ""),
    ],
)
def test_what_a_cell_cannot_say_is_named_by_row_and_column_and_the_rest_runs(column: str, cell: str, said: str) -> None:
    found = planned(f"prompt,{column}\na fox,\na hare,{cell}\nan owl,\n")

    if said:
        assert [(3, column)] == told(found)
        assert said in found.problems[0].sentence
        assert ["a fox", "an owl"] == prompts(found)
    else:
        assert ["a fox", "a hare", "an owl"] == prompts(found)


def test_what_the_server_does_not_heed_is_named() -> None:
    table = read_table("p.csv", b"prompt,background\na fox,opaque\n")

    (problem,) = plan(table, "", BASE, server=replace(GENERIC, takes=frozenset({"n", "size", "quality"}))).problems

    assert (2, "background") == (problem.row, problem.column)
    assert "does not use background" in problem.sentence


def test_two_columns_that_set_the_same_are_a_problem_of_the_rows_that_fill_both() -> None:
    found = planned("prompt,format,output_format\na fox,png,webp\nan owl,png,\n")

    assert [(2, "output_format")] == told(found)
    assert ["an owl"] == prompts(found)


def test_a_table_without_a_prompt_says_which_column_might_be_it() -> None:
    found = planned("promt,size\na fox,1024x1024\nan owl,\n")

    assert [(2, "prompt"), (3, "prompt")] == told(found)
    assert 'Rename "promt"' in found.problems[0].sentence
    assert {} == found.requests


def test_a_row_takes_no_more_than_those_before_it_have_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triptych.batch.planning.MOST_ROWS", 3)

    found = planned("prompt\na {red|blue} fox\nan {old|new} owl\na hare\n", every=True)

    assert ["a red fox", "a blue fox"] == prompts(found)[:2]
    assert [(3, "prompt")] == [one for one in told(found) if one[0] == 3]


def test_an_empty_prompt_is_named_and_a_template_needs_none() -> None:
    found = planned("prompt,animal\n,fox\nan owl,\n")

    assert [(2, "prompt")] == told(found)
    assert "Write a prompt first" in found.problems[0].sentence
    assert ["a photo of fox"] == prompts(planned("animal\nfox\n", "a photo of {{animal}}"))


@pytest.mark.parametrize(
    ("column", "near"), [("qualty", "quality"), ("Sizes", "size"), ("modell", "model"), ("back ground", "background")]
)
def test_a_column_that_is_misspelled_is_told_before_money_is_spent(column: str, near: str) -> None:
    (note,) = planned(f"prompt,{column}\na fox,low\n").notes

    assert (0, column) == (note.row, note.column)
    assert f"Did you mean {near}?" in note.sentence


def test_a_column_that_a_template_reads_is_not_misspelled() -> None:
    assert () == planned("prompt,modell\na fox,X100\n", "{{prompt}} with {{modell}}").notes


def test_a_column_in_which_every_cell_is_refused_may_mean_something_else() -> None:
    (note,) = planned("prompt,size\na shirt,XL\na sock,S\n").notes

    assert (0, "size") == (note.row, note.column)
    assert "rename the column" in note.sentence


def test_a_template_is_filled_from_the_columns_whatever_their_cells_hold() -> None:
    found = planned('Product Name,colour\n"{a|b} ${x} <b>{{colour}}</b>",red\n', "{{product_name}} in {{colour}}")

    assert ["{a|b} ${x} <b>{{colour}}</b> in red"] == prompts(found)


def test_a_prompt_of_its_own_is_a_template_too() -> None:
    assert ["a red fox", r"{{colour}} \o/"] == prompts(
        planned("prompt,colour\na {{colour}} fox,red\n\\{{colour}} \\o/,blue\n")
    )


def test_an_unknown_variable_is_named_with_its_row_and_the_nearest_column() -> None:
    found = planned("prompt,colour\na {{color}} fox,red\nan owl,\na {{x}},\n")

    assert [(2, "prompt"), (4, "prompt")] == told(found)
    assert "Did you mean {{colour}}?" in found.problems[0].sentence
    assert "\\{" in found.problems[1].sentence
    assert ["an owl"] == prompts(found)


def test_a_template_is_at_fault_where_it_names_what_no_row_has() -> None:
    assert [(2, "template")] == told(planned("prompt\na fox\n", "{{nothing}}"))


def test_a_variable_that_is_empty_is_told_and_stops_nothing() -> None:
    found = planned("prompt,extra\na fox,\nan owl,at dusk\n", "{{prompt}} {{extra}}")

    assert ["a fox ", "an owl at dusk"] == prompts(found)
    assert ["{{extra}} is empty in 1 row; nothing is inserted there."] == [note.sentence for note in found.notes]


def test_braces_of_a_cell_that_a_template_takes_in_are_told() -> None:
    found = planned("prompt\na {red|blue} fox\nan {owl}\n", "{{prompt}} at dusk")

    assert ["a {red|blue} fox at dusk", "an {owl} at dusk"] == prompts(found)
    assert ["Braces in this column are inserted as plain text, in 1 row."] == [note.sentence for note in found.notes]


def test_what_the_sidebar_says_and_a_rows_model_does_not_take_is_told_and_stops_nothing() -> None:
    table = read_table("p.csv", b"prompt,model\na fox,\nan owl,gpt-image-2\n")
    base = replace(BASE, model="gpt-image-2.6-flare", complexity="high")

    found = plan(table, "", base)

    assert 2 == len(found.requests)
    assert [(0, "complexity")] == [(note.row, note.column) for note in found.notes]
    assert "gpt-image-2 does not use complexity" in found.notes[0].sentence


def test_of_alternatives_each_row_takes_the_next_and_so_do_numbers() -> None:
    found = planned("x\n" + "1\n" * 5, "a {red|blue} door {1..2}")

    assert [
        f"a {door}" for door in ("red door 1", "red door 2", "blue door 1", "blue door 2", "red door 1")
    ] == prompts(found)
    assert prompts(found) == prompts(planned("x\n" + "1\n" * 5, "a {red|blue} door {1..2}"))


def test_every_combination_is_a_request_of_its_own_where_that_is_asked() -> None:
    found = planned("animal\nfox\nowl\n", "a {red|blue} {{animal}}", every=True)

    assert ["a red fox", "a blue fox", "a red owl", "a blue owl"] == prompts(found)
    assert [("row2-1", 0), ("row2-2", 0), ("row3-1", 0), ("row3-2", 0)] == list(found.requests)
    assert [("row2", 0)] == list(planned("animal\nfox\n", "a {{animal}}", every=True).requests)


def test_a_row_that_stands_for_more_than_a_batch_takes_is_named_and_the_rest_runs() -> None:
    found = planned("prompt\n{1..999999}{1..999999}\na {red|blue} fox\n", every=True)

    assert [(2, "prompt")] == told(found)
    assert "999,998,000,001 requests" in found.problems[0].sentence
    assert ["a red fox", "a blue fox"] == prompts(found)


def test_price_and_time_are_ranges_by_model_and_as_a_whole() -> None:
    found = planned(
        "prompt,model,n,quality\na fox,,1,\nan owl,,2,\na hare,gpt-image-2.6-flare,,medium\n"
        "a frog,nobodys,,\n,,,\nx,,0,\n"
    )

    by_model = found.forecasts(concurrency=1)

    assert ["", "gpt-image-2", "gpt-image-2.6-flare", "nobodys"] == list(by_model)
    assert (4, 5, 1, 1) == (by_model[""].drawings, by_model[""].pictures, by_model[""].impossible, by_model[""].unknown)
    prices = [price for request in found.requests.values() if (price := estimate(request).dollars)]
    assert added(prices, exactly(Decimal(0))) == by_model[""].dollars
    assert by_model[""].seconds.high == sum(by_model[name].seconds.high for name in list(by_model)[1:])
    assert by_model["gpt-image-2.6-flare"].dollars.low < by_model["gpt-image-2.6-flare"].dollars.high


def test_of_a_thousand_rows_that_set_the_same_one_is_checked_and_of_as_many_tokens_one_is_priced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    checked, priced, problems = list[str](), list[str](), ImageRequest.problems

    def noting(request: ImageRequest, *server: Any) -> Any:
        checked.append(request.prompt)
        return problems(request, *server)

    def cost(request: ImageRequest) -> Estimate:
        priced.append(request.prompt)
        return estimate(request)

    monkeypatch.setattr(ImageRequest, "problems", noting)
    table = "".join(f"a fox {number},{'low' if number % 2 else 'high'}\n" for number in range(100, 1100))
    found = planned(f"prompt,quality\n{table}{'x' * 32_001},low\n,low\n")

    money = found.forecasts(cost=cost)[""].dollars

    assert [2, 2] == [checked.count("a"), len(checked) - 2]  # two kinds, and each prompt that is none by itself
    assert 4 == len(priced)  # a number of four digits has one token more
    assert [(1002, "prompt"), (1003, "prompt")] == told(found)
    prices = [price for request in found.requests.values() if (price := estimate(request).dollars)]
    assert (1000, money) == (len(prices), added(prices, exactly(Decimal(0))))


def test_a_cell_that_could_not_be_read_is_told_once() -> None:
    found = planned("prompt,n\n" + "x" * 100_001 + ",zwei\nan owl,\n")

    assert [(2, "prompt"), (2, "n")] == told(found)
    assert ["an owl"] == prompts(found)


def test_rows_that_were_left_out_are_problems_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triptych.batch.table.MOST_ROWS", 2)

    found = plan(lines("a fox\nan owl\na hare\na frog\n"), "", BASE)

    assert ["a fox", "an owl"] == prompts(found)
    assert [(3, "")] == told(found)
