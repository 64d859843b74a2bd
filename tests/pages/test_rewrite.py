"""A prompt rewritten on request: priced, shown beside what it changes, taken or left."""

from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from components.state.account import Connection
from components.state.returning import Identity
from components.state.services import Services, services
from tests.pages.kept import kept
from tests.pages.tabs import words
from triptych.engine.serve import Engine
from triptych.servers import LIKE_OPENAI, LITELLM, Account, Server

PATIENCE = 60.0  # seconds


def opened(app: AppTest, prompt: str = "a red fox") -> AppTest:
    """The page with that prompt, and the popover open."""
    app.text_area(key="prompt").set_value(prompt).run()
    app.session_state["prompt_rewrite"] = True
    return app.run()


def rewritten(app: AppTest) -> AppTest:
    """The same once a rewrite was asked for and has ended."""
    app.button(key="rewrite").click().run()
    (job,) = services().jobs.of("local")[:1]
    assert job.wait_for_end(PATIENCE)
    app.run()
    assert not app.exception
    return app


def posts(engine: Engine) -> list[str]:
    return [entry.path for entry in engine.log if entry.method == "POST"]


def keys(app: AppTest) -> set[str]:
    return {str(button.key) for button in app.button}


def test_a_rewrite_is_priced_read_and_taken_and_undone(app: AppTest, engine: Engine, process: Services) -> None:
    opened(app)
    label = str(app.button(key="rewrite").label).replace("\\", "")
    assert "Rewrite · up to $0.005" == label
    assert [] == posts(engine)

    rewritten(app)

    assert ["/v1/responses"] == posts(engine)
    assert "a red fox" == app.text_area(key="prompt").value
    assert ":gray-background[" in " ".join(caption.value for caption in app.caption)
    assert "would have cost $0.0003" in words(app)
    app.button(key="rewrite_take").click().run()
    assert "a red fox, watercolor on rough paper" in str(app.text_area(key="prompt").value)
    app.button(key="undo_prompt").click().run()
    assert "a red fox" == app.text_area(key="prompt").value


def test_a_rewrite_is_kept_for_a_reload_until_it_is_left(app: AppTest, engine: Engine, process: Services) -> None:
    rewritten(opened(app))
    (job,) = process.jobs.of("local")
    name = ("local", kept(app, Identity).name)
    assert [job.ticket] == process.tabs[name].started["rewrite"]

    app.button(key="rewrite_keep").click().run()

    assert "rewrite" not in process.tabs[name].started


def test_what_is_left_changes_nothing(app: AppTest, engine: Engine) -> None:
    rewritten(opened(app))

    app.button(key="rewrite_keep").click().run()

    assert "a red fox" == app.text_area(key="prompt").value
    assert "rewrite_take" not in keys(app)


@pytest.mark.parametrize(
    ("fault", "told"),
    [("turn_refused", "The text model declined"), ("turn_incomplete", "reached the limit"), ("quota", "Add credit")],
)
def test_a_rewrite_that_does_not_come_says_why_and_can_be_tried_again(
    app: AppTest, engine: Engine, fault: str, told: str
) -> None:
    engine.faults.plan(fault)
    rewritten(opened(app))

    assert told in words(app)
    assert "rewrite_take" not in keys(app)
    assert str(app.button(key="rewrite").label).startswith("Try again")
    rewritten(app)
    assert "rewrite_take" in keys(app)


def paying(app: AppTest, engine: Engine, server: Server = LIKE_OPENAI) -> AppTest:
    kept(app, Connection).account = Account(engine.base_url, engine.token, server=server, recognised=False)
    return opened(app)


def test_a_cap_refuses_a_rewrite_that_it_cannot_hold(app: AppTest, engine: Engine) -> None:
    services().store.limits.set({"day": Decimal("0.0001")})

    rewritten(paying(app, engine))

    assert "of the day's $0.0001 there is $0.0001 left" in words(app)
    assert "Open Spending" in [link.proto.label for link in app.get("page_link")]
    assert [] == posts(engine)


def test_an_unknown_price_under_a_cap_needs_a_tick(app: AppTest, engine: Engine) -> None:
    services().store.limits.set({"day": Decimal(1)})
    rewritten(paying(app, engine, LITELLM))
    assert "Run without a price estimate" in words(app)
    assert [] == posts(engine)
    app.checkbox(key="rewrite_any_price").check().run()
    rewritten(app)

    assert ["/v1/chat/completions"] == posts(engine)
