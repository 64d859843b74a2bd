"""Each program of docs/cookbook.md runs as it stands and does what is said of it, against one demo gateway."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from PIL import Image

from tests.discord import listening
from tests.serving import ROOT, playground

TOKEN = "a-token-of-the-cookbook"
COOKBOOK = (ROOT / "docs" / "cookbook.md").read_text("utf-8")
SECTIONS = [text.split("\n", 1) for text in COOKBOOK.split("\n## ")[1:]]
PROGRAMS = {heading: re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0] for heading, text in SECTIONS}

Run = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A playground that draws with its own demo engine; gives the folder of its log."""
    with playground(tmp_path_factory.mktemp("gateway"), TRIPTYCH_API_TOKEN=TOKEN) as address:
        yield f"{address}/v1"


@pytest.fixture
def run(gateway: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the program below a heading where a photo and its mask are; gives its names."""
    monkeypatch.setenv("OPENAI_BASE_URL", gateway)
    monkeypatch.setenv("OPENAI_API_KEY", TOKEN)
    Image.new("RGB", (64, 64), "teal").save("photo.png")
    hole = Image.new("RGBA", (64, 64), "black")
    hole.paste((0, 0, 0, 0), (16, 16, 48, 48))
    hole.save("mask.png")

    def program(heading: str) -> dict[str, Any]:
        names = {"__name__": "program"}
        exec(PROGRAMS[heading], names)
        return names

    return program


@pytest.fixture
def out(run: Run, capsys: pytest.CaptureFixture[str]) -> Callable[[str], str]:
    """Runs the program and gives what it printed."""

    def printed(heading: str) -> str:
        run(heading)
        return capsys.readouterr().out

    return printed


def saved() -> dict[str, tuple[str | None, str]]:
    """The images that a program wrote, each with its format and mode."""
    found = {}
    for path in sorted(Path().iterdir()):
        if path.suffix in {".png", ".webp"} and path.name not in {"photo.png", "mask.png"}:
            with Image.open(path) as image:
                found[path.name] = (image.format, image.mode)
    return found


def opened(links: str) -> list[tuple[int, str]]:
    return [(one.status_code, one.headers["content-type"]) for one in map(httpx2.get, links.split())]


def test_every_program_is_run_here() -> None:
    tested = set(re.findall(r'(?:out|run)\("(.+?)"\)', Path(__file__).read_text("utf-8")))

    assert (COOKBOOK.count("```python"), tested) == (len(PROGRAMS), set(PROGRAMS))


def test_a_link_opens(out: Callable[[str], str]) -> None:
    assert [(200, "image/png")] == opened(out("A link to an image"))


def test_the_bytes_are_there_and_what_they_cost(out: Callable[[str], str]) -> None:
    assert re.fullmatch(r"0 dollars, [0-9a-f]{64}\n", out("The bytes of an image, and what it cost"))
    assert {"lighthouse.png": ("PNG", "RGB")} == saved()


def test_the_background_is_transparent(run: Run) -> None:
    run("A transparent background")

    assert {"boat.webp": ("WEBP", "RGBA")} == saved()


def test_there_are_four(run: Run) -> None:
    run("Four at once")

    assert {f"lighthouse-{number}.png": ("PNG", "RGB") for number in range(1, 5)} == saved()


def test_an_image_is_edited_inside_its_mask(run: Run) -> None:
    run("Inpainting")

    assert ["edited.png"] == list(saved())


@pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")  # the SDK's word on this endpoint
def test_there_are_two_variations(run: Run) -> None:
    run("Variations")

    assert ["variation-1.png", "variation-2.png"] == list(saved())


def test_a_retried_image_opens(out: Callable[[str], str]) -> None:
    assert [(200, "image/png")] == opened(out("Try again without paying twice"))


def test_each_of_many_opens(out: Callable[[str], str]) -> None:
    assert [(200, "image/png")] * 3 == opened(out("Many at the same time"))


def test_the_second_comes_from_the_history(out: Callable[[str], str]) -> None:
    assert "hit 0" == out("An equal request from the history").splitlines()[1]


def test_the_endpoint_answers_with_an_image_or_in_words(run: Run) -> None:
    names = run("A Flask endpoint")
    with names["client"], names["app"].test_client() as browser:
        made, refused = browser.post("/image", data={"prompt": "A boat"}), browser.post("/image")

    assert (200, "image/png", 502) == (made.status_code, made.mimetype, refused.status_code)
    assert "prompt" in refused.text


async def test_the_bot_answers_with_an_image_or_in_words(run: Run) -> None:
    names = run("A Discord command")
    with listening() as server:
        _, made = await server.imagine(names["bot"], prompt="A boat")
        _, refused = await server.imagine(names["bot"], prompt="x" * 40_000)
        await names["bot"].close()
        await names["client"].close()

    assert (["image.png"], {}) == (list(made.files), refused.files)
    assert refused.payload["content"].startswith("No image was made. ")
