"""The Generate page's form and its main button: drawn from the catalog, priced, and refused in words."""

import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components import run_row
from components.services import Services
from tests.clock import stop_at
from tests.serving import ROOT
from triptych.catalog import MODELS
from triptych.engine.serve import Engine
from triptych.errors import OutcomeUnknown
from triptych.jobs import Job
from triptych.parameters import PARAMETERS, PROMPT_LIMIT
from triptych.request import ImageRequest
from triptych.servers import DEMO, GENERIC, LIKE_OPENAI, OPENAI, Account

PATIENCE = 30.0
TODAY = "2026-11-23"
KINDS = ("selectbox", "button_group", "slider", "number_input", "text_input", "text_area", "toggle", "checkbox")
FORM = {"model", "size", *PARAMETERS} - {"stream"}


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_at(monkeypatch, TODAY, "components.request_form", "triptych.request", "triptych.engine.rules")


def chosen(app: AppTest, **widgets: Any) -> AppTest:
    for key, value in widgets.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    return app


def widgets(app: AppTest) -> dict[str, Any]:
    """The form's widgets by key."""
    found = {widget.key: widget for kind in KINDS for widget in app.get(kind)}
    return {key: widget for key, widget in found.items() if key in FORM | {"width", "height"}}


def options(app: AppTest, key: str) -> list[str]:
    widget = widgets(app)[key]
    return [getattr(option, "content", option) for option in widget.options]


def values(app: AppTest) -> dict[str, Any]:
    return {key: widget.value for key, widget in widgets(app).items()}


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def captions(app: AppTest) -> str:
    return "\n".join(caption.value for caption in app.caption).replace("\\", "")


def warnings(app: AppTest) -> list[str]:
    return [warning.value for warning in app.warning]


def refusals(app: AppTest) -> list[tuple[str, str]]:
    return [(error.proto.title, error.value) for error in app.error]


def press(app: AppTest, key: str = "run") -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def on(app: AppTest, engine: Engine, server: Any) -> AppTest:
    """The tab draws on a server of this kind."""
    app.session_state["_account"] = Account(engine.base_url, engine.token, server=server, recognised=False)
    app.run()
    assert not app.exception
    return app


def test_a_new_tab_has_the_promised_defaults(app: AppTest) -> None:
    expected = {
        "model": "gpt-image-2.6-flare", "size": "1024x1024", "quality": "medium", "n": 1, "background": "auto",
        "output_format": "png", "output_compression": 100, "moderation": "auto", "complexity": None,
        "partial_images": 0, "frame_count": 9, "frame_duration_ms": 200, "svg_model": "", "svg_effort": None,
        "safety_identifier": "", "prompt": "",
    }  # fmt: skip

    assert expected == {key: value or "" if key in {"svg_model", "safety_identifier"} else value
                        for key, value in values(app).items()}  # fmt: skip
    assert "Number of images" == widgets(app)["n"].label


@pytest.mark.parametrize("name", MODELS)
def test_the_form_has_a_control_for_what_the_model_takes_and_for_nothing_else(app: AppTest, name: str) -> None:
    chosen(app, model=name)

    assert {"model", "size", *MODELS[name].parameters} - {"stream"} == set(widgets(app)) - {"width", "height"}


@pytest.mark.parametrize("name", ["gpt-image-2.6-flare", "gpt-image-2", "gpt-image-1.5", "dall-e-3"])
def test_the_texts_of_options_are_the_apis_own_values(app: AppTest, name: str) -> None:
    chosen(app, model=name)

    for key, words in MODELS[name].options.items():
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
    app.session_state["_account"] = Account(key="sk-none")

    app.run()

    assert any("OpenAI" in caption.value for caption in app.sidebar.caption)


def test_cost_and_time_are_told_before(app: AppTest) -> None:
    chosen(app, model="gpt-image-2", n=2)

    assert "10–30 s" == metrics(app)["Estimated time"]
    assert re.fullmatch(r"\$0\.1\d", metrics(app)["Estimated cost"])
    assert f"Generate · about {metrics(app)['Estimated cost']}" == app.button(key="run").label.replace("\\", "")


def test_a_price_that_is_a_range_says_why(app: AppTest) -> None:
    assert re.fullmatch(r"\$0\.\d+–0\.\d+", metrics(app)["Estimated cost"])
    assert "No token table is published for 2.6" in captions(app)
    assert "Nothing is charged by the demo" in captions(app)


def test_an_unknown_price_is_said_to_be_unknown(app: AppTest, engine: Engine) -> None:
    on(app, engine, GENERIC)

    assert ("price unknown", "Generate · price unknown") == (
        metrics(app)["Estimated cost"],
        app.button(key="run").label,
    )
    assert "Price unknown" in captions(app)
    assert {"model", "size", "prompt", "n"} == set(widgets(app))


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


def test_a_legal_size_of_ones_own_is_drawn(app: AppTest, process: Services) -> None:
    chosen(app, model="gpt-image-2", size="Custom", width=1280, height=720, prompt="a red square", quality="low")

    press(app)
    process.jobs.drain(PATIENCE)

    (job,) = process.jobs.of("local")
    assert ["1280x720"] == [saved.got["size"] for saved in job.saved]


@pytest.mark.parametrize(
    ("conflict", "about", "fixed"),
    [
        ({"background": "transparent", "output_format": "jpeg"}, "background", {"output_format": "png"}),
        ({"output_format": "gif", "partial_images": 2}, "partial_images", {"partial_images": 0}),
        ({"output_format": "png", "output_compression": 40}, "output_compression", {"output_compression": 100}),
        ({"output_format": "png", "frame_count": 4}, "frame_count", {"frame_count": 9}),
        ({"output_format": "svg", "n": 3}, "n", {"n": 1}),
        ({"svg_model": "gpt-5"}, "svg_model", {}),
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


def test_a_retired_model_offers_its_replacement(app: AppTest) -> None:
    chosen(app, model="dall-e-3")
    assert app.button(key="run").disabled
    assert ["dall-e-3 was shut down on 2026-05-12. Its replacement is gpt-image-2.6-flare."] == warnings(app)
    assert "Shut down on 2026-05-12. Replacement: gpt-image-2.6-flare." in captions(app)
    assert "Use gpt-image-2.6-flare" == app.button(key="fix_model").label

    press(app, "fix_model")

    assert not app.button(key="run").disabled
    assert "gpt-image-2.6-flare" == values(app)["model"]


def test_a_retired_model_is_drawn_with_on_a_server_that_retires_none(app: AppTest, engine: Engine) -> None:
    on(app, engine, LIKE_OPENAI)

    chosen(app, model="dall-e-3")

    assert not app.button(key="run").disabled
    assert [] == warnings(app)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-10-01", "$32 per million output tokens"),
        ("2026-11-23", "Shuts down in 8 days. Replacement: gpt-image-2.6-sunburst."),
        ("2026-11-30", "Shuts down in 1 day. Replacement: gpt-image-2.6-sunburst."),
        ("2026-12-01", "Shut down on 2026-12-01. Replacement: gpt-image-2.6-sunburst."),
    ],
)
def test_what_shuts_down_is_counted_down(app: AppTest, monkeypatch: pytest.MonkeyPatch, day: str, words: str) -> None:
    stop_at(monkeypatch, day, "components.request_form", "triptych.request")

    chosen(app, model="gpt-image-1.5")

    assert words in captions(app)
    assert (day == "2026-12-01") == app.button(key="run").disabled


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("", "Write a prompt first"),
        (" \n ", "Write a prompt first"),
        ("x" * (PROMPT_LIMIT + 1), "Prompt has 32,001 characters; the API takes 32,000. Shorten it."),
    ],
    ids=["empty", "blank", "one too long"],
)
def test_a_prompt_that_cannot_be_sent_is_refused_by_the_click(
    app: AppTest, process: Services, engine: Engine, prompt: str, words: str
) -> None:
    chosen(app, prompt=prompt)
    assert not app.button(key="run").disabled
    assert [] == refusals(app)

    press(app)

    ((title, sentence),) = refusals(app)
    assert "Change the request" == title
    assert words in sentence
    assert (prompt, ()) == (values(app)["prompt"], process.jobs.of("local"))
    assert [] == [entry for entry in engine.log if entry.method == "POST"]


def test_the_longest_prompt_is_drawn(app: AppTest, process: Services) -> None:
    chosen(app, prompt="x" * PROMPT_LIMIT, quality="low")

    press(app)
    process.jobs.drain(PATIENCE)

    assert [()] == [job.errors for job in process.jobs.of("local")]


def test_a_key_that_is_none_is_refused_by_the_click_and_not_shown(app: AppTest, engine: Engine) -> None:
    key = "sk-canary\r\nX-Evil: 1"
    app.session_state["_account"] = Account(engine.base_url, key, server=LIKE_OPENAI, recognised=False)
    chosen(app, prompt="a red square")

    press(app)

    assert 1 == len(app.error)
    assert "canary" not in "".join(str(element) for element in app.main)


@pytest.mark.parametrize(
    ("fault", "title"),
    [
        ("quota", "Add credit on the billing page"),
        ("bad_key", "Change the key in Settings"),
        ("unverified", "Verify your organization"),
        ("not_found", "Choose another model"),
        ("moderation_input", "Change the prompt"),
        ("moderation_output", "Change the prompt"),
        ("policy", "Change the prompt"),
        ("server_error", "Try again in a moment"),
        ("malformed", "Check whether it was charged before trying again"),
    ],
)
def test_every_fault_has_its_next_move_and_its_request_id_and_keeps_the_prompt(
    app: AppTest, process: Services, engine: Engine, fault: str, title: str
) -> None:
    engine.faults.plan(fault, times=2)
    chosen(app, prompt="a red square", quality="low")

    press(app)
    process.jobs.drain(PATIENCE)
    app.run()

    ((told, sentence),) = refusals(app)
    last = [entry for entry in engine.log if entry.method == "POST"][-1]
    assert title == told
    assert f"Request {last.request_id}" in sentence.replace("\\", "")
    assert "a red square" == values(app)["prompt"]
    assert not app.button(key="run").disabled


def test_a_server_that_is_not_there_is_told(app: AppTest, process: Services) -> None:
    app.session_state["_account"] = Account("http://127.0.0.1:9/v1", "sk-x", server=LIKE_OPENAI, recognised=False)
    chosen(app, prompt="a red square")

    press(app)
    process.jobs.drain(PATIENCE)
    app.run()

    assert ["Check the server's address and the network"] == [title for title, _ in refusals(app)]
    assert "a red square" == values(app)["prompt"]


def test_cost_time_and_alternative_text_come_with_the_picture(app: AppTest, process: Services, framed: None) -> None:
    chosen(app, prompt="a red square " * 20, quality="low")

    press(app)
    process.jobs.drain(PATIENCE)
    app.run()

    assert {"Estimated cost", "Estimated time", "Actual cost", "Actual time", "Spent today"} == set(metrics(app))
    assert [("a red square " * 20)[:100]] == [image.proto.imgs[0].alt for image in app.get("image")]


@pytest.mark.parametrize("server", [OPENAI, LIKE_OPENAI], ids=["OpenAI", "like OpenAI"])
def test_what_is_chosen_is_what_is_sent(app: AppTest, process: Services, engine: Engine, server: Any) -> None:
    on(app, engine, server)
    asked = {"model": "gpt-image-2", "n": 2, "size": "1536x1024", "quality": "low", "output_format": "webp"}
    chosen(app, prompt="a red square", **asked)

    press(app)
    process.jobs.drain(PATIENCE)

    (job,) = process.jobs.of("local")
    assert {**asked, "prompt": "a red square"} == job.request.api_kwargs(server)
    assert [2] == [len(saved.pieces) for saved in job.saved]


@pytest.mark.parametrize("model", ["dall-e-3", "gpt-image-2", "gpt-image-1.5"])
def test_a_change_of_model_leaves_no_value_that_it_does_not_know(app: AppTest, model: str) -> None:
    chosen(app, quality="max", output_format="svg", size="3840x2160", complexity="high")

    chosen(app, model=model)

    entry = MODELS[model]
    assert [] == [warning for warning in warnings(app) if "shut down" not in warning]
    assert values(app)["size"] in entry.sizes.presets
    assert values(app)["quality"] in {*entry.options["quality"], "auto"}


def test_a_click_counts_while_another_tab_draws(app: AppTest, process: Services, engine: Engine) -> None:
    other = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE).run()
    engine.app.state.pace = 0.5
    press(chosen(app, prompt="the left one", quality="low"))
    other.session_state["prompt"] = "the right one"

    press(other)

    assert ["the right one", "the left one"] == [job.request.prompt for job in process.jobs.of("local")]
    process.jobs.drain(PATIENCE)
    process.jobs.run(other.session_state["_client"].aclose()).result(PATIENCE)


def test_a_drawing_that_ends_while_the_page_is_drawn_leaves_no_cancel_behind(
    app: AppTest, process: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = "0" * 32
    request = ImageRequest(model="gpt-image-2", prompt="a boat", size="1024x1024", quality="low")
    job = Job(ticket, "local", "generate", request, DEMO)
    process.jobs._jobs[ticket] = job
    app.session_state["_job_generate"] = ticket
    note = run_row.price_note

    def ends_meanwhile(request: ImageRequest) -> str:
        job.ended(OutcomeUnknown("It ended."))
        return note(request)

    monkeypatch.setattr(run_row, "price_note", ends_meanwhile)
    app.run()

    assert [] == [button.key for button in app.button if button.key == "cancel"]
