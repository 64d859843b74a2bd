"""What came of a batch, on its page: rows answered from history, files with every column, and a row that is clicked."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from functools import partial
from typing import IO

import pytest
from streamlit.testing.v1 import AppTest

from components.batch import live_view
from components.batch.downloads import _made
from components.batch.tab_state import BatchTab
from components.state.services import Services
from tests.pages.batch_tab import column, opened, wrote
from tests.pages.kept import kept
from tests.pages.tabs import press, ran, words
from triptych.batch import read_table
from triptych.batch.exports import csv_of, jsonl_of, zip_of
from triptych.engine.serve import Engine


def test_rows_that_equal_earlier_runs_are_counted_before_money_is_spent_and_not_sent_again(
    app: AppTest, engine: Engine
) -> None:
    press(wrote(opened(app), "a red square", "a blue circle", quality="low"))

    wrote(app, "a blue circle", "a green boat", "a red square")
    assert "Up to 2 equal earlier runs: reused from history, no charge." in words(app)
    press(app)

    assert ["Done"] * 3 == column(app, "State")
    assert 3 == sum(entry.method == "POST" for entry in engine.log)


def file(process: Services, app: AppTest, kind: str) -> bytes:
    """What the button for a file of that kind hands out."""
    batch = process.batches.open("local", str(kept(app, BatchTab).open))
    make: dict[str, Callable[[IO[bytes]], object]] = {
        "zip": lambda out: out.writelines(zip_of(batch, process.store)),
        "csv": partial(csv_of, batch),
        "jsonl": partial(jsonl_of, batch),
    }
    assert any(f"batch_{kind}" in one.proto.id for one in app.get("download_button"))
    return _made(batch, make[kind])


def test_its_images_and_rows_are_downloaded_with_every_column(app: AppTest, process: Services) -> None:
    opened(app)
    kept(app, BatchTab).table = read_table("foxes.csv", b"prompt,sku\na fox,=1+1\na hare,B\n" + b"x" * 40_000 + b",C\n")
    press(ran(app))
    assert ["Done", "Done"] == column(app, "State")

    with zipfile.ZipFile(io.BytesIO(file(process, app, "zip"))) as images:
        assert {"002-a-fox.png", "003-a-hare.png"} <= {*images.namelist()}
        assert {"002-a-fox.json", "003-a-hare.json"} <= {*images.namelist()}
    rows = list(csv.DictReader(io.StringIO(file(process, app, "csv").decode("utf-8-sig"))))
    assert ["'=1+1", "B", "C"] == [row["sku"] for row in rows]
    assert ["done", "done", "impossible"] == [row["result_status"] for row in rows]
    assert "002-a-fox.png" == rows[0]["result_files"]
    told = [json.loads(line) for line in file(process, app, "jsonl").splitlines()]
    assert ["=1+1", "B", "C"] == [line["sku"] for line in told]


def large(app: AppTest) -> list[str]:
    """Which image the large view is open on, and its prompt."""
    (window,) = app.get("dialog")
    return [one.value for one in window.text if " of " in one.value or "a " in one.value]


def test_a_row_that_is_clicked_right_after_its_run_shows_its_image_and_goes_to_compare(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_view, "rows_table", lambda own, addresses=None: None if addresses else own.states[0])
    press(wrote(opened(app), "a fox\na hare", quality="low"))

    assert "Row 1 · Done" == app.header[0].value
    assert app.get("image")

    next(one for one in app.button if str(one.key).startswith("enlarge_")).click().run()
    assert ["1 of 2", "a fox"] == large(app)
    assert {"Row", "Model", "Would have cost"} <= {*app.table[0].value.iloc[:, 0]}
    app.button(key="large_next").click().run()
    assert ["2 of 2", "a hare"] == large(app)

    next(one for one in app.button if str(one.key).startswith("compare_batch_")).click().run()

    assert not app.exception
    assert ("Compare", "a fox") == (app.title[0].value, app.text_area(key="prompt").value)
