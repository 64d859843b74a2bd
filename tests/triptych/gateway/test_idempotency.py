"""The same key and body never pays twice: not at once, not later, not after a restart or a kill."""

import http.client
import json
import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import openai
import pytest
from openai import OpenAI

from tests.serving import playground
from tests.triptych.client.raw import b64
from tests.triptych.gateway.conftest import MODEL, TOKEN, Gateway
from tests.triptych.gateway.upstream import Upstream
from triptych.engine.serve import Engine
from triptych.store.files.spool import FOLDER


def posts(engine: Engine) -> int:
    return sum(entry.method == "POST" for entry in engine.log)


def keyed(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


def test_the_same_key_and_body_get_the_stored_answer(sdk: OpenAI, engine: Engine) -> None:
    draw = sdk.images.with_raw_response.generate

    first, again = (draw(model=MODEL, prompt="once", n=2, extra_headers=keyed("one")) for _ in range(2))

    assert 1 == posts(engine)
    assert first.headers["x-triptych-sha256"] == again.headers["x-triptych-sha256"]
    assert ("miss", "hit", "0") == (
        first.headers["x-triptych-cache"],
        again.headers["x-triptych-cache"],
        again.headers["x-triptych-cost-usd"],
    )
    assert [one.b64_json for one in first.parse().data or []] == [one.b64_json for one in again.parse().data or []]


def test_the_same_key_with_another_body_is_refused(sdk: OpenAI, engine: Engine) -> None:
    sdk.images.generate(model=MODEL, prompt="this", extra_headers=keyed("two"))

    with pytest.raises(openai.ConflictError) as refused:
        sdk.images.generate(model=MODEL, prompt="that", extra_headers=keyed("two"))

    assert ("idempotency_key_reused", 1) == (refused.value.code, posts(engine))


def test_many_at_once_under_one_key_wait_for_the_one_that_is_sent(gateway: Gateway, engine: Engine) -> None:
    def draw(_number: int) -> str:
        with gateway.sdk() as sdk:
            told = sdk.images.with_raw_response.generate(model=MODEL, prompt="at once", extra_headers=keyed("three"))
            return told.headers["x-triptych-sha256"]

    with ThreadPoolExecutor(8) as clients:
        digests = set(clients.map(draw, range(8)))

    assert (1, 1) == (len(digests), posts(engine))


def test_what_failed_without_being_charged_may_be_tried_again_under_its_key(sdk: OpenAI, engine: Engine) -> None:
    engine.faults.plan("moderation_input")
    with pytest.raises(openai.BadRequestError):
        sdk.images.generate(model=MODEL, prompt="again", extra_headers=keyed("four"))

    assert sdk.images.generate(model=MODEL, prompt="again", extra_headers=keyed("four")).data


def test_what_may_have_been_charged_is_not_sent_again_under_its_key(gateway: Gateway, engine: Engine) -> None:
    engine.faults.plan("cut")
    with gateway.sdk(retries=2) as sdk:
        for _ in range(2):
            with pytest.raises(openai.InternalServerError) as refused:
                sdk.images.generate(model=MODEL, prompt="cut off", extra_headers=keyed("five"))
            assert "outcome_unknown" == refused.value.code

    assert 1 == posts(engine)


@pytest.mark.parametrize("key", ["", "a b", "x" * 256])
def test_a_key_that_is_none_is_refused(sdk: OpenAI, engine: Engine, key: str) -> None:
    with pytest.raises(openai.BadRequestError):
        sdk.images.generate(model=MODEL, prompt="once", extra_headers=keyed(key))

    assert 0 == posts(engine)


def sent(address: str, prompt: str, key: str) -> http.client.HTTPConnection:
    """A connection on which a request has gone out, and whose answer nobody has read."""
    url = urlsplit(address)
    wire = http.client.HTTPConnection(url.hostname or "", url.port, timeout=120)
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json", **keyed(key)}
    wire.request("POST", "/v1/images/generations", json.dumps({"model": MODEL, "prompt": prompt}), headers)
    return wire


@pytest.fixture
def upstream_that_waits() -> Iterator[Upstream]:
    upstream = Upstream()
    yield upstream
    upstream.end()


def test_a_client_that_hangs_up_finds_its_image_under_its_key(tmp_path: Path, upstream_that_waits: Upstream) -> None:
    upstream = upstream_that_waits
    with playground(tmp_path, **upstream.environment) as address:
        wire = sent(address, "left alone", "six")
        assert upstream.asked.wait(60)
        wire.close()
        upstream.draw()
        with Gateway(address, tmp_path).sdk() as sdk:
            answer = sdk.images.generate(model=MODEL, prompt="left alone", extra_headers=keyed("six"))

    assert [b64()] == [one.b64_json for one in answer.data or []]
    assert 1 == upstream.posts


def test_a_gateway_killed_in_the_middle_of_a_call_has_the_image_under_its_key(
    tmp_path: Path, upstream_that_waits: Upstream
) -> None:
    upstream = upstream_that_waits
    upstream.hangs = True  # all of the image has come, and the answer has not ended
    upstream.draw()
    with playground(tmp_path, **upstream.environment) as address:
        wire = sent(address, "killed", "eight")
        until(lambda: any(b64().encode() in file.read_bytes() for file in spooled(tmp_path)))
        with sqlite3.connect(tmp_path / "home" / "triptych.db") as connection:
            ((pid,),) = connection.execute("SELECT pid FROM processes").fetchall()
        os.kill(pid, signal.SIGKILL)
        wire.close()

    with playground(tmp_path, **upstream.environment) as address, Gateway(address, tmp_path).sdk() as sdk:
        answer = sdk.images.generate(model=MODEL, prompt="killed", extra_headers=keyed("eight"))

    assert [b64()] == [one.b64_json for one in answer.data or []]
    assert 1 == upstream.posts


def spooled(folder: Path) -> list[Path]:
    """The files of answers that have come and are not in the history yet."""
    return [file for file in (folder / "home" / FOLDER).rglob("*") if file.is_file()]


def until(there: Callable[[], bool]) -> None:
    """Wait for what another process does."""
    deadline = time.monotonic() + 60
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_after_a_restart_the_image_comes_under_its_key(
    tmp_path: Path, engine: Engine, upstream: dict[str, str]
) -> None:
    digests = []
    for _ in range(2):
        with playground(tmp_path, **upstream) as address, Gateway(address, tmp_path).sdk() as sdk:
            told = sdk.images.with_raw_response.generate(model=MODEL, prompt="kept", extra_headers=keyed("seven"))
            digests.append(told.headers["x-triptych-sha256"])

    assert digests[0] == digests[1]
    assert 1 == posts(engine)
