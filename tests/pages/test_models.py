"""The Models page: dates, prices, what each takes, and what only the server knows."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.state.services import Services
from tests import forks
from tests.clock import stop_at
from tests.pages.made import drawn
from tests.pages.servers import listing
from tests.pages.tabs import read
from tests.serving import ROOT
from triptych.catalog import MODELS
from triptych.settings import settings
from triptych.text_models import TEXT_MODELS, TOLD

pytestmark = pytest.mark.usefixtures("framed")
PATIENCE = 60.0


def tab() -> AppTest:
    opened = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE).run()
    return opened.switch_page("pages/models.py").run()


def rows(page: AppTest, index: int) -> dict[str, dict[str, Any]]:
    """A table's rows by model, without the marks of Markdown."""
    records = page.table[index].value.to_dict("records")
    return {bare(record["Model"]): {name: bare(cell) for name, cell in record.items()} for record in records}


def bare(cell: str) -> str:
    text = plainly(cell)
    return text[text.index("[") + 1 : -1] if text.startswith(":") else text


def test_every_model_of_the_catalog_is_there(process: Services) -> None:
    page = tab()

    for index in (0, 1, 2):
        assert list(MODELS) == list(rows(page, index))
    assert not page.exception


def test_a_model_is_used_or_compared_with_one_press(process: Services) -> None:
    page = tab()
    lines = [button.key for button in page.button if str(button.key).startswith("use_")]
    assert "use_gpt-image-2.6-sunburst" in lines
    assert not {"use_gpt-image-2-2026-04-21", "use_dall-e-3"} & set(lines)

    page.button(key="use_gpt-image-2.6-sunburst").click().run()

    assert ("Generate", "gpt-image-2.6-sunburst") == (page.title[0].value, page.session_state["model"])
    page.switch_page("pages/models.py").run()
    page.button(key="compare_gpt-image-2").click().run()
    assert ("Compare", ["gpt-image-2.6-sunburst", "gpt-image-2"]) == (
        page.title[0].value,
        page.session_state["compare_values_model"],
    )
    assert not page.exception


def test_ones_own_images_stand_beside_the_prices_of_their_qualities(process: Services) -> None:
    drawn(process.store, "mine", model="gpt-image-2", quality="low")
    drawn(process.store, "theirs", model="gpt-image-2", quality="high", owner="ada@example.org", colour=3)

    assert ["mine"] == [image.proto.imgs[0].alt for image in tab().get("image")]


def test_dates_and_rates_are_told(process: Services) -> None:
    dates = rows(tab(), 0)

    assert ("Sep 8, 2026", "no date", "30.00") == tuple(
        dates["gpt-image-2.5-flare"][name] for name in ("Released", "Retires", "Image out")
    )
    assert ("May 12, 2026 · retired", "gpt-image-2.6-flare", "unknown") == tuple(
        dates["dall-e-3"][name] for name in ("Retires", "Replaced by", "Image out")
    )


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-11-29", "Retires Dec 1, 2026 · in 2 days · then gpt-image-2.6-sunburst"),
        ("2026-11-30", "Retires Dec 1, 2026 · tomorrow · then gpt-image-2.6-sunburst"),
        ("2026-12-01", ""),
    ],
)
def test_a_model_counts_down_and_then_leaves_those_to_use(
    process: Services, monkeypatch: pytest.MonkeyPatch, day: str, words: str
) -> None:
    stop_at(monkeypatch, day, "components.models.overview", "components.models.table")

    page = tab()

    said = [re.sub(r":orange\[(.*?)\]", r"\1", plainly(caption.value)) for caption in page.caption]
    assert bool(words) == (words in said)
    assert bool(words) == ("use_gpt-image-1.5" in [button.key for button in page.button])
    assert "gpt-image-1.5" in rows(page, 0)


def plainly(text: str) -> str:
    return text.replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")


def test_what_is_shut_down_is_grey(process: Services) -> None:
    shades = {cell: cell.startswith(":gray[") for cell in tab().table[0].value["Model"]}

    assert {"dall-e-3", "dall-e-2", "gpt-image-1"} <= {bare(cell) for cell, is_grey in shades.items() if is_grey}
    assert "gpt-image-2.6-flare" in {bare(cell) for cell, is_grey in shades.items() if not is_grey}


def test_prices_follow_the_size(process: Services) -> None:
    page = tab()
    square = rows(page, 1)
    page.selectbox(key="matrix_size").set_value("3840x2160").run()
    large = rows(page, 1)

    assert ("0.006", "0.053", "0.211", "–") == tuple(
        square["gpt-image-2"][quality] for quality in ("low", "medium", "high", "xhigh")
    )
    assert ("0.040–0.053", "unknown") == (square["gpt-image-2.6-flare"]["medium"], square["dall-e-3"]["hd"])
    assert ("0.100", "–") == (large["gpt-image-2"]["medium"], large["gpt-image-1.5"]["medium"])


def test_what_a_model_takes_is_told(process: Services) -> None:
    takes = rows(tab(), 2)

    assert "low, medium, high, xhigh, max" == takes["gpt-image-2.6-flare"]["Qualities"]
    assert "png, webp, jpeg, gif, svg" == takes["gpt-image-2.6-flare"]["Formats"]
    assert ("1", "no") == (takes["dall-e-3"]["Images at once"], takes["dall-e-3"]["Streams"])


def test_every_fact_names_its_source(process: Services) -> None:
    page = tab()
    page.selectbox(key="source_of").set_value("gpt-image-1-mini").run()

    facts = {row["Fact"]: row for row in page.table[3].value.to_dict("records")}

    assert "OpenAI's deprecations page, 2026-11" == bare(facts["Retires"]["Source"])
    assert "OpenAI's model page" == bare(facts["Rates"]["Source"])
    assert all(row["Source"] for row in facts.values())


def test_the_text_models_stand_with_their_rates_and_who_says_them(process: Services) -> None:
    told = {bare(row["Text model"]): row for row in tab().table[4].value.to_dict("records")}

    assert list(TEXT_MODELS) == list(told)
    assert ("0.20", "1.20", TOLD) == tuple(
        bare(told["gpt-5.6-luna"][name]) for name in ("Text in", "Text out", "Source")
    )
    assert ("price unknown", "price unknown", "none found") == tuple(
        told["gpt-6-luna"][name] for name in ("Text in", "Text out", "Source")
    )


def test_every_table_says_what_it_is(process: Services) -> None:
    tables = tab().table

    assert len(tables) >= 4
    assert all(table.proto.alt for table in tables)


def test_what_only_the_server_lists_is_there_with_its_price_unknown(
    process: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listing({"id": "**flux**", "shutdown_date": "2099-01-02"}, {"id": "gpt-image-2"}) as stub:
        monkeypatch.setenv("OPENAI_BASE_URL", stub.base_url)
        settings.cache_clear()
        page = read(tab())

    stranger = page.table[1].value.to_dict("records")[0]
    assert ("\\*\\*flux\\*\\*", "price unknown", "Jan 2, 2099") == (
        stranger["Model"],
        stranger["Price"],
        bare(stranger["Retires"]),
    )
    assert ("yes", "no") == tuple(rows(page, 0)[name]["On this server"] for name in ("gpt-image-2", "dall-e-2"))


# The catalog is read when it is imported, so a file of one's own needs a process of its own.
SCRIPT = """
import json, sys
from streamlit.testing.v1 import AppTest
page = AppTest.from_file(sys.argv[1], default_timeout=60).run()
first = [error.value for error in page.error]
page.switch_page("pages/models.py").run()
print(json.dumps({
    "exceptions": len(page.exception), "first": first, "captions": [caption.value for caption in page.caption],
}))
import os; sys.stdout.flush(); os._exit(0)
"""


def with_catalog(folder: Path, text: str) -> dict[str, Any]:
    (folder / "catalog.toml").write_text(text, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TRIPTYCH_CATALOG": str(folder / "catalog.toml")}
    ended = forks.run("-c", SCRIPT, str(ROOT / "app.py"), cwd=folder, environment=environment)
    ended.check_returncode()
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def test_what_a_file_of_ones_own_changes_is_said(tmp_path: Path) -> None:
    found = with_catalog(tmp_path, '["gpt-image-2".rates]\nimage_out = 25\n["my-model"]\nlike = "gpt-image-2"\n')

    changed = [caption.replace("\\", "") for caption in found["captions"] if "CATALOG" in caption]
    assert [":material/edit_note: Added or changed by TRIPTYCH_CATALOG: gpt-image-2, my-model."] == changed
    assert ([], 0) == (found["first"], found["exceptions"])


def test_a_file_that_cannot_be_used_is_told_in_words_on_the_page(tmp_path: Path) -> None:
    found = with_catalog(tmp_path, '["gpt-image-2"]\nprice = 1\n')

    assert ["TRIPTYCH_CATALOG: [gpt-image-2] has unknown keys: price."] == [
        said.replace("\\", "") for said in found["first"]
    ]
    assert 0 == found["exceptions"]


def test_a_file_that_cannot_be_used_is_told_in_words_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "catalog.toml").write_text('["gpt-image-2"\n', encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TRIPTYCH_CATALOG": str(tmp_path / "catalog.toml")}

    ended = forks.run("-m", "triptych.cli", "--port=0", "--headless", cwd=tmp_path, environment=environment)

    assert (1, "") == (ended.returncode, ended.stdout)
    assert ended.stderr.startswith("Change the setting: TRIPTYCH_CATALOG cannot be read: ")
    assert 1 == len(ended.stderr.splitlines())
