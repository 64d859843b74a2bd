"""Several runs at once from one tab: the queue, its filmstrip, and one block for equal failures."""

import pytest
from streamlit.testing.v1 import AppTest

from components.frame import navigation
from components.run import live_view, submit
from components.state.runs import Runs
from components.state.services import Services
from components.state.widgets import PROMPT
from tests.pages.form import PATIENCE, captions, chosen, press, refusals, values
from tests.pages.kept import kept
from tests.pages.test_generate_gallery import alts
from triptych.engine.serve import Engine
from triptych.settings import settings


def posts(engine: Engine) -> int:
    return sum(entry.method == "POST" for entry in engine.log)


def queued(app: AppTest, *prompts: str) -> AppTest:
    """The tab after a click for each prompt."""
    for prompt in prompts:
        press(chosen(app, prompt=prompt, quality="low"))
    return app


def test_a_click_while_a_run_is_in_progress_queues_another_with_its_own_ticket_and_price(
    app: AppTest, process: Services, engine: Engine
) -> None:
    engine.app.state.pace = 0.5

    queued(app, "a red square", "a green square")

    assert "Generate · queue" == app.button(key="run").label
    assert not app.button(key="run").disabled
    newest, first = process.jobs.of("local")
    assert ("a red square", "a green square") == (first.request.prompt, newest.request.prompt)
    assert first.ticket != newest.ticket
    assert {first.ticket, newest.ticket} <= {key.removeprefix("show_") for key in keys(app)}
    process.jobs.drain(PATIENCE)
    app.run()
    assert app.button(key="run").label.startswith("Generate · about")
    assert 2 == posts(engine)


def test_a_run_that_waits_says_its_place_in_the_queue(
    app: AppTest, process: Services, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIPTYCH_MAX_CONCURRENCY", "1")
    settings.cache_clear()
    engine.app.state.pace = 20
    queued(app, "a red square")
    (first,) = process.jobs.of("local")
    while not first.may_be_charged:
        assert first.wait(first.version, PATIENCE), "it is not sent"

    queued(app, "a green square", "a blue square")

    assert ["queued · 2", "queued · 1"] == [said for said in captions(app).splitlines() if said.startswith("queued")]
    press(app, "cancel_all")


def test_a_double_click_is_one_run_however_late_the_page_shows_the_first(
    app: AppTest, process: Services, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.app.state.pace = 0.5
    queued(app, "a red square")
    kept(app, Runs).drawn = ""  # the row with the first click's run has not been drawn: nobody can have seen it

    press(app)
    monkeypatch.setattr(submit, "REPEAT", PATIENCE)
    press(app)

    assert 1 == len(process.jobs.of("local"))


def test_a_run_is_kept_for_a_reload_that_comes_before_its_page_is_drawn(
    app: AppTest, process: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued(app, "a red square")
    monkeypatch.setattr(navigation, "_remember", lambda: None)  # the page's end is not reached

    queued(app, "a green square")

    newest, *_ = process.jobs.of("local")
    (held,) = process.tabs.values()
    assert "a green square" == newest.request.prompt == held.values[PROMPT]
    assert newest.ticket == held.staged["generate"] == held.started["generate"][-1]


def test_one_click_on_the_filmstrip_puts_a_run_and_its_settings_back(app: AppTest, process: Services) -> None:
    queued(app, "a red square")
    process.jobs.drain(PATIENCE)
    chosen(app, quality="medium")
    press(chosen(app, prompt="a green square", quality="medium"))
    process.jobs.drain(PATIENCE)
    app.run()
    first = process.jobs.of("local")[1]
    assert "a green square" in alts(app)

    press(app, f"show_{first.ticket}")

    assert ("a red square", "low") == (values(app)["prompt"], values(app)["quality"])
    assert "a red square" in alts(app)
    assert "a green square" not in alts(app)


def test_all_runs_can_be_canceled_at_once_and_each_is_one_grey_line(
    app: AppTest, process: Services, engine: Engine
) -> None:
    engine.app.state.pace = 20
    queued(app, "a red square", "a green square")

    press(app, "cancel_all")
    process.jobs.drain(PATIENCE)
    app.run()

    assert [True, True] == [job.was_cancelled for job in process.jobs.of("local")]
    assert [] == refusals(app)
    said = captions(app).splitlines()
    assert (1, 2) == (sum(line.startswith("Canceled after ") for line in said), said.count("canceled"))


def test_ten_equal_failures_are_one_block(app: AppTest, process: Services, engine: Engine) -> None:
    engine.faults.plan("bad_key", times=10)

    press(chosen(app, prompt="a red square", n=10, partial_images=1))
    process.jobs.drain(PATIENCE)
    app.run()

    ((title, sentence),) = refusals(app)
    assert "Change the key in Settings" == title
    assert "This happened 10 times." in sentence
    assert ["Open Settings"] == [link.proto.label for link in app.get("page_link")]


@pytest.mark.parametrize(
    ("fault", "link"),
    [("not_found", "Choose a model"), ("cut_stream", "Settle in Spending"), ("redirect", "Open Settings")],
)
def test_an_error_leads_to_the_page_of_its_next_move(
    app: AppTest, process: Services, engine: Engine, fault: str, link: str
) -> None:
    engine.faults.plan(fault)

    press(chosen(app, prompt="a red square", partial_images=1))
    process.jobs.drain(PATIENCE)
    app.run()

    assert [link] == [found.proto.label for found in app.get("page_link")]


def test_moderation_can_be_lowered_from_the_block_that_says_no(app: AppTest, process: Services, engine: Engine) -> None:
    engine.faults.plan("moderation_input")
    press(chosen(app, prompt="a red square"))
    process.jobs.drain(PATIENCE)
    app.run()

    press(app, "lower_moderation")

    assert "low" == values(app)["moderation"]


def test_past_twice_the_expected_time_a_run_takes_longer_than_usual(
    app: AppTest, process: Services, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.app.state.pace = 20
    monkeypatch.setattr(live_view, "LATE", 0)

    queued(app, "a red square")

    assert "You can keep waiting, queue another run, or cancel." in captions(app)
    for job in process.jobs.of("local"):
        job.cancel()


def keys(app: AppTest) -> list[str]:
    return [button.key for button in app.button]
