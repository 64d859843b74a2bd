"""A turn of a conversation as code that runs: what it sends, and what it saves."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.serving import in_thread
from tests.triptych.client.raw import b64, png
from tests.triptych.client.turns import CALL, WORDS, response, turn
from tests.triptych.masked import FILES, MASKED
from tests.triptych.test_export import NASTY, run
from triptych.client.turn_call import with_images
from triptych.engine.serve import Engine
from triptych.export import Language, files
from triptych.export.turn_code import TURN_LANGUAGES
from triptych.inputs import format_of
from triptych.request import ImageRequest, TurnOptions
from triptych.servers import OPENAI

EVERY = pytest.mark.parametrize("language", TURN_LANGUAGES, ids=lambda language: language.label)
TWO = [{**CALL, "id": f"ig_{edge}", "result": b64(png(edge))} for edge in (8, 16)]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The code runs in a folder of its own."""
    monkeypatch.chdir(tmp_path)


@dataclass
class Server:
    """What was sent to it; it is at work when asked first, and done when asked again."""

    base_url: str = ""
    bodies: list[Any] = field(default_factory=list)
    keys: set[str | None] = field(default_factory=set)


@contextmanager
def answering() -> Iterator[Server]:
    here = Server()

    async def post(request: Request) -> JSONResponse:
        here.bodies.append(await request.json())
        here.keys.add(request.headers.get("authorization"))
        return JSONResponse(response("in_progress"))

    async def get(request: Request) -> JSONResponse:
        here.keys.add(request.headers.get("authorization"))
        return JSONResponse(response("completed", WORDS, *TWO))

    routes = [Route("/v1/responses", post, methods=["POST"]), Route("/v1/responses/resp_1", get)]
    with in_thread(Starlette(routes=routes)) as address:
        here.base_url = f"{address}/v1"
        yield here


@EVERY
def test_the_code_sends_the_turn_once_as_it_was_asked_and_saves_every_image(language: Language) -> None:
    options = TurnOptions(previous="resp_0", effort="low", forced=True, action="edit", style=NASTY)
    request = ImageRequest(model="gpt-image-2", prompt=NASTY, safety_identifier="u1", turn=options, **MASKED)
    for name, sha256 in files(request).items():
        Path(name).write_bytes(FILES[sha256])
    shown = [("", FILES[one.sha256], format_of(one.format).media_type) for one in request.images]
    assert request.mask
    asked = {name: value for name, value in request.api_kwargs(OPENAI).items() if name != "stream"}
    sent = with_images(asked, {"image": shown, "mask": ("", FILES[request.mask.sha256], "image/png")})

    with answering() as server:
        done = run(language, language.write(request, server.base_url, OPENAI), "sk-test")

    assert (0, "") == (done.returncode, done.stderr)
    assert [sent] == server.bodies
    assert {"Bearer sk-test"} == server.keys
    assert "Here is\nyour fox." in done.stdout
    assert [png(8), png(16)] == [Path(f"image-{number}.png").read_bytes() for number in (1, 2)]
    assert [] == list(Path().rglob("hacked"))


@EVERY
def test_the_code_runs_against_the_demo_engine_and_what_fails_is_loud(
    language: Language,
    engine: Engine,
) -> None:
    code = language.write(turn("a red fox"), engine.base_url, OPENAI)

    done = run(language, code, engine.token)

    assert (0, "") == (done.returncode, done.stderr)
    assert png()[:8] == Path("image-1.png").read_bytes()[:8]
    assert engine.token not in code
    refused = run(language, language.write(turn(previous="resp_gone"), engine.base_url, OPENAI), engine.token)
    assert refused.returncode
    assert "resp_gone" in refused.stderr
