"""Templates of prompts: the forms that are read, and everything else, which is not."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from triptych.batch.template import Template, escaped

CELLS = {"subject": "a fox", "product name": "tea", "색": "red {x|y}"}
TEXT = st.text(alphabet="{}|\\.1295 ab$<", max_size=30)


def texts(template: str) -> list[str]:
    read = Template.of(template)
    return [read.filled(CELLS.__getitem__, number) for number in range(read.combinations)]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{subject}} at dusk", ["a fox at dusk"]),
        ("{{ product name }} in {{색}}", ["tea in red {x|y}"]),
        ("a {red|blue} door", ["a red door", "a blue door"]),
        ("{|very }big", ["big", "very big"]),
        ("{a|b}{1..2}", ["a1", "a2", "b1", "b2"]),
        ("{3..1}", ["3", "2", "1"]),
        ("{08..10}", ["08", "09", "10"]),
        ("{0..1}", ["0", "1"]),
        ("{a {old|new} car|{{subject}}}", ["a old car", "a new car", "a fox"]),
        ("{{{subject}}}", ["{a fox}"]),
        (r"\{a|b\}", ["{a|b}"]),
        (r"\{{subject}}", ["{{subject}}"]),
        (r"{a\}|b}", ["a}", "b"]),
    ],
)
def test_the_forms_are_read(template: str, expected: list[str]) -> None:
    assert expected == texts(template)


@pytest.mark.parametrize(
    "plain",
    [
        "",
        '{"scene": {"light": "soft"}, "n": [1, 2]}',
        "costs $5 ${HOME} $(rm) %s %(a)s",
        "<b>{{</b> &lt; {{ }} {%if%} {# #}",
        "{subject}",
        "{} {{}} }{ }} {{",
        "a | b",
        "{1..} {..5} {1...5} {a..b} {1..1234567}",
        "{open | never closed",
        "C:\\new\\table",
        "`code` *stars* [link](http://x)",
    ],
)
def test_nothing_else_is_read(plain: str) -> None:
    assert [plain] == texts(plain)


@given(st.text())
@example("\\{")
@example("\\\\}")
def test_what_is_escaped_stands_for_itself(text: str) -> None:
    assert [text] == texts(escaped(text))


@given(TEXT)
def test_every_text_is_a_template_of_at_least_one_text(template: str) -> None:
    read = Template.of(template)

    for number in range(min(read.combinations, 50)):
        assert isinstance(read.filled(lambda name: name, number), str)


@given(TEXT, TEXT)
def test_a_cell_is_put_there_as_it_is(before: str, cell: str) -> None:
    assert f"{before} {cell}!" == Template.of(escaped(before) + " {{x}}!").filled(lambda _: cell)


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=2, max_size=4, unique=True), max_size=4))
def test_each_combination_comes_once_and_the_last_turns_first(groups: list[list[str]]) -> None:
    template = "".join("{" + "|".join(group) + "}" for group in groups)
    found = texts(template)

    assert len(set(found)) == len(found)
    assert [] == groups or [group[0] for group in groups[:-1]] == list(found[1][:-1])


def test_numbers_are_counted_and_not_written_out() -> None:
    read = Template.of("{1..999999}" * 40)

    assert 999_999**40 == read.combinations
    assert "1" * 39 + "7" == read.filled(str, 6)


def test_ten_thousand_open_braces_are_read_in_one_pass() -> None:
    template = "{a|" * 10_000

    assert [template] == texts(template)


def test_braces_within_braces_beyond_all_use_are_braces() -> None:
    template = "{a|" * 10_000 + "b" + "}" * 10_000

    assert "a" + "}" * 9_980 == Template.of(template).filled(str)
