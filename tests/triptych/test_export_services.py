"""The request as a Flask endpoint and as a Discord bot, run as they stand."""

import runpy
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.discord import Said, listening
from tests.triptych.test_export import FAST, edit, pixels
from triptych.engine.serve import Engine
from triptych.export import discord, flask
from triptych.inputs import measured
from triptych.request import ImageRequest
from triptych.servers import OPENAI

Run = Callable[[Any, ImageRequest], dict[str, Any]]
Imagine = Callable[..., Awaitable[list[Said]]]


@pytest.fixture
def run(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Save the program in the working directory, run it as a module, and give its names."""
    monkeypatch.setenv("OPENAI_API_KEY", engine.token)

    def names(write: Any, request: ImageRequest) -> dict[str, Any]:
        Path("service.py").write_text(write(request, engine.base_url, OPENAI), encoding="utf-8")
        return runpy.run_path("service.py")

    return names


def form(data: bytes) -> str:
    found = measured(data)
    assert found
    return found[0].name


@contextmanager
def browser(names: dict[str, Any]) -> Iterator[FlaskClient]:
    """Asks the endpoint of a program."""
    with names["client"], names["app"].test_client() as client:
        yield client


@asynccontextmanager
async def people(names: dict[str, Any]) -> AsyncIterator[Imagine]:
    """Says /imagine to the bot of a program."""
    with listening() as server:
        yield partial(server.imagine, names["bot"])
        await names["bot"].close()
        await names["client"].close()


def test_the_endpoint_answers_a_prompt_with_its_image(run: Run, engine: Engine) -> None:
    request = replace(FAST, n=3, partial_images=2, output_format="webp")
    with browser(run(flask, request)) as client:
        own, given = client.post("/image"), client.post("/image", data={"prompt": "A boat in a storm"})

    assert [(200, "image/webp")] * 2 == [(one.status_code, one.mimetype) for one in (own, given)]
    assert ["webp"] * 2 == [form(one.data) for one in (own, given)]
    assert pixels(own.data) != pixels(given.data)
    assert [(1, False)] * 2 == [(entry.n, entry.stream) for entry in engine.log]


@pytest.mark.parametrize(
    ("fault", "status", "said"),
    [("moderation_input", 400, "safety"), ("server_error", 502, "server failed"), ("empty", 502, "holds none")],
)
def test_the_endpoint_says_in_words_why_there_is_no_image(
    run: Run, engine: Engine, fault: str, status: int, said: str
) -> None:
    engine.faults.plan(fault)
    with browser(run(flask, FAST)) as client:
        answer = client.post("/image", data={"prompt": "A boat"})

    assert (status, "text/plain") == (answer.status_code, answer.mimetype)
    assert answer.text.startswith("No image was made.")
    assert said in answer.text


async def test_the_bot_answers_a_prompt_with_its_images(run: Run) -> None:
    async with people(run(discord, replace(FAST, n=2))) as imagine:
        waits, answer = await imagine(prompt="A boat")

    assert 5 == waits.payload["type"]
    assert ["image-1.png", "image-2.png"] == list(answer.files)
    assert ["png"] * 2 == [form(data) for data in answer.files.values()]


@pytest.mark.parametrize("fault", ["moderation_input", "server_error", "empty"])
async def test_the_bot_says_in_words_why_there_is_no_image_and_asks_for_patience(
    run: Run, engine: Engine, fault: str
) -> None:
    engine.faults.plan(fault)
    async with people(run(discord, FAST)) as imagine:
        _, refused = await imagine(prompt="A boat")
        (patience,) = await imagine(prompt="Another")

    assert refused.payload["content"].startswith("No image was made.")
    assert {} == refused.files
    assert patience.payload["data"]["content"].startswith("Wait ")


def test_the_endpoint_of_an_edit_takes_its_files_along(run: Run, engine: Engine) -> None:
    with browser(run(flask, edit()[0])) as client:
        sent = client.post("/image", data={"prompt": "A boat"}).data

    assert ("png", ["/v1/images/edits"]) == (form(sent), [entry.path for entry in engine.log])


async def test_the_bot_of_an_edit_takes_its_files_along(run: Run, engine: Engine) -> None:
    async with people(run(discord, edit()[0])) as imagine:
        *_, answer = await imagine(prompt="A boat")

    assert ["png"] == [form(data) for data in answer.files.values()]
    assert ["/v1/images/edits"] == [entry.path for entry in engine.log]
