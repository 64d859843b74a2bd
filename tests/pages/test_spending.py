"""The Spending page: where money and time went, what is held, and what a person has to say about it."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from streamlit.testing.v1 import AppTest

from components.spending import csv_export
from components.spending.csv_export import csv_pieces
from components.state.services import Services
from tests.pages.made import drawn, failed, lost
from tests.pages.spending_tab import look
from tests.pages.tabs import environment, words
from triptych.errors import OverBudget
from triptych.export.cells import inert
from triptych.store import Store


@pytest.fixture
def store(process: Services) -> Store:
    """Where the pages of this test keep what was made."""
    return process.store


def metrics(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.main.metric}


def rows(page: AppTest, number: int) -> list[list[str]]:
    return [[str(cell).replace("\\", "") for cell in row] for row in page.table[number].value.to_numpy()]


def test_with_nothing_drawn_it_says_what_it_is_for(app: AppTest) -> None:
    page = look(app)

    assert "See where money and time go" in page.markdown[0].value
    assert "$0.00" == metrics(page)["Spent"]
    assert "No spending cap." in words(page)


def test_the_totals_are_of_what_was_charged_and_the_demo_stands_apart(app: AppTest, store: Store) -> None:
    for number in range(3):
        drawn(store, f"square {number}", colour=number, dollars="0.5")
    thrown = drawn(store, "a bad square", colour=9, dollars="0.5")
    store.history.trash("local", [thrown.id])
    drawn(store, "a free square", engine="demo", dollars="7")
    failed(store)
    drawn(store, "their square", owner="ada@example.org", dollars="9")

    shown = metrics(look(app))

    assert ("$2.00", "4", "$0.67", "1", "$0.04") == tuple(
        shown[name] for name in ("Spent", "Images", "Cost per kept image", "Failed", "Would have cost")
    )


def test_a_chart_says_its_point_in_words(app: AppTest, store: Store) -> None:
    drawn(store, dollars="0.25")
    drawn(store, dollars="0.5", model="gpt-image-2.5-flare", colour=2)

    page = look(app)

    alts = [chart.proto.alt for chart in page.get("vega_lite_chart")]
    assert 4 == len(alts)
    assert alts[0].startswith("Dollars spent by day; most, $0.75, on 20")
    assert "Dollars spent by model; most, $0.50, for gpt-image-2.5-flare" == alts[1]
    assert "Dollars spent by page; most, $0.75, for Generate" == alts[3]


def test_the_demo_has_the_same_charts_of_what_it_would_have_cost(app: AppTest, store: Store) -> None:
    drawn(store, engine="demo")
    drawn(store, engine="demo", model="gpt-image-2.5-flare", colour=2)

    page = look(app)

    alts = [chart.proto.alt for chart in page.get("vega_lite_chart")]
    assert {"Would have cost": "$0.08"} == metrics(page)
    assert 4 == len(alts)
    assert "Dollars it would have cost by model; most, $0.04, for gpt-image-2" == alts[1]


def test_what_there_is_nothing_of_has_no_heading(app: AppTest, store: Store) -> None:
    assert [] == list(look(app).header)

    lost(store)

    assert ["Were these charged?"] == [header.value for header in look(app).header]


def test_the_period_leaves_out_what_came_before_it(app: AppTest, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("triptych.store.ledger.opening.now", lambda: datetime.now(UTC) - timedelta(days=20))
        drawn(store, dollars="0.5")
    drawn(store, dollars="0.25", colour=2)
    page = look(app)
    assert "$0.75" == metrics(page)["Spent"]

    page.button_group(key="spending_period").set_value("7 days")
    page.run()

    assert "$0.25" == metrics(page)["Spent"]


def test_times_and_estimates_stand_by_model_and_quality(app: AppTest, store: Store) -> None:
    for number, seconds in enumerate((30.0, 10.0, 20.0)):
        drawn(store, seconds=seconds, dollars="0.02", colour=number)

    page = look(app)

    assert [["gpt-image-2", "low", "3", "20.0 s", "30.0 s", "30.0 s"]] == rows(page, 0)
    assert [["gpt-image-2", "low", "3", "$0.12", "$0.060", "−50%", "−20%"]] == rows(page, 1)


def test_more_models_are_no_more_questions_to_the_database(app: AppTest, store: Store) -> None:
    def questions() -> int:
        asked: list[str] = []

        def note(*told: Any) -> None:
            asked.append(told[2])

        event.listen(store.database.engine, "after_cursor_execute", note)
        look(app)
        event.remove(store.database.engine, "after_cursor_execute", note)
        return len([each for each in asked if each.startswith("SELECT")])

    drawn(store, dollars="0.25")
    look(app)  # and asks what a tab asks once
    one = questions()
    for number, model in enumerate(("gpt-image-2.5-flare", "gpt-image-2.6-flare", "gpt-image-2.6-sunburst")):
        drawn(store, dollars="0.5", model=model, colour=number)

    assert one
    assert one == questions()


def test_a_cap_shows_what_is_left(process: Services, app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn(process.store, dollars="0.5")
    environment(monkeypatch, TRIPTYCH_BUDGET_DAY="2", TRIPTYCH_BUDGET_RUN="0.25")
    process.__dict__.pop("budget", None)  # it is made when the process begins

    page = look(app)

    texts = [bar.proto.text.replace("\\", "") for bar in page.get("progress")]
    assert ["$0.50 of $2.00 spent today, $1.50 left"] == texts
    assert "One run may cost at most $0.25." in words(page)


def test_a_cap_is_set_on_the_page_and_said_in_a_sentence(process: Services, app: AppTest) -> None:
    drawn(process.store, dollars="0.5")
    page = look(app)
    assert "No spending cap." in words(page)

    page.number_input(key="cap_day").set_value(0.51)
    page.button(key="save_caps").click().run()

    assert ["Caps changed: $0.51 per day (was no cap)."] == [one.value.replace("\\", "") for one in page.toast]
    bars = [bar.proto.text.replace("\\", "") for bar in page.get("progress")]
    assert ["$0.50 of $0.51 spent today, $0.01 left"] == bars
    with pytest.raises(OverBudget):
        drawn(process.store, "one too dear", colour=2)
    page.number_input(key="cap_day").set_value(None)
    page.button(key="save_caps").click().run()
    assert {} == process.store.limits.recorded()


def test_a_cap_of_the_environment_can_only_be_lowered(
    process: Services, app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment(monkeypatch, TRIPTYCH_BUDGET_DAY="2")
    process.__dict__.pop("budget", None)
    page = look(app)
    field = page.number_input(key="cap_day")
    assert (2.0, 2.0) == (field.max, field.value)

    field.set_value(0.75)
    page.button(key="save_caps").click().run()
    assert "$0.00 of $0.75 spent today" in page.get("progress")[0].proto.text.replace("\\", "")
    page.number_input(key="cap_day").set_value(None)
    page.button(key="save_caps").click().run()

    assert "$0.00 of $2.00 spent today" in page.get("progress")[0].proto.text.replace("\\", "")


def test_the_csv_has_a_line_for_each_some_at_a_time_and_runs_nothing(
    app: AppTest, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn(store, '=HYPERLINK("http://x.example")', dollars="0.02")
    failed(store)
    store.history.trash("local", [drawn(store, "thrown away", colour=3).id])
    now = datetime.now(UTC)

    monkeypatch.setattr(csv_export, "AT_ONCE", 2)
    first, *rest = csv_pieces("local", (now - timedelta(days=1), now + timedelta(days=1)))
    text = b"".join([first, *rest]).decode("utf-8-sig")

    assert 2 == len(rest)
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [("done", "0.020000"), ("failed", ""), ("done", "0.020000")] == [
        (line["status"], line["cost_usd"]) for line in lines
    ]
    assert '\'=HYPERLINK("http://x.example")' == lines[0]["prompt"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_what_a_spreadsheet_would_run_is_made_text(start: str) -> None:
    assert f"'{start}1" == inert(f"{start}1")
    assert f"1{start}" == inert(f"1{start}")


def test_after_damage_a_person_rebuilds_what_was_spent(app: AppTest, store: Store) -> None:
    drawn(store, dollars="0.5")
    assert store.root
    path = store.root.parent / "triptych.db"
    store.close()
    for file in store.root.parent.glob("triptych.db*"):
        file.unlink()
    path.write_bytes(b"this is no database" * 500)
    for name in ("database", "journal", "history", "transfer"):
        store.__dict__.pop(name, None)
    page = look(app)
    assert ["Rebuild spending, or reset it"] == [warning.proto.title for warning in page.warning]

    page.button(key="rebuild").click().run()

    assert [] == list(page.warning)
    assert not store.journal.doubtful()
