"""Each program in examples/ does what it says, against a real gateway whose server bills."""

import json
import runpy
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from tests.discord import listening
from tests.serving import ROOT, in_thread, playground
from triptych.engine.serve import Engine

TOKEN = "a-token-of-the-examples"


@pytest.fixture(scope="module")
def gateway(running: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a gateway, for the programs of this file."""
    upstream = {"OPENAI_BASE_URL": running.base_url, "OPENAI_API_KEY": running.token}
    with playground(tmp_path_factory.mktemp("gateway"), TRIPTYCH_API_TOKEN=TOKEN, **upstream) as address:
        yield f"{address}/v1"


@pytest.fixture(autouse=True)
def surroundings(gateway: str, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", gateway)
    monkeypatch.setenv("OPENAI_API_KEY", TOKEN)


def example(name: str) -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "examples" / name))


def test_the_flask_app_shows_the_image_and_what_it_cost_or_says_why_there_is_none(engine: Engine) -> None:
    names = example("flask_app.py")
    with names["client"], names["app"].test_client() as browser:
        empty, made = browser.get("/"), browser.post("/", data={"prompt": "A <b>boat</b>"})
        engine.faults.plan("moderation_input")
        refused = browser.post("/", data={"prompt": "A boat"})

    assert "<img" not in empty.text
    assert '<img src="http://127.0.0.1' in made.text
    assert 'alt="A &lt;b&gt;boat&lt;/b&gt;"' in made.text
    assert "<p>Cost: 0.0" in made.text
    assert ('<p role="alert">' in refused.text, "<img" in refused.text) == (True, False)


async def test_the_discord_bot_answers_with_an_image_and_its_cost_and_asks_for_patience() -> None:
    names = example("discord_bot.py")
    with listening() as server:
        _, made = await server.imagine(names["bot"], prompt="A boat")
        (patience,) = await server.imagine(names["bot"], prompt="Another boat")
        await names["bot"].close()
        await names["client"].close()

    (embed,) = made.payload["embeds"]
    assert "A boat" == embed["description"]
    assert embed["footer"]["text"].startswith("Cost: 0.0")
    assert ("image.png", b"\x89PNG") == next((name, data[:4]) for name, data in made.files.items())
    assert patience.payload["data"]["content"].startswith("Wait ")


async def test_the_discord_bot_says_in_words_why_there_is_no_image(engine: Engine) -> None:
    names = example("discord_bot.py")
    engine.faults.plan("moderation_input")
    with listening() as server:
        _, refused = await server.imagine(names["bot"], prompt="A boat")
        await names["bot"].close()
        await names["client"].close()

    assert refused.payload["content"].startswith("No image was made. ")
    assert {} == refused.files


def test_the_fastapi_page_shows_each_stage_then_the_image_and_its_cost_or_why_there_is_none(engine: Engine) -> None:
    with (
        in_thread(example("fastapi_page.py")["app"]) as address,
        httpx2.Client(base_url=address, timeout=60) as browser,
    ):
        page, made = browser.get("/"), browser.get("/image", params={"prompt": "A boat"})
        engine.faults.plan("moderation_input")
        refused = browser.get("/image", params={"prompt": "A boat"})

    assert "EventSource" in page.text
    *stages, end = made.text.strip().split("\n\n")
    assert ["data: iVBORw0KGgo"] * 3 == [stage[:17] for stage in stages]
    assert end.startswith("event: end\ndata: Cost: 0.0")
    assert ["event: end"] == [line for line in refused.text.splitlines() if not line.startswith("data: ") and line]


def test_the_notebook_compares_three_qualities_and_takes_the_second_time_from_the_history(engine: Engine) -> None:
    cells = json.loads((ROOT / "examples" / "notebook.ipynb").read_text("utf-8"))["cells"]
    program = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    first, second = dict[str, Any](), dict[str, Any]()
    for names in (first, second):
        exec(program, names)
        names["client"].close()

    costs = [Decimal(cost) for cost in first["costs"].values()]
    assert (sorted(costs), 3) == (costs, len(set(costs)))
    assert ["0"] * 3 == list(second["costs"].values())
    assert (1536, 512) == first["row"].size
    assert 3 == sum(entry.method == "POST" for entry in engine.log)
