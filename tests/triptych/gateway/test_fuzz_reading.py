"""What programs may send to the gateway, read in this process: no body of any form does more than be refused."""

import asyncio
import json
import random
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request
from starlette.types import Message

from tests.fuzzing import cases, changed, run
from tests.triptych.client.raw import b64
from triptych import gateway
from triptych.gateway.reading import understood
from triptych.servers import DEMO
from triptych.wire import asks
from triptych.wire.refusals import Refusal, invalid

URL = f"data:image/png;base64,{b64()}"
BODY = {
    "model": "gpt-image-2.6-flare",
    "prompt": "a fox",
    "n": 1,
    "size": "1024x1024",
    "quality": "low",
    "user": "me",
    "stream": False,
    "svg": {"model": "gpt-5.6-luna", "reasoning": {"effort": "low"}},
}
EDIT = {**BODY, "images": [{"image_url": URL}], "mask": {"image_url": URL}}
EDGE = "an-edge-of-parts"
NAMES = (
    "model",
    "prompt",
    "n",
    "size",
    "svg",
    "svg[model]",
    "svg[reasoning][effort]",
    "n[a]",
    "image",
    "mask",
    "]",
    "[",
)


def nowhere(id: str, param: str) -> asks.Upload:  # noqa: A002 - the API's own word
    raise invalid(param, f"No file {id}.")


def asked(body: bytes, kind: str, media_type: str = "application/json") -> asks.Ask:
    """The body as it is read of the wire."""
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Message:
        return next(messages)

    scope = {"type": "http", "headers": [(b"content-type", media_type.encode())], "method": "POST", "path": "/"}
    return asyncio.run(asks.read(Request(scope, receive), kind, nowhere))


def taken(body: bytes, kind: str, media_type: str = "application/json") -> None:
    """Read it to the end: what can be sent on has no problem left and can be written as UTF-8, all else is refused."""
    try:
        request = understood(asked(body, kind, media_type), DEMO).request
    except Refusal:
        return
    if not request.problems(DEMO):
        json.dumps(request.to_json(), ensure_ascii=False).encode()


@cases(400)
def test_bent_json_is_refused_or_can_be_sent_on(seeds: int | None) -> None:
    def case(chance: random.Random) -> None:
        whole, kind = chance.choice(((BODY, "generation"), (EDIT, "edit")))
        for _ in range(chance.randint(1, 3)):
            whole = changed(chance, whole)
        taken(json.dumps(whole).encode(), kind)

    run(seeds, case)


@cases(400)
def test_bent_forms_are_refused_or_can_be_sent_on(seeds: int | None) -> None:
    def case(chance: random.Random) -> None:
        values: tuple[Callable[[], bytes], ...] = (lambda: b"x", lambda: b"1", lambda: b"", lambda: chance.randbytes(9))
        parts = []
        for _ in range(chance.randint(1, 8)):
            name, value = chance.choice(NAMES), chance.choice(values)()
            file = '; filename="a.png"' if chance.random() < 0.2 else ""
            head = f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
            parts.append(head.encode() + value + b"\r\n")
        body = b"".join(parts) + f"--{EDGE}--\r\n".encode()
        taken(body, chance.choice(("edit", "variation")), f"multipart/form-data; boundary={EDGE}")

    run(seeds, case)


@pytest.mark.parametrize(
    "body",
    [
        b'{"model": "m", "prompt": "\\ud800"}',
        b'{"model": "\\ud800", "prompt": "x"}',
        b'{"model": "m", "prompt": "x", "user": "\\udfff"}',
    ],
    ids=["prompt", "model", "user"],
)
def test_half_a_character_is_refused_before_anything_is_sent(body: bytes) -> None:
    ask = asked(body.replace(b'"m"', b'"gpt-image-2.6-flare"'), "generation")

    assert [
        problem.sentence for problem in understood(ask, DEMO).request.problems(DEMO) if "half a" in problem.sentence
    ]


def test_a_data_url_that_is_no_ascii_is_refused() -> None:
    with pytest.raises(Refusal, match="Invalid base64 image"):
        asked('{"images": [{"image_url": "data:image/png;base64,é"}]}'.encode(), "edit")


def test_a_json_bomb_takes_no_more_memory_than_it_has_bytes() -> None:
    body = b'{"images": [' + b"[]," * 1_000_000 + b"[]]}"
    tracemalloc.start()
    try:
        with pytest.raises(Refusal, match="could not parse the JSON"):
            asked(body, "edit")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 3 * len(body)


def called(**lines: str) -> dict[str, Any]:
    headers = [(name.encode(), value.encode()) for name, value in {"authorization": "Bearer secret", **lines}.items()]
    path = "/v1/images/edits"
    return {"type": "http", "method": "POST", "path": path, "root_path": "", "headers": headers, "query_string": b""}


async def status(bodies: "list[bytes | None]", app: Any) -> int:
    """The status of a call whose body comes in these pieces; None is one that never does."""
    waiting, answered = iter(bodies), asyncio.get_running_loop().create_future()

    async def receive() -> Message:
        piece = next(waiting)
        if piece is None:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": piece, "more_body": True}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answered.set_result(message["status"])

    await app(called(), receive, send)
    return int(await answered)


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A gateway that never gets as far as its process."""
    from triptych.settings import settings

    monkeypatch.setenv("TRIPTYCH_API_TOKEN", "secret")
    settings.cache_clear()

    def process() -> Any:
        raise AssertionError("nothing is begun for a body that never came")

    return gateway.make_app(process)


async def test_a_body_that_does_not_come_is_given_up(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway.bodies, "LONGEST", 0.05)

    assert 408 == await status([b"{", None], app)


async def test_no_more_bodies_are_held_at_once_than_there_is_room_for(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway.bodies, "MOST_HELD", 3 << 20)
    piece = b" " * (1 << 20)
    first = asyncio.create_task(status([piece, piece, None], app))
    await asyncio.sleep(0)

    assert 429 == await status([piece, piece, None], app)

    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    monkeypatch.setattr(gateway.bodies, "LONGEST", 0.05)
    assert 408 == await status([piece, piece, None], app), "the room of the one that left is free again"
