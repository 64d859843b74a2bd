"""An experiment as a value: its cells, why some are impossible, and what it will come to."""

from decimal import Decimal

import pytest

from triptych.errors import InvalidRequest
from triptych.experiment import Axis, Experiment, forecast, variants
from triptych.inputs import Attachment
from triptych.many.forecast import makespan
from triptych.pricing import estimate
from triptych.request import ImageRequest

BASE = ImageRequest(model="gpt-image-2", prompt="a red square", size="1024x1024", quality="low")
PICTURE = Attachment("ab" * 32, "png", 1024, 1024, 1000)
MODELS = Axis("model", ("gpt-image-2", "gpt-image-2.5-flare", "gpt-image-2.6-flare"))
QUALITIES = Axis("quality", ("low", "xhigh"))


def test_a_cell_stands_for_every_combination_in_order() -> None:
    cells = Experiment("x", BASE, (MODELS, QUALITIES)).cells()

    assert [(model, quality) for model in MODELS.values for quality in QUALITIES.values] == [
        (cell.request.model, cell.request.quality) for cell in cells
    ]
    assert 6 == len({cell.key for cell in cells})


def test_a_cell_keeps_its_key_when_an_axis_is_added_that_does_not_touch_it() -> None:
    before = Experiment("x", BASE, (MODELS,)).cells()
    after = Experiment("x", BASE, (MODELS, Axis("quality", ("low", "high")))).cells()

    assert {cell.key for cell in before} < {cell.key for cell in after}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"quality": "xhigh"}, "'xhigh' does not exist"),
        ({"complexity": "high"}, "gpt-image-2 takes no complexity"),
        ({"output_format": "jpeg", "background": "transparent"}, "jpeg has none"),
        ({"size": "100x100"}, "multiples of 16"),
    ],
)
def test_an_impossible_cell_says_why(changes: dict[str, str], expected: str) -> None:
    axes = tuple(Axis(name, (value,)) for name, value in changes.items())

    (cell,) = Experiment("x", BASE, axes).cells()

    assert cell.problem
    assert expected in cell.problem.sentence


def test_what_changes_no_picture_makes_no_cell_impossible() -> None:
    (cell,) = Experiment("x", ImageRequest(**{**BASE.to_json(), "safety_identifier": "h"})).cells()

    assert cell.problem is None


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a {red|blue} door", ("a red door", "a blue door")),
        ("{a|b}{1|2}", ("a1", "a2", "b1", "b2")),
        ("a {{red|blue}|green} door", ("a red door", "a green door", "a blue door")),
        ("{subject} on {a|} table", ("{subject} on a table", "{subject} on  table")),
        ("no braces", ("no braces",)),
    ],
)
def test_braces_stand_for_several_prompts(prompt: str, expected: tuple[str, ...]) -> None:
    assert expected == variants(prompt)


def test_braces_without_end_are_refused_at_once() -> None:
    with pytest.raises(InvalidRequest, match=r"more than 1,000"):
        variants("{a|b|c|d|e|f|g|h}" * 200)


def test_a_prompt_with_braces_is_an_axis_labelled_by_what_differs() -> None:
    experiment = Experiment("x", ImageRequest(**{**BASE.to_json(), "prompt": "a {red|dark blue} door"}), (QUALITIES,))

    axis = experiment.axis("prompt")

    assert axis
    assert (("red", "dark blue"), 4) == (axis.labels, experiment.places)


def test_a_label_does_not_end_with_the_comma_that_follows_the_braces() -> None:
    labels = Axis("prompt", variants('a fox {at dawn|at noon}, "TEA" on a cup')).labels

    assert ("dawn", "noon") == labels
    assert ("red.", "red") == Axis("prompt", ("a door, red.", "a door, red")).labels


def test_input_pictures_vary_the_first_and_survive_their_file() -> None:
    second = Attachment("cd" * 32, "webp", 512, 512, 1000)
    base = ImageRequest(**{**BASE.to_json(), "images": (PICTURE, second)})
    experiment = Experiment("x", base, (Axis("images", (PICTURE, second)),), repeats=3)

    again = Experiment.from_text(experiment.to_text())

    assert experiment == again
    assert [(PICTURE, second), (second, second)] == [cell.request.images for cell in again.cells()]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '{"triptych_experiment": 2}',
        '{"triptych_experiment": 1, "name": "x"}',
        '{"triptych_experiment": 1, "base": {"model": "m"}, "axes": []}',
        '{"triptych_experiment": 1, "base": {"model": "m", "prompt": "p"}, "axes": [{"parameter": "x", "values": [1]}]}',  # noqa: E501
        '{"triptych_experiment": 1, "base": {"model": "m", "prompt": "p"}, "axes": [{"parameter": "n", "values": []}]}',
        '{"triptych_experiment": 1, "base": {"model": "m", "prompt": "p"}, "axes": [{"parameter": "n", "values": [{}]}]}',  # noqa: E501
        '{"triptych_experiment": 1, "base": {"model": "m", "prompt": "p"}, "axes": 3}',
        '{"triptych_experiment": 1, "base": {"model": "m", "prompt": "p"}, "repeats": true}',
        '{"triptych_experiment": 1, "base": {"model": "m", "prompt": "p"}, "repeats": 99999}',
        '{"triptych_experiment": 1, "base": {"model": "m", "prompt": "p"}, "more": 1}',
        "[" * 100_000,
    ],
)
def test_a_file_that_is_no_experiment_is_refused_in_words(text: str) -> None:
    with pytest.raises(InvalidRequest):
        Experiment.from_text(text)


def test_more_cells_than_can_be_shown_are_refused_before_they_are_made() -> None:
    with pytest.raises(InvalidRequest, match=r"1,000,000 cells"):
        Experiment(
            "x", BASE, tuple(Axis(name, tuple(range(100))) for name in ("n", "output_compression", "frame_count"))
        )


def test_the_forecast_counts_what_can_be_drawn_and_sums_its_prices() -> None:
    experiment = Experiment("x", BASE, (MODELS, QUALITIES), repeats=2)
    cells = experiment.cells()

    expected = forecast(cells, experiment.repeats)

    each = [estimate(cell.request).dollars for cell in cells if cell.problem is None]
    most = sum((dollars.high for dollars in each if dollars is not None), Decimal(0)) * 2
    assert (10, 1, 0, most) == (expected.drawings, expected.impossible, expected.unknown, expected.dollars.high)
    assert expected.dollars.low < expected.dollars.high
    assert not expected.asks_twice


def test_a_price_nobody_knows_is_counted_as_unknown() -> None:
    gif = Experiment(
        "x", ImageRequest(model="gpt-image-2.6-flare", prompt="p"), (Axis("output_format", ("png", "gif")),)
    )

    assert 1 == forecast(gif.cells()).unknown


def test_more_than_five_hundred_drawings_ask_twice() -> None:
    compression = Axis("output_compression", tuple(range(80, 100)))
    jpeg = ImageRequest(**{**BASE.to_json(), "output_format": "jpeg"})

    counts = [forecast(Experiment("x", jpeg, (compression,), repeats).cells(), repeats) for repeats in (1, 20)]

    assert [False, False] == [one.asks_twice for one in counts]
    assert forecast(Experiment("x", jpeg, (compression, MODELS)).cells(), 20).asks_twice


def test_time_is_what_so_many_at_once_take() -> None:
    assert (30.0, 10.0, 20.0) == (makespan([10] * 3, 1), makespan([10] * 3, 5), makespan([10] * 3, 2))
