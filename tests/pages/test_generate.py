"""The Generate page's main button: what a click draws, and in which words it is refused."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.run import run_row
from components.state.account import Connection
from components.state.services import Services
from tests.clock import stop_at
from tests.pages.form import PATIENCE, TODAY, captions, chosen, metrics, on, press, refusals, values, warnings
from tests.pages.kept import kept
from tests.serving import ROOT
from triptych.catalog import MODELS
from triptych.engine.serve import Engine
from triptych.errors import OutcomeUnknown
from triptych.jobs import Job
from triptych.parameters import PROMPT_LIMIT
from triptych.request import ImageRequest
from triptych.servers import DEMO, LIKE_OPENAI, OPENAI, Account, Server


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_at(monkeypatch, TODAY, "components.form.request_form", "triptych.request", "triptych.engine.rules")


def test_a_retired_model_offers_its_replacement(app: AppTest) -> None:
    chosen(app, model="dall-e-3")
    assert app.button(key="run").disabled
    assert ["dall-e-3 was retired on 2026-05-12. Its replacement is gpt-image-2.6-flare."] == warnings(app)
    assert "Retired on 2026-05-12. Replacement: gpt-image-2.6-flare." in captions(app)
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
        ("2026-11-23", "Retires in 8 days. Replacement: gpt-image-2.6-sunburst."),
        ("2026-11-30", "Retires in 1 day. Replacement: gpt-image-2.6-sunburst."),
        ("2026-12-01", "Retired on 2026-12-01. Replacement: gpt-image-2.6-sunburst."),
    ],
)
def test_what_shuts_down_is_counted_down(app: AppTest, monkeypatch: pytest.MonkeyPatch, day: str, words: str) -> None:
    stop_at(monkeypatch, day, "components.form.request_form", "triptych.request")

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
    kept(app, Connection).account = Account(engine.base_url, key, server=LIKE_OPENAI, recognised=False)
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
        ("moderation_output", "Try again, or change the prompt"),
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


@pytest.mark.parametrize(("server", "links"), [(LIKE_OPENAI, 0), (OPENAI, 1)])
def test_openais_billing_page_is_offered_for_an_account_of_openai_only(
    app: AppTest, process: Services, engine: Engine, server: Server, links: int
) -> None:
    kept(app, Connection).account = Account(engine.base_url, engine.token, server=server, recognised=False)
    engine.faults.plan("quota")
    chosen(app, prompt="a red square", quality="low")

    press(app)
    process.jobs.drain(PATIENCE)
    app.run()

    assert ["Add credit on the billing page"] == [title for title, _ in refusals(app)]
    assert links == sum(button.proto.label == "Open the page" for button in app.get("link_button"))


def test_what_a_server_says_without_a_full_stop_gets_one(app: AppTest, process: Services, engine: Engine) -> None:
    engine.faults.plan("bad_gateway")
    chosen(app, prompt="a red square", quality="low")

    press(app)
    process.jobs.drain(PATIENCE)
    app.run()

    ((_, sentence),) = refusals(app)
    assert "gave up waiting for the server (502): Bad gateway proxy. It may" in sentence.replace("\\", "")
    assert 1 == sum(entry.method == "POST" for entry in engine.log)
    assert not app.button(key="run").disabled


def test_a_server_that_is_not_there_is_told(app: AppTest, process: Services) -> None:
    kept(app, Connection).account = Account("http://127.0.0.1:9/v1", "sk-x", server=LIKE_OPENAI, recognised=False)
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
    assert [] == [warning for warning in warnings(app) if "retired" not in warning]
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


def test_a_drawing_that_ends_while_the_page_is_drawn_leaves_no_cancel_behind(
    app: AppTest, process: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = "0" * 32
    request = ImageRequest(model="gpt-image-2", prompt="a boat", size="1024x1024", quality="low")
    job = Job(ticket, "local", "generate", request, DEMO)
    process.jobs._jobs[ticket] = job
    advice = run_row.cancel_advice

    def ends_meanwhile() -> str:
        job.ended(OutcomeUnknown("It ended."))
        return advice()

    monkeypatch.setattr(run_row, "cancel_advice", ends_meanwhile)
    app.run()

    assert [] == [button.key for button in app.button if button.key == "cancel"]
