"""The engine as a server: its port, its token, its pace, and its end."""

import asyncio
import gc
import re
import socket
import threading
import time
from contextlib import suppress

import httpx2
import openai
import pytest
from openai import AsyncOpenAI, OpenAI

from tests.serving import free_port
from tests.triptych.engine.conftest import PATIENCE
from tests.triptych.engine.wire import MODEL
from triptych.engine import answers
from triptych.engine.serve import Engine, Server

HASTE = httpx2.Timeout(PATIENCE, read=0.3)  # of whoever does not wait for an answer


def test_it_answers_as_soon_as_it_has_started_and_is_gone_when_stopped() -> None:
    engine = Engine.start(pace=0)
    status = httpx2.get(f"{engine.base_url}/models", headers={"Authorization": f"Bearer {engine.token}"}).status_code
    engine.stop()

    with socket.socket() as probe:
        refused = probe.connect_ex(("127.0.0.1", engine.port))

    assert 200 == status
    assert 0 != refused


def test_it_takes_the_port_and_token_it_is_given() -> None:
    port = free_port()

    engine = Engine.start(port=port, token="given", pace=0)

    try:
        assert (f"http://127.0.0.1:{port}/v1", "given") == (engine.base_url, engine.token)
    finally:
        engine.stop()


def test_a_taken_port_is_an_error(engine: Engine) -> None:
    with pytest.raises(OSError, match="in use"):
        Engine.start(port=engine.port)


def test_two_engines_have_their_own_tokens(engine: Engine) -> None:
    other = Engine.start(pace=0)

    try:
        with (
            OpenAI(base_url=other.base_url, api_key=engine.token, max_retries=0) as stranger,
            pytest.raises(openai.AuthenticationError),
        ):
            stranger.models.list()
    finally:
        other.stop()


def test_pace_spreads_partial_images_over_the_drawing_time(
    engine: Engine, client: OpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    until, waits = answers.until, list[float]()

    async def noted(started: float, seconds: float) -> None:
        waits.append(seconds)
        await until(started, seconds)

    monkeypatch.setattr(answers, "until", noted)
    engine.app.state.pace = 0.4
    started, seen = time.monotonic(), []

    try:
        for _ in client.images.generate(
            model=MODEL, prompt="a cat", size="1024x1024", quality="low", stream=True, partial_images=2
        ):
            seen.append(time.monotonic() - started)  # noqa: PERF401 - the moment of each is what counts
    finally:
        engine.app.state.pace = 0

    assert seen[0] >= 0.2
    assert seen[1] >= 0.4
    assert seen[2] >= 0.6
    assert pytest.approx([0.2, 0.4, 0.6]) == [each for each in waits if each]  # one before it may still end, at pace 0


async def test_many_are_drawn_at_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    drawing, all_are = [], asyncio.Event()  # used on the engine's own loop only

    async def until_all_are(_started: float, _seconds: float) -> None:
        drawing.append(_started)
        if len(drawing) == 6:
            all_are.set()
        await all_are.wait()

    monkeypatch.setattr(answers, "until", until_all_are)
    async with AsyncOpenAI(base_url=engine.base_url, api_key=engine.token, max_retries=0, timeout=PATIENCE) as client:
        drawn = await asyncio.gather(
            *(client.images.generate(model=MODEL, prompt=f"cat {i}", size="1024x1024", quality="low") for i in range(6))
        )

    assert 6 == len({one.data[0].b64_json for one in drawn if one.data})


async def test_whoever_hangs_up_stops_the_drawing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = threading.Event()

    async def for_ever(_started: float, _seconds: float) -> None:
        begun.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(answers, "until", for_ever)
    async with AsyncOpenAI(base_url=engine.base_url, api_key=engine.token, max_retries=0, timeout=PATIENCE) as client:
        call = asyncio.create_task(client.images.generate(model=MODEL, prompt="a cat", quality="low"))
        assert await asyncio.to_thread(begun.wait, PATIENCE)
        call.cancel()
        with suppress(asyncio.CancelledError):
            await call
    for _ in range(6000):
        if engine.log[-1].status:
            break
        await asyncio.sleep(0.01)  # between two looks at what is awaited

    assert 499 == engine.log[-1].status


def test_stopping_does_not_wait_for_those_who_wait() -> None:
    engine = Engine.start(pace=0)
    engine.faults.plan("timeout")
    with (
        OpenAI(base_url=engine.base_url, api_key=engine.token, max_retries=0, timeout=HASTE) as client,
        pytest.raises(openai.APITimeoutError),
    ):
        client.images.generate(model=MODEL, prompt="a cat")

    engine.stop()

    assert not engine._thread.is_alive()


@pytest.mark.parametrize("turns", range(5))
def test_whoever_comes_as_it_ends_is_cut_off_and_not_forgotten(turns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many turns of its loop before; a connection that is forgotten is one that pytest warns of."""
    serves = Server.main_loop
    came: list[socket.socket] = []

    async def ends(server: Server) -> None:
        await serves(server)
        came.append(socket.create_connection(server.servers[0].sockets[0].getsockname(), PATIENCE))
        for _ in range(turns):
            await asyncio.sleep(0)

    monkeypatch.setattr(Server, "main_loop", ends)
    engine = Engine.start(pace=0)
    engine.stop()
    gc.collect()

    assert [True] == [_is_closed(one) for one in came]


def _is_closed(connection: socket.socket) -> bool:
    """Whether the other side has closed it by now."""
    with connection:
        connection.setblocking(False)
        try:
            return connection.recv(1) == b""
        except BlockingIOError:
            return False
        except ConnectionError:
            return True


def test_whoever_takes_half_an_answer_as_it_ends_is_cut_off_and_not_forgotten() -> None:
    engine = Engine.start(pace=0)
    asked = httpx2.Request(
        "POST",
        f"{engine.base_url}/images/generations",
        headers={"Authorization": f"Bearer {engine.token}"},
        json={"model": MODEL, "prompt": "a cat", "size": "3840x2160", "n": 6},
    )
    fields = b"".join(b"%s: %s\r\n" % field for field in asked.headers.raw)
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)  # as few bytes as the system allows
        slow.settimeout(PATIENCE)
        slow.connect(("127.0.0.1", engine.port))
        slow.sendall(b"POST %s HTTP/1.1\r\n%s\r\n%s" % (asked.url.raw_path, fields, asked.read()))
        length = int(re.findall(rb"content-length: (\d+)", slow.recv(1 << 12))[0])
        engine.stop()
        gc.collect()
        taken = 0
        with suppress(ConnectionError):
            while more := slow.recv(1 << 16):
                taken += len(more)

    assert taken < length / 2
