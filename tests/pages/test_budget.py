"""What the pages say of money: what is left, refused, answered from history, and what may have been charged."""

from typing import Any

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from components.state.account import Connection
from components.state.runs import Runs
from components.state.services import Services, services
from tests.pages.conftest import Tab
from tests.pages.kept import came_back, kept
from tests.pages.tabs import environment, words
from tests.pages.test_generate_gallery import alts
from triptych.engine.serve import Engine
from triptych.jobs import Jobs
from triptych.servers import LIKE_OPENAI, LITELLM, Account, Server

PATIENCE = 60.0
UNPRICED = LITELLM


def tab() -> AppTest:
    opened = Tab().run()
    assert not opened.exception
    return opened


def paying(app: AppTest, engine: Engine, server: Server = LIKE_OPENAI) -> AppTest:
    """The tab, drawing for money on the demo engine."""
    kept(app, Connection).account = Account(engine.base_url, engine.token, server=server, recognised=False)
    app.session_state["quality"] = "low"
    app.session_state["model"] = "gpt-image-2"
    return app.run()


def draw(app: AppTest, prompt: str = "a red square", key: str = "run", **widgets: Any) -> AppTest:
    for name, value in widgets.items():
        app.session_state[name] = value
    app.text_area(key="prompt").set_value(prompt).run()
    app.button(key=key).click().run()
    services().jobs.drain(PATIENCE)
    app.run()
    assert not app.exception
    return app


def restart(process: Services) -> None:
    """What a new process knows: nothing but the records, and that their process is gone."""
    with process.store.database.write() as connection:
        connection.execute(text("UPDATE drawings SET process = 'gone'"))
    process.jobs = Jobs()
    process.__dict__.pop("recovered", None)


def posts(engine: Engine) -> int:
    return sum(entry.method == "POST" for entry in engine.log)


def caps(monkeypatch: pytest.MonkeyPatch, **dollars: str) -> None:
    """Start with these caps."""
    environment(monkeypatch, **{f"TRIPTYCH_BUDGET_{name.upper()}": amount for name, amount in dollars.items()})
    for name in ("budget", "studio"):
        services().__dict__.pop(name, None)


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def label(app: AppTest, key: str = "run") -> str:
    return str(app.button(key=key).label).replace("\\", "")


def keys(app: AppTest) -> set[str]:
    return {str(button.key) for button in app.button}


def test_the_button_and_the_sidebar_say_what_a_cap_leaves(
    app: AppTest, engine: Engine, monkeypatch: pytest.MonkeyPatch, framed: None
) -> None:
    caps(monkeypatch, day="5", month="1.20")

    paying(app, engine)

    assert label(app).endswith("· $1.20 left this month")
    assert "$0.00 / $5.00" == metrics(app)["Spent today"]


def test_without_a_cap_and_on_the_demo_nothing_is_said_to_be_left(
    app: AppTest, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "left" not in label(app)
    caps(monkeypatch, day="5")

    assert "left" not in label(app.run())
    assert "left" in label(paying(app, engine))


def test_what_was_paid_is_in_the_sidebar_at_once(app: AppTest, engine: Engine, framed: None) -> None:
    draw(paying(app, engine), n=2)

    assert "$0.01" == metrics(app)["Spent today"]


def test_what_the_cap_cannot_hold_is_refused_in_words_and_not_sent(
    app: AppTest, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    caps(monkeypatch, day="0.001")

    draw(paying(app, engine))

    assert "Wait for the cap to renew, or raise it" in words(app)
    assert "$0.001 left" in words(app)
    assert "renews" in words(app)
    assert 0 == posts(engine)
    assert "a red square" == app.text_area(key="prompt").value


def test_an_unknown_price_under_a_cap_needs_a_tick(
    app: AppTest, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    caps(monkeypatch, day="5")
    draw(paying(app, engine, UNPRICED))
    assert "Run without a price estimate, or choose a priced model" in words(app)
    assert 0 == posts(engine)

    kept(app, Runs).clicked = 0.0  # not a double click
    app.checkbox(key="any_price").check().run()
    draw(app)

    assert 1 == posts(engine)


def test_without_a_cap_no_tick_is_asked_for(app: AppTest, engine: Engine) -> None:
    paying(app, engine, UNPRICED)

    assert [] == [box.key for box in app.checkbox if box.key == "any_price"]


def test_an_equal_request_comes_from_history_with_a_way_to_draw_it_again(app: AppTest, engine: Engine) -> None:
    draw(paying(app, engine))
    assert "again" not in keys(app)

    kept(app, Runs).clicked = 0.0  # not a double click
    draw(app)

    assert 1 == posts(engine)
    assert "Reused from history" in words(app)
    assert "$0.00" == metrics(app)["Actual cost"]
    assert label(app, "again").startswith("Run again · about $")

    draw(app, key="again")

    assert 2 == posts(engine)
    assert "Reused from history" not in words(app)


def test_after_a_restart_the_last_drawing_is_there(app: AppTest, engine: Engine, process: Services) -> None:
    draw(paying(app, engine), n=2)
    restart(process)

    again = came_back(tab())

    assert ["a red square"] * 2 == alts(again)
    assert "2 images in" in words(again)
    assert 1 == posts(engine)


def test_nothing_of_anothers_is_there_after_a_restart(app: AppTest, engine: Engine, process: Services) -> None:
    draw(paying(app, engine))
    with process.store.database.write() as connection:
        for table in ("drawings", "records"):
            connection.execute(text(f"UPDATE {table} SET owner = 'ann@example.org'"))
    restart(process)

    assert [] == alts(came_back(tab()))


def test_what_was_under_way_at_a_crash_may_have_been_charged_and_is_drawn_again_only_by_a_click(
    app: AppTest, engine: Engine, process: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process.store.journal, "closed", lambda *_: None)
    engine.faults.plan("cut")
    draw(paying(app, engine))
    monkeypatch.undo()
    restart(process)

    again = paying(came_back(tab()), engine)

    assert "Check whether it was charged before trying again" in words(again)
    assert "may have been charged" in words(again)
    assert 1 == posts(engine)
    draw(again, key="again")
    assert 2 == posts(engine)


def test_records_that_cannot_be_reached_are_told_and_nothing_is_sent(
    app: AppTest, engine: Engine, process: Services, monkeypatch: pytest.MonkeyPatch, framed: None
) -> None:
    from triptych.store import Store

    environment(monkeypatch, TRIPTYCH_DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")
    process.store.close()
    process.store = Store(process.store.root, "postgresql://nobody@127.0.0.1:9/none")
    for name in ("studio", "budget", "recovered"):
        process.__dict__.pop(name, None)

    draw(paying(app, engine))

    assert "unknown" == metrics(app)["Spent today"]
    assert "Restore the database connection" in words(app)
    assert 0 == posts(engine)


def test_like_runs_teach_how_long_it_takes(app: AppTest, engine: Engine) -> None:
    paying(app, engine)
    before = metrics(app)["Estimated time"]

    draw(app)

    assert "3–10 s" == before
    assert before != metrics(app)["Estimated time"]
