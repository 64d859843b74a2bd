"""The Batch page at half price: said before money is spent, handed over, followed, cancelled, cleaned up."""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.frame.lifecycle import look
from components.state.account import Connection
from components.state.services import Services, services
from tests.pages.batch_tab import column, opened, wrote
from tests.pages.kept import kept
from tests.pages.tabs import PATIENCE, environment, has, label, press, ran, words
from triptych.batch.half_price import ApiBatch
from triptych.batch.settling import Settling
from triptych.engine.serve import Engine
from triptych.servers import LIKE_OPENAI, Account
from triptych.store.ledger.api_batches import ApiBatches


def at_half(app: AppTest, *prompts: str, model: str = "gpt-image-2") -> AppTest:
    """The page with these prompts, to be handed to the Batch API."""
    app.session_state["model"] = model
    return wrote(opened(app), *prompts, batch_mode="Batch API", quality="low")


def waits(true: Callable[[tuple[ApiBatch, ...]], bool]) -> None:
    """Wait until that is true of the owner's batches."""
    half, end = services().half_price, time.monotonic() + PATIENCE
    while not true(half.every("local")):
        assert time.monotonic() < end, half.every("local")
        with half.news:
            version = half.news.version
            half.news.wait_for(lambda: half.news.version > version, 0.5)  # noqa: B023 - used here


def until(app: AppTest, true: Callable[[tuple[ApiBatch, ...]], bool]) -> AppTest:
    """The page once that is true of the owner's batches."""
    waits(true)
    return ran(app)


def ended(batches: tuple[ApiBatch, ...]) -> bool:
    return bool(batches) and all(batch.ended for batch in batches)


def clicked(app: AppTest, key: str) -> AppTest:
    name = next(button.key for button in app.button if str(button.key).startswith(key))
    app.button(key=name).click().run()
    assert not app.exception
    return app


def dollars(text: str) -> float:
    return float(text.split("$")[1].split(" ", maxsplit=1)[0])


def posts(engine: Engine, path: str) -> int:
    return sum(entry.method == "POST" and entry.path == path for entry in engine.log)


def test_rows_cost_half_and_come_back_when_the_batch_has_ended(app: AppTest, engine: Engine) -> None:
    app.session_state["model"] = "gpt-image-2"
    wrote(opened(app), "a red square", "a blue circle", quality="low")
    whole = dollars(label(app))
    at_half(app, "a red square", "a blue circle")
    assert whole / 2 == pytest.approx(dollars(label(app)), rel=0.2)  # it is shown in few digits
    assert "up to 24 h" in [metric.value for metric in app.metric]

    clicked(app, "run")
    until(app, ended)

    assert ["Done", "Done"] == column(app, "State")
    assert "Completed" in words(app)
    costs = column(app, "Cost")
    assert sum(costs) == pytest.approx(whole / 2, rel=0.2)
    assert (0, 1) == (posts(engine, "/v1/images/generations"), posts(engine, "/v1/batches"))
    clicked(app, "run")
    assert 1 == posts(engine, "/v1/batches")


def test_a_model_that_nobody_says_can_be_batched_needs_a_tick(app: AppTest, engine: Engine) -> None:
    clicked(at_half(app, "a red square", model="gpt-image-2.6-flare"), "run")
    assert "not confirmed" in words(app)
    assert 0 == posts(engine, "/v1/batches")

    app.checkbox(key="batch_unconfirmed").check()
    clicked(ran(app), "run")
    until(app, ended)

    assert ["Done"] == column(app, "State")


def test_a_batch_that_ends_behind_the_look_at_it_is_drawn_with_its_rows(
    app: AppTest, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    every, settle, looked = ApiBatches.every, Settling.settle, threading.Event()

    async def late(settling: Settling, *of: Any) -> None:
        assert await asyncio.to_thread(looked.wait, PATIENCE)
        await settle(settling, *of)

    def and_then_it_ends(records: ApiBatches, owner: str, run: str | None = None) -> tuple[ApiBatch, ...]:
        found = every(records, owner, run)
        if run and found and not ended(found):
            looked.set()
            waits(ended)
        return found

    monkeypatch.setattr(Settling, "settle", late)
    monkeypatch.setattr(ApiBatches, "every", and_then_it_ends)

    clicked(at_half(app, "a red square", "a blue circle"), "run")

    assert looked.is_set()
    assert ["Done", "Done"] == column(app, "State")
    assert "2 of 2 done" in words(app)


def test_what_failed_now_is_retried_at_half_price(app: AppTest, engine: Engine) -> None:
    app.session_state["model"] = "gpt-image-2"
    engine.faults.plan("moderation_input")
    press(wrote(opened(app), "a red square", "a blue circle", quality="low"))
    assert ["Done", "Failed"] == sorted(column(app, "State"))

    app.session_state["batch_mode"] = "Batch API"
    clicked(ran(app), "retry_failed")
    until(app, ended)

    assert ["Done", "Done"] == column(app, "State")
    low, high = sorted(column(app, "Cost"))
    assert high / 2 == pytest.approx(low, rel=0.3)  # sizes are auto
    assert 1 == posts(engine, "/v1/batches")


def test_a_batch_is_cancelled_from_the_page(app: AppTest, engine: Engine) -> None:
    engine.faults.plan("batch_stuck")
    clicked(at_half(app, "a red square"), "run")
    until(app, lambda batches: batches[0].remote is not None)
    assert ["In the Batch API"] == column(app, "State")
    assert "Run batch · in the Batch API" == label(app)

    clicked(app, "api_cancel_")
    until(app, ended)

    assert ["Canceled"] == column(app, "State")
    assert label(app).startswith("Run batch · 1 row")


def test_a_refused_file_says_which_line_is_wrong(app: AppTest, engine: Engine) -> None:
    engine.faults.plan("batch_invalid", line=2)
    clicked(at_half(app, "a red square", "a blue circle"), "run")

    until(app, ended)

    assert "rejected the file" in words(app)
    assert [2] == column(app, "Line", "Problem")
    assert ["Canceled", "Failed"] == column(app, "State")


def test_files_are_removed_from_the_server_on_a_click(app: AppTest, engine: Engine) -> None:
    clicked(at_half(app, "a red square"), "run")
    until(app, ended)

    clicked(app, "api_clean_")
    until(app, lambda batches: batches[0].cleaned is not None)

    name = services().half_price.every("local")[0].id
    assert not has(app, f"api_clean_{name}")
    assert [] == [one for one in engine.app.state.cabinet.every() if name in one.name]


def test_the_rows_are_shown_as_code_once_that_is_opened(app: AppTest, engine: Engine) -> None:
    at_half(app, "a red square", "a blue circle")
    assert [] == list(app.code)

    app.session_state["batch_code"] = True
    ran(app)

    assert "client.batches.create" in app.code[0].value
    assert "batch-1.jsonl" in app.code[0].value
    assert engine.token not in app.code[0].value


def test_it_goes_on_after_a_restart_before_anybody_opens_a_page(
    app: AppTest, engine: Engine, process: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.run()  # on the demo engine, before there is a key
    environment(monkeypatch, OPENAI_API_KEY=engine.token, OPENAI_BASE_URL=engine.base_url)
    engine.faults.plan("batch_stuck")
    kept(app, Connection).account = Account(engine.base_url, engine.token, server=LIKE_OPENAI, recognised=False)
    clicked(at_half(app, "a red square"), "run")
    (batch,) = process.half_price.every("local")
    until(app, lambda batches: batches[0].remote is not None)
    process.half_price.close()
    vars(process).pop("half_price")  # as a process that has just begun has none

    look(process)
    assert ["half_price"] == [name for name in vars(process) if name == "half_price"]
    process.half_price.cancel("local", batch.id)
    until(app, ended)

    assert "cancelled" == process.half_price.every("local")[0].status
