"""Very much at once: fifty runs in the queue, thousands of images in the history, and a prompt that never ends."""

from pathlib import Path

import pytest
from sqlalchemy import event, update
from streamlit.testing.v1 import AppTest

from components.history.results import SIZE
from components.run import filmstrip
from components.run.interrupted import SHOWN
from components.state.services import Services
from tests.bench.many import WORDS, many
from tests.pages.form import captions, chosen, press
from tests.pages.history_tab import alts, look
from tests.pages.tabs import nodes
from tests.pages.test_budget import restart
from tests.pages.test_interrupted import REQUEST, tab
from triptych.engine.serve import Engine
from triptych.store import Entry, Store
from triptych.store.db.tables import drawings

QUEUED = 50
FEW = 100
PATIENCE = 60.0  # seconds
ENDLESS = "å" * 32_000  # no space in it


def frames(app: AppTest) -> int:
    return sum(str(button.key).startswith("show_") for button in app.button)


def test_fifty_queued_runs_make_no_page_longer_and_are_canceled_at_once(process: Services, engine: Engine) -> None:
    process.store.journal.open_many(
        [Entry(ticket=f"t{number}", request=REQUEST, engine="demo", charged=False) for number in range(QUEUED)]
    )
    restart(process)
    app = tab()
    assert f"and {QUEUED - SHOWN} more" in captions(app)
    engine.app.state.pace = 60

    press(app, "send_interrupted")

    assert f"Runs in this tab · {QUEUED} in progress" in captions(app)
    assert filmstrip.MOST == frames(app)
    press(app, "cancel_all")
    process.jobs.drain(PATIENCE)
    assert {"cancelled"} == set(
        process.store.journal.statuses([job.ticket for job in process.jobs.of("local")]).values()
    )
    assert "in progress" not in captions(app.run())


def asked(app: AppTest, store: Store) -> tuple[int, int]:
    """How many statements the History page asks its records for, and how many elements it has."""
    statements: list[str] = []

    def note(*told: object) -> None:
        statements.append(str(told[2]))

    with store.database.read() as connection:
        source = connection.engine
    event.listen(source, "before_cursor_execute", note)
    look(app)
    event.remove(source, "before_cursor_execute", note)
    return len(statements), sum(1 for _ in nodes(app))


@pytest.mark.parametrize("thousands", [2, pytest.param(10, marks=pytest.mark.trust)])
def test_a_history_of_thousands_asks_and_draws_no_more_than_one_of_a_hundred(
    app: AppTest, process: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, thousands: int
) -> None:
    most, found = 1000 * thousands, []
    for count in (FEW, most):
        store = many(tmp_path / f"{count}", count)
        with store.database.write() as connection:
            connection.execute(update(drawings).values(charged=False, dollars=0))  # nothing of it is in the books
        monkeypatch.setattr(process, "store", store)
        look(app)
        found.append(asked(app, store))

    assert found[0] == found[1]
    assert f"{most:,} results" in captions(app)
    chosen(app, history_page=most // SIZE)
    assert f"picture {most - 17} of a" in captions(app)
    chosen(app, history_text=f"{WORDS[3]} 1321")
    assert "1 result" in captions(app)
    chosen(app, history_text="", history_rating=4, history_models=["gpt-image-2"])
    assert 0 < int(captions(app).split(" results")[0].split("\n")[-1].replace(",", "")) < most // 4


def test_a_prompt_without_an_end_is_cut_wherever_it_only_names_something(app: AppTest, process: Services) -> None:
    press(chosen(app, prompt=ENDLESS, quality="low"))
    process.jobs.drain(PATIENCE)
    press(app)
    process.jobs.drain(PATIENCE)
    app.run()

    assert [] == [button.label[:80] for button in app.button if len(button.label) > 200]
    assert 100 == max(map(len, alts(app)))
    look(app)
    assert 100 == max(map(len, alts(app)))
    assert [] == [button.label[:80] for button in app.button if len(button.label) > 200]
    assert [] == [caption.value[:80] for caption in app.caption if len(caption.value) > 200]
