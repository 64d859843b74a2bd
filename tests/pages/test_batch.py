"""The Batch page: what is put in, said before money is spent, run, refused, kept and reopened."""

from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import select, update
from streamlit.testing.v1 import AppTest

from components.batch import run_row
from components.frame.lifecycle import look
from components.frame.running import _stop
from components.state.account import Connection
from components.state.services import Services
from tests.pages.batch_tab import column, new_tab, opened, wrote
from tests.pages.kept import kept
from tests.pages.tabs import PATIENCE, environment, label, press, ran, words
from triptych.engine.serve import Engine
from triptych.servers import LIKE_OPENAI, Account
from triptych.store.db.tables import drawings, leases


def posts(engine: Engine) -> int:
    return sum(entry.method == "POST" for entry in engine.log)


def paying(app: AppTest, engine: Engine) -> None:
    kept(app, Connection).account = Account(engine.base_url, engine.token, server=LIKE_OPENAI, recognised=False)


def test_without_a_row_the_click_says_what_to_do_and_sends_nothing(app: AppTest, engine: Engine) -> None:
    press(opened(app))

    assert "Enter at least one prompt" in words(app)
    assert 0 == posts(engine)
    wrote(app, "a red square")
    assert "Enter at least one prompt" not in words(app)  # it is no longer true


def test_each_line_is_a_row_that_is_shown_as_it_will_be_sent(app: AppTest, engine: Engine) -> None:
    wrote(opened(app), "a red square", "", "a blue circle")

    assert ["a red square", "a blue circle"] == column(app, "Prompt", "Quality")
    assert [1, 3] == column(app, "Row", "Quality")
    assert label(app).startswith("Run batch · 2 rows · about $")
    assert 0 == posts(engine)


def test_rows_are_run_once_and_shown_with_what_they_cost(app: AppTest, engine: Engine) -> None:
    wrote(opened(app), "a red square", "a blue circle", quality="low")
    press(app)

    assert ["Done", "Done"] == column(app, "State")
    assert all(column(app, "Cost"))
    assert "would have cost $0." in words(app)
    assert "Would have cost" in [metric.label for metric in app.metric]
    assert all(one.startswith("data:image/jpeg;base64,") for one in column(app, "Image"))
    assert "Run batch · all done" == label(app)
    assert "batch_goes_on" not in {one.key for one in app.checkbox}  # nothing is left to be sent, however
    press(app)
    assert 2 == posts(engine)


def test_the_button_says_why_it_cannot_be_pressed_while_the_rows_run(app: AppTest, engine: Engine) -> None:
    engine.app.state.pace = 40.0  # nothing ends before it is cancelled
    wrote(opened(app), "a red square", "a blue circle").button(key="run").click().run()

    button = app.button(key="run")
    assert (True, "Running · 2 rows") == (button.disabled, button.label)
    press(app, "cancel")


def test_a_template_makes_every_prompt(app: AppTest) -> None:
    wrote(opened(app), "a fox", batch_template="{{prompt}} in {snow|rain}")

    assert ["a fox in snow"] == column(app, "Prompt", "Quality")
    app.checkbox(key="batch_every").check()
    ran(app)
    assert ["a fox in snow", "a fox in rain"] == column(app, "Prompt", "Quality")


def test_a_row_that_cannot_be_run_is_named_and_the_rest_runs(app: AppTest, engine: Engine) -> None:
    wrote(opened(app), "a fox", "x" * 40_000)
    assert [2] == column(app, "Row", "What to change")
    assert "1 row" in label(app)

    press(app)

    assert 1 == posts(engine)
    assert ["Done"] == column(app, "State")


def test_what_failed_is_retried_alone(app: AppTest, engine: Engine) -> None:
    engine.faults.plan("moderation_input", times=1)
    press(wrote(opened(app), "a red square", "a blue circle", quality="low"))
    assert ["Done", "Failed"] == sorted(column(app, "State"))
    assert "1 failed" in words(app)

    press(app, "retry_failed")

    assert ["Done", "Done"] == column(app, "State")
    assert 3 == posts(engine)


def test_another_template_is_another_batch_and_the_first_is_reopened(app: AppTest, process: Services) -> None:
    press(wrote(opened(app), "a fox", quality="low"))
    press(wrote(app, "a fox", batch_template="{{prompt}} in snow"))
    first, second = sorted(process.batches.titles("local"), key=lambda one: one.created)
    assert ("a fox", "a fox in snow") == (first.name, second.name)

    app.button(key=f"batch_open_{first.id}").click().run()

    assert not app.text_area(key="batch_template").value
    assert ["Done"] == column(app, "State")
    assert "Run batch · all done" == label(app)


def test_a_reload_shows_the_last_batch_with_its_rows(app: AppTest, engine: Engine) -> None:
    press(wrote(opened(app), "a fox", "a hare", quality="low"))

    tab = new_tab()

    assert "a fox\na hare" == tab.text_area(key="prompts").value
    assert ["Done", "Done"] == column(tab, "State")
    assert "low" == tab.session_state["quality"]
    press(tab)
    assert 2 == posts(engine)


def test_a_batch_is_named_deleted_and_brought_back(app: AppTest, process: Services) -> None:
    press(wrote(opened(app), "a fox", quality="low"))
    app.text_input(key="batch_name").set_value("Foxes")
    press(app, "batch_save_name")
    (one,) = process.batches.titles("local")
    assert "Foxes" == one.name

    press(app, f"batch_delete_{one.id}")
    assert () == process.batches.titles("local")
    press(app, "batch_restore")
    assert ["Foxes"] == [one.name for one in process.batches.titles("local")]


def test_over_five_hundred_rows_are_asked_about_twice(
    app: AppTest, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 500 == run_row.MANY
    for module in (run_row, import_module("triptych.many.forecast")):  # the name is a function's, too
        monkeypatch.setattr(module, "MANY", 2)
    wrote(opened(app), "a fox", "a hare", "a hen", quality="low")
    press(app)
    assert "These are 3 runs. Confirm below to continue." in words(app)
    assert 0 == posts(engine)
    assert "Yes, run all 3 rows" in app.checkbox(key="batch_sure").label.replace("\\", "")

    app.checkbox(key="batch_sure").check()
    press(ran(app))

    assert ["Done"] * 3 == column(app, "State")
    assert 3 == posts(engine)


def test_over_the_cap_the_part_there_is_money_for_is_offered(
    app: AppTest, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment(monkeypatch, TRIPTYCH_BUDGET_DAY="0.013")
    paying(app, engine)
    press(wrote(opened(app), "a fox", "a hare", "a hen", quality="low", model="gpt-image-2"))
    assert 0 == posts(engine)
    assert "Run the first 2 of 3" == label(app, "run_affordable")

    press(app, "run_affordable")

    assert 2 == posts(engine)
    assert ["Done", "Done", "Not sent"] == column(app, "State")
    assert "Resume · 1 not sent" == label(app, "resume")


def test_a_row_of_unknown_outcome_is_sent_again_by_name_only(app: AppTest, engine: Engine) -> None:
    paying(app, engine)
    engine.faults.plan("cut", times=1)
    press(wrote(opened(app), "a fox", "a hare", quality="low", model="gpt-image-2"))
    assert ["Done", "May be charged"] == sorted(column(app, "State"))
    assert label(app) == "Run batch · all done"
    press(app)
    assert 2 == posts(engine)

    app.multiselect(key="batch_unknown").set_value(app.multiselect(key="batch_unknown").options)
    press(ran(app), "retry_unknown")

    assert ["Done", "Done"] == column(app, "State")
    assert 3 == posts(engine)


def test_the_table_shows_the_rows_of_one_state(app: AppTest, engine: Engine) -> None:
    engine.faults.plan("moderation_input", times=1)
    press(wrote(opened(app), "a red square", "a blue circle", "a hen", quality="low"))

    app.session_state["batch_shows"] = "failed"
    ran(app)
    assert ["Failed"] == column(app, "State")

    press(app, "retry_failed")
    assert ["Done"] * 3 == column(app, "State")


def test_a_prompt_is_text_wherever_it_stands(app: AppTest) -> None:
    prompt = "**bold** $x$ <b>html</b> :smile: [a](https://b.example)"
    press(wrote(opened(app), prompt.replace("{", ""), quality="low"))

    assert [prompt] == column(app, "Prompt")
    said = [one.value for kind in ("markdown", "caption") for one in app.get(kind)]
    assert not [one for one in said if "**bold**" in one]


def test_a_batch_that_is_ticked_goes_on_where_its_process_is_gone(app: AppTest, process: Services) -> None:
    press(wrote(opened(app), "a fox", "a hare", quality="low", batch_goes_on=True))
    (one,) = process.batches.titles("local")
    assert (f"batch {one.id}",) == process.store.leases.names("batch ")
    with process.store.database.write() as connection:  # as a process leaves it that ended before it sent the second
        connection.execute(update(leases).values(holder="gone"))
        newest = select(drawings.c.ticket).order_by(drawings.c.created.desc()).limit(1).scalar_subquery()
        connection.execute(update(drawings).where(drawings.c.ticket == newest).values(status="cancelled"))
    process.batches._register.forget("local", one.id)

    look(process)
    process.jobs.drain(PATIENCE)
    ran(app)

    assert ["Done", "Done"] == column(app, "State")
    look(process)
    assert () == process.store.leases.names("batch ")


def test_stop_in_the_sidebar_stops_it_for_every_process(app: AppTest, process: Services, engine: Engine) -> None:
    press(wrote(opened(app), "a fox", quality="low", batch_goes_on=True))
    job = next(iter(process.jobs.of("local")))

    _stop((job,))
    look(process)

    assert () == process.store.leases.names("batch ")
    assert 1 == posts(engine)


def test_rows_that_another_process_runs_are_shown_as_they_end(app: AppTest, process: Services) -> None:
    press(wrote(opened(app), "a fox", quality="low"))
    (one,) = process.batches.titles("local")
    with process.store.database.write() as connection:
        connection.execute(update(drawings).values(status="sent", process="another"))
    process.batches._register.forget("local", one.id)
    assert ["Running elsewhere"] == column(ran(app), "State")

    with process.store.database.write() as connection:
        connection.execute(update(drawings).values(status="done"))

    assert ["Done"] == column(ran(app), "State")


def test_rows_that_another_process_ends_behind_the_buttons_are_told_all_over_the_page(
    app: AppTest, process: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(wrote(opened(app), "a fox", quality="low"))
    metrics, (one,) = run_row._metrics, process.batches.titles("local")
    with process.store.database.write() as connection:
        connection.execute(update(drawings).values(status="sent", process="another"))
    process.batches._register.forget("local", one.id)

    def behind(*what: Any) -> None:
        metrics(*what)
        with process.store.database.write() as connection:
            connection.execute(update(drawings).values(status="failed"))

    monkeypatch.setattr(run_row, "_metrics", behind)
    ran(app)

    assert ["Failed"] == column(app, "State")
    assert "Retry 1 failed" == label(app, "retry_failed")
