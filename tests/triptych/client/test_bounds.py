"""How much of an answer is taken: what comes out of a compressed one, of an error, and what an error keeps."""

import gc
import gzip
import json
import tracemalloc
import zlib
from collections.abc import Callable

import pytest

from tests.triptych.client.conftest import Make, asking, drawn
from tests.triptych.client.raw import Visit, b64, event, head, png, raw, says, whole
from triptych import errors
from triptych.client import bounds
from triptych.client.spool import Head
from triptych.results import Failed, Finished

pytestmark = pytest.mark.usefixtures("fast")

IMAGE = png(200)
STREAMED = "image_generation.completed"
GOOD = json.dumps({"data": [{"b64_json": b64(IMAGE)}]}).encode()


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def bomb(size: int, before: bytes = b"") -> bytes:
    """``before`` and ``size`` bytes of nothing, in some thousandth of that."""
    packer = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    zeros = bytes(1 << 20)
    return packer.compress(before) + b"".join(packer.compress(zeros) for _ in range(size >> 20)) + packer.flush()


async def test_nothing_compressed_is_asked_for(make: Make) -> None:
    async with raw(says(whole(GOOD))) as server:
        await drawn(make(server.base_url))

    assert "accept-encoding: identity\r\n" in server.visits[0].head


PACKED = {
    "gzip": ("gzip", gzip.compress(GOOD)),
    "x-gzip": ("x-gzip", gzip.compress(GOOD)),
    "gzip in two members": ("gzip", gzip.compress(GOOD[:999]) + gzip.compress(GOOD[999:])),
    "gzip in capitals": ("GZIP", gzip.compress(GOOD)),
    "deflate": ("deflate", zlib.compress(GOOD)),
    "deflate without a head": ("deflate", raw_deflate(GOOD)),
    "identity": ("identity", GOOD),
    "gzip that is none": ("gzip", GOOD),
}


@pytest.mark.parametrize("name", PACKED)
async def test_what_a_server_compresses_all_the_same_is_read(make: Make, name: str) -> None:
    coding, body = PACKED[name]
    async with raw(says(whole(body, content_encoding=coding))) as server:
        events = await drawn(make(server.base_url))

    assert isinstance(events[-1], Finished)
    assert IMAGE == events[-1].pictures[0].data


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "x-unheard-of"])
async def test_what_cannot_be_unpacked_is_refused_in_words(make: Make, coding: str) -> None:
    body = gzip.compress(gzip.compress(GOOD))
    async with raw(says(whole(body, content_encoding=coding))) as server:
        events = await drawn(make(server.base_url))

    assert isinstance(events[-1], Failed)
    assert isinstance(events[-1].error, errors.BadAnswer)
    assert f"packed in a way unknown here, unasked: {coding}" in events[-1].error.message
    assert 1 == server.posts


@pytest.mark.parametrize("where", [20, -30])
async def test_damaged_gzip_is_told(make: Make, where: int) -> None:
    body = bytearray(gzip.compress(GOOD))
    body[where : where + 8] = b"\xff" * 8
    async with raw(says(whole(bytes(body), content_encoding="gzip"))) as server:
        events = await drawn(make(server.base_url))

    assert isinstance(events[-1], Failed)
    assert isinstance(events[-1].error, errors.OutcomeUnknown)
    assert 1 == server.posts


@pytest.mark.parametrize("before", [b"", b'{"data": [{"b64_json": "', b'data: {"b64_json": "'])
async def test_a_small_answer_never_becomes_gigabytes(
    make: Make, monkeypatch: pytest.MonkeyPatch, before: bytes
) -> None:
    body = bomb(1 << 24, before)
    assert 1 << 15 > len(body)
    assert 1 << 26 == bounds.UNPACKED
    monkeypatch.setattr(bounds, "UNPACKED", 1 << 23)  # an eighth, as of all that is counted here
    tracemalloc.start()
    try:
        async with raw(says(whole(body, content_encoding="gzip"))) as server:
            events = await drawn(make(server.base_url))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert isinstance(events[-1], Failed)
    assert isinstance(events[-1].error, errors.BadAnswer)
    assert "compressed bytes become more than" in events[-1].error.message
    assert 31 << 20 > peak
    assert 1 == server.posts


@pytest.mark.parametrize(
    "inside", [b"[],", b'{"":[]},', *(pytest.param(one, marks=pytest.mark.trust) for one in (b"{},", b'"",', b"1,"))]
)
async def test_a_little_text_never_becomes_a_hundred_times_as_many_objects(make: Make, inside: bytes) -> None:
    body = b'{"data": [' + inside * ((3 << 19) // len(inside)) + b"0]}"
    async with raw(says(whole(body))) as server:
        client = make(server.base_url)
        await client.read(asking(), 0, Head(200, "", None), GOOD)  # what the first use of anything takes
        tracemalloc.start()
        try:
            with pytest.raises(errors.BadAnswer, match="bytes that are no image"):
                await client.read(asking(), 0, Head(200, "", None), body)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert 20 << 20 > peak


@pytest.mark.parametrize("packed", [False, True])
async def test_no_more_of_an_error_is_read_than_a_person_could(make: Make, *, packed: bool) -> None:
    said = b'{"error": {"message": "' + b"no " * (20 << 20)
    said = whole(gzip.compress(said), 400, content_encoding="gzip") if packed else whole(said, 400)

    async def answer(visit: Visit) -> None:
        for at in range(0, len(said), 1 << 16):
            await visit.say(said[at : at + (1 << 16)])

    tracemalloc.start()
    try:
        async with raw(answer) as server:
            events = await drawn(make(server.base_url))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert isinstance(events[-1], Failed)
    assert isinstance(events[-1].error, errors.RequestRejected)
    assert "no no no" in events[-1].error.message
    assert 30 << 20 > peak


async def test_an_error_nobody_can_unpack_is_told_by_its_status(make: Make) -> None:
    async with raw(says(whole(b"\x0b\x02\x80garbage", 401, content_encoding="br"))) as server:
        events = await drawn(make(server.base_url))

    assert isinstance(events[-1], Failed)
    assert isinstance(events[-1].error, errors.KeyRejected)
    assert "garbage" not in events[-1].error.message


BIG = 3 << 20  # bytes, three times what an error may keep
UNREADABLE: dict[str, Callable[[], bytes]] = {
    "base64 that is none": lambda: b'{"data": [{"b64_json": "' + b"*" * BIG + b'"}]}',
    "bytes that are no image": lambda: b'{"data": [{"b64_json": "' + b"AAAA" * (BIG // 4) + b'"}]}',
    "JSON that is cut": lambda: b'{"data": [{"b64_json": "' + b"A" * BIG,
    "no JSON": lambda: b"x" * BIG,
    "a stream": lambda: event(STREAMED, {"type": STREAMED, "b64_json": "A" * BIG}),
    "a stream that is cut": lambda: event(STREAMED, {"b64_json": "A" * BIG})[:-9],
    "an error in a success": lambda: b'{"error": {"message": "no"}, "debug": "' + b"A" * BIG + b'"}',
}


@pytest.mark.parametrize("name", UNREADABLE)
async def test_an_error_keeps_its_words_and_not_the_answer(make: Make, name: str) -> None:
    async with raw(says(whole(UNREADABLE[name]()))) as server:
        client = make(server.base_url)
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            events = [one async for one in client.draw(asking())]
            server.visits.clear()
            gc.collect()
            kept = tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()

    assert isinstance(events[-1], Failed)
    assert 1 << 20 > kept
    assert (None, None, None) == (
        events[-1].error.__traceback__,
        events[-1].error.__context__,
        events[-1].error.__cause__,
    )


async def test_an_error_of_a_status_keeps_no_response(make: Make) -> None:
    async with raw(says(whole({"error": {"message": "no"}}, 500))) as server:
        events = await drawn(make(server.base_url))

    kept = [one.error for one in events if hasattr(one, "error")]
    assert 2 == len(kept)  # of the first attempt, and of the last
    assert all((None, None) == (error.__traceback__, error.__context__) for error in kept)


async def test_a_model_list_without_end_is_given_up(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_BYTES", 1 << 20)
    async with raw(says(head() + b'{"data": [' + b'{"id": "x"},' * (1 << 18))) as server:
        with pytest.raises(errors.TriptychError) as refused:
            await make(server.base_url).models()

    assert refused.value.__context__ is None
