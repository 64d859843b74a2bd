"""The Generate page's form: drawn from the catalog, priced, and refused where settings conflict."""

import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.state.account import Connection
from components.state.services import Services
from tests.clock import stop_at
from tests.pages.form import (
    PATIENCE,
    TODAY,
    captions,
    chosen,
    metrics,
    on,
    options,
    press,
    values,
    warnings,
    widgets,
)
from tests.pages.kept import kept
from triptych.catalog import MODELS
from triptych.engine.serve import Engine
from triptych.parameters import PARAMETERS
from triptych.servers import GENERIC, LIKE_OPENAI, Account, Listing


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_at(monkeypatch, TODAY, "components.form.request_form", "triptych.request", "triptych.engine.rules")


def test_a_new_tab_has_the_promised_defaults(app: AppTest) -> None:
    expected = {
        "model": "gpt-image-2.6-flare",
        "size": "1024x1024",
        "quality": "medium",
        "n": 1,
        "background": "auto",
        "output_format": "png",
        "moderation": "auto",
        "complexity": None,
        "partial_images": 0,
        "safety_identifier": "",
        "prompt": "",
    }

    assert expected == {
        key: value or "" if key in {"svg_model", "safety_identifier"} else value for key, value in values(app).items()
    }
    assert "Number of images" == widgets(app)["n"].label


@pytest.mark.parametrize("name", MODELS)
def test_the_form_has_a_control_for_what_the_model_takes_and_for_nothing_else(app: AppTest, name: str) -> None:
    chosen(app, model=name)

    held = str(values(app).get("output_format") or "png")
    taken = {one for one in MODELS[name].parameters if PARAMETERS[one].suits(held)}
    assert {"model", "size", *taken} - {"stream"} == set(widgets(app)) - {"width", "height"}


@pytest.mark.parametrize("name", ["gpt-image-2.6-flare", "gpt-image-2", "gpt-image-1.5", "dall-e-3"])
def test_the_texts_of_options_are_the_apis_own_values(app: AppTest, name: str) -> None:
    chosen(app, model=name)

    taken = {key: words for key, words in MODELS[name].options.items() if key in MODELS[name].parameters}
    for key, words in taken.items():
        assert set(words) | ({"auto"} if PARAMETERS[key].default == "auto" else set()) == set(options(app, key))
    assert [*MODELS[name].sizes.presets] == [size for size in options(app, "size") if size not in {"auto", "Custom"}]
    assert set(MODELS) == set(options(app, "model"))


def test_models_that_are_shut_down_stand_at_the_end(app: AppTest) -> None:
    assert ["gpt-image-1", "dall-e-3", "dall-e-2"] == options(app, "model")[-3:]


def test_the_engine_and_what_was_spent_are_named_in_the_sidebar(app: AppTest, framed: None, engine: Engine) -> None:
    app.run()
    assert any("Demo (free, offline)" in caption.value for caption in app.sidebar.caption)
    assert "$0.00" == {metric.label: metric.value for metric in app.sidebar.metric}["Spent today"]

    on(app, engine, LIKE_OPENAI)

    assert any(f"Compatible: 127.0.0.1:{engine.port}" in caption.value for caption in app.sidebar.caption)


def test_openai_is_named_by_its_name(app: AppTest, framed: None) -> None:
    kept(app, Connection).account = Account(key="sk-none")

    app.run()

    assert any("OpenAI" in caption.value for caption in app.sidebar.caption)


def test_cost_and_time_are_told_before(app: AppTest) -> None:
    chosen(app, model="gpt-image-2", n=2)

    assert "10–30 s" == metrics(app)["Estimated time"]
    assert re.fullmatch(r"\$0\.1\d", metrics(app)["Estimated cost"])
    assert "From OpenAI's price list and calculator." in captions(app)
    assert f"Generate · about {metrics(app)['Estimated cost']}" == app.button(key="run").label.replace("\\", "")


def test_a_price_that_is_a_range_says_why(app: AppTest) -> None:
    assert re.fullmatch(r"\$0\.\d+–0\.\d+", metrics(app)["Estimated cost"])
    assert "No token table is published for 2.6" in captions(app)
    assert "The demo charges nothing" in captions(app)


def test_an_unknown_price_is_said_to_be_unknown(app: AppTest, engine: Engine) -> None:
    on(app, engine, GENERIC)

    assert ("price unknown", "Generate · price unknown") == (
        metrics(app)["Estimated cost"],
        app.button(key="run").label,
    )
    assert "Price unknown" in captions(app)
    assert {"model", "size", "prompt", "n"} == set(widgets(app))


def test_a_name_from_a_servers_list_is_text_and_no_link(app: AppTest, engine: Engine) -> None:
    name = "[a gift](https://elsewhere.example)"
    kept(app, Connection).listing = Listing.of([{"id": "gpt-image-2"}, {"id": name}])

    chosen(on(app, engine, LIKE_OPENAI), model=name)

    shown = [*(caption.value for caption in app.caption), *(metric.help for metric in app.metric)]
    assert any("a gift" in text for text in shown)
    assert [] == [text for text in shown if "](" in text]


@pytest.mark.parametrize(
    ("width", "height", "words"),
    [
        (1000, 1000, "multiples of 16: 992x992 is the nearest"),
        (3856, 1600, "longest edge may have 3,840 pixels, not 3,856"),
        (3200, 800, "at most 3 times the short one"),
        (512, 512, "at least 655,360 pixels"),
        (3840, 3840, "at most 8,294,400 pixels"),
    ],
)
def test_an_illegal_size_disables_the_button_and_says_why(app: AppTest, width: int, height: int, words: str) -> None:
    chosen(app, model="gpt-image-2", size="Custom", width=width, height=height)

    assert app.button(key="run").disabled
    assert any(words in warning for warning in warnings(app))
    assert words in captions(app)


def test_an_illegal_size_is_settled_by_its_button(app: AppTest) -> None:
    chosen(app, model="gpt-image-2", size="Custom", width=1500, height=99_999)

    press(app, "fix_size")

    assert ("Custom", 1280, 3840) == tuple(values(app)[key] for key in ("size", "width", "height"))
    assert not app.button(key="run").disabled


def test_a_legal_size_of_ones_own_is_drawn(app: AppTest, process: Services) -> None:
    chosen(app, model="gpt-image-2", size="Custom", width=1280, height=720, prompt="a red square", quality="low")

    press(app)
    process.jobs.drain(PATIENCE)

    (job,) = process.jobs.of("local")
    assert ["1280x720"] == [saved.got["size"] for saved in job.saved]


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        ("png", set()),
        ("webp", {"output_compression"}),
        ("jpeg", {"output_compression"}),
        ("gif", {"frame_count", "frame_duration_ms"}),
        ("svg", {"svg_model", "svg_effort"}),
    ],
)
def test_what_does_nothing_for_the_format_is_neither_shown_nor_sent(
    app: AppTest, process: Services, form: str, fields: set[str]
) -> None:
    only = {"output_compression": 40, "frame_count": 4, "frame_duration_ms": 300, "svg_model": "gpt-5"}
    chosen(app, prompt="a red square", output_format=form, svg_effort="low", **only)

    assert fields == set(values(app)) & {*only, "svg_effort"}
    assert [] == warnings(app)
    press(app)
    process.jobs.drain(PATIENCE)
    (job,) = process.jobs.of("local")
    assert {name for name in only if getattr(job.request, name) == only[name]} == fields - {"svg_effort"}


@pytest.mark.parametrize(
    ("conflict", "about", "fixed"),
    [
        ({"background": "transparent", "output_format": "jpeg"}, "background", {"output_format": "png"}),
        ({"output_format": "gif", "partial_images": 2}, "partial_images", {"partial_images": 0}),
        ({"output_format": "svg", "n": 3}, "n", {"n": 1}),
        ({"output_format": "svg", "svg_effort": "low"}, "svg_effort", {}),
    ],
)
def test_a_conflict_is_settled_by_its_button(
    app: AppTest, conflict: dict[str, Any], about: str, fixed: dict[str, Any]
) -> None:
    chosen(app, prompt="a red square", **conflict)
    assert app.button(key="run").disabled
    assert 1 == len(warnings(app))

    press(app, f"fix_{about}")

    assert not app.button(key="run").disabled
    assert [] == warnings(app)
    assert fixed == {key: values(app)[key] for key in fixed}
    assert "a red square" == values(app)["prompt"]
