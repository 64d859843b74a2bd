"""Bent answers and errors over the real wire: none is uncaught, nothing paid is lost, one POST each (TRUST.md N7)."""

import asyncio
import io
import json
import logging
import math
import random
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from tests.fuzzing import arun, bent, cases, changed, pieces
from tests.triptych.client.raw import Raw, Visit, head
from tests.triptych.studio.dressed import Dressed, dressed
from tests.triptych.studio.places import KEY, REQUEST, opened, served
from triptych.client import ImageClient
from triptych.client.attempts import may_be_sent_again
from triptych.client.dialects import GAVE_UP
from triptych.errors import OutcomeUnknown, TriptychError
from triptych.request import ImageRequest
from triptych.results import Event, Failed, Retrying
from triptych.store import Query
from triptych.studio import Order, Saved, Studio

LONGEST_MESSAGE = 700  # characters of an error, with what is said around the server's own words


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    made = opened(tmp_path)
    yield made
    made.store.close()


class Speaker:
    """A server that says what it is told to, piece by piece."""

    def __init__(self) -> None:
        self.said: tuple[bytes, ...] = ()

    async def __call__(self, visit: Visit) -> None:
        for piece in self.said:
            await visit.say(piece)


@cases(15)
async def test_bent_answers_end_in_images_or_in_words_and_nothing_paid_is_lost(
    studio: Studio, seeds: int | None, caplog: pytest.LogCaptureFixture
) -> None:
    speaker = Speaker()

    async with served(speaker) as (server, client):

        async def case(chance: random.Random) -> None:
            caplog.clear()
            images, streamed = chance.choice((1, 1, 2)), chance.random() < 0.5
            answer = dressed(chance, images, streamed=streamed)
            speaker.said = answer.pieces
            request = replace(REQUEST, n=images, partial_images=chance.choice((0, 1)) if images == 1 else 0)
            events = await once(studio, client, server, request)
            assert_nothing_is_lost(studio, events, answer)
            await assert_what_is_kept_can_be_read_again(studio, answer)
            assert_quiet(caplog, events)

        await arun(seeds, case)
    assert_history_works(studio)


@cases(15)
async def test_bent_errors_end_in_words_without_the_key_and_one_post(
    studio: Studio, seeds: int | None, caplog: pytest.LogCaptureFixture
) -> None:
    speaker = Speaker()

    async with served(speaker) as (server, before):

        async def case(chance: random.Random) -> None:
            caplog.clear()
            status = chance.choice(STATUSES)
            speaker.said = tuple(pieces(chance, refusal(chance, status)))
            client = ImageClient(before.account)  # with a pace of its own: a rate limit holds the next one back
            try:
                events = await once(studio, client, server, REQUEST)
            finally:
                await client.aclose()
            for event in events:
                if isinstance(event, Failed | Retrying):
                    assert_told(event.error)
            assert status not in GAVE_UP or type(ended(events)) is OutcomeUnknown
            assert_quiet(caplog, events)
            assert [] == list(studio.store.spool.files())

        await arun(seeds, case)
    assert_history_works(studio)


STATUSES = (
    *(300, 301, 304, 307, 400, 401, 402, 403, 404, 405, 408, 409, 413, 415, 422, 429, 429, 429, 451, 499),
    *(500, 500, 500, 501, 502, 503, 503, 504, 505, 507, 511, 520, 524, 529, 530, 598, 599, 600, 999),
)
AFTER = ("0", "-1", "nan", "inf", "1e9", "9" * 40, "Wed, 21 Oct 2099 07:28:00 GMT", "Wed, 99 Oct 1 07:28", "é", "0.5s")
WORDS = (
    "no",
    "",
    KEY,
    f"Incorrect API key provided: {KEY}.",
    KEY.upper(),
    f"x{KEY[3:]}y",
    "try again in 1m12.5s" * 50,
    "retry after " + "9" * 9 + " hours",
    "<html><body>" + "<p>" * 9_000,
    "insufficient_quota",
    "a" * 100_000,
    "\ud800\0",
    "Your request was rejected by the safety system.",
    "not enough credits " * 300,
    "litellm.Timeout: no",
)
CODES = (
    None,
    "",
    500,
    "504",
    "rate_limit_exceeded",
    "insufficient_quota",
    "moderation_blocked",
    "server_error",
    [],
    {},
)


def refusal(chance: random.Random, status: int) -> bytes:
    """An answer that says no, in any form."""
    inner = {"message": chance.choice(WORDS), "type": chance.choice(CODES), "code": chance.choice(CODES), "param": None}
    told: Any = chance.choice(({"error": inner}, {"error": inner}, inner, [inner], {"detail": chance.choice(WORDS)}))
    for _ in range(chance.randint(0, 3)):
        told = changed(
            chance, told, (*WORDS, None, 7, 10**24, [], {}, {"error": {}}, [[1]], {"innererror": {"code": 1}})
        )
    body = json.dumps(told).encode()
    body = chance.choice((body, body, bent(chance, body), body[: chance.randrange(len(body) + 1)]))
    if chance.random() < 0.2:
        body = chance.choice(WORDS).encode("utf-8", "replace")
    kind = chance.choice(("application/json", "text/html", "text/event-stream", "x", ""))
    named = {"x_request_id": chance.choice(("req_raw", KEY, "r" * 900)), "retry_after": chance.choice(AFTER)}
    if chance.random() < 0.2:
        named = {"location": chance.choice((f"http://127.0.0.1:1/{KEY}", "//", "http://[")), **named}
    length = chance.choice((len(body), len(body), None, len(body) + 9))
    return head(status, kind, length, **named) + body


async def once(studio: Studio, client: ImageClient, server: Raw, request: ImageRequest) -> list[Event]:
    """All events of one run, which is stopped where it would be sent again: its first answer was the only one."""
    before, stop, events = server.posts, asyncio.Event(), list[Event]()
    async for event in studio.draw(client, Order(request, redraw=True), stop):
        events.append(event)
        if isinstance(event, Retrying):
            assert may_be_sent_again(event.error)
            stop.set()
    assert 1 == server.posts - before
    assert () == studio.store.journal.imbalance()
    return events


def ended(events: list[Event]) -> TriptychError | None:
    """What went wrong in the end: with the only attempt."""
    said = [event.error for event in events if isinstance(event, Failed | Retrying)]
    return said[0] if said else None


def assert_nothing_is_lost(studio: Studio, events: list[Event], answer: Dressed) -> None:
    """Each image that came whole is saved bit for bit or kept as it came; what need not have been paid held none."""
    last, spool = events[-1], studio.store.spool
    pieces = last.pieces if isinstance(last, Saved) else ()
    stored = [piece.stored for piece in pieces if piece.stored]
    images = [studio.store.original(one.sha256, one.format) for one in stored]
    assert [one.sha256 for one in stored] == [sha256(image).hexdigest() for image in images]
    assert len(stored) == len(pieces)
    if answer.is_sound:
        assert answer.planted == tuple(images), last
    kept = b"".join(spool.data(one) for one in spool.answers())
    assert answer.body.startswith(kept)
    assert [] == [one for one in answer.untouched if one not in images and b64encode(one) not in kept], last
    if isinstance(last, Failed) and not kept:
        error = ended(events)
        assert error
        assert not error.may_be_charged or not answer.body, error


async def assert_what_is_kept_can_be_read_again(studio: Studio, answer: Dressed) -> None:
    for kept in studio.store.spool.answers():
        try:
            saved = await asyncio.to_thread(studio.late.read_again, kept)
        except TriptychError as error:
            assert_told(error)
        else:
            assert saved.pieces
        if studio.store.spool.read(kept.name):
            assert answer.body.startswith(studio.store.spool.data(kept))
            studio.store.spool.remove(kept.name)
    assert () == studio.store.journal.imbalance()


def assert_told(error: TriptychError) -> None:
    """A sentence of some length, a next move, numbers that can be counted with, and no key."""
    assert 0 < len(error.message) <= LONGEST_MESSAGE, error.message
    assert error.next_move
    assert error.retry_after is None or (math.isfinite(error.retry_after) and error.retry_after >= 0)
    assert error.status is None or HTTPStatus.OK <= error.status <= 999
    assert_without_key(repr(vars(error)))


def assert_without_key(text: str) -> None:
    for part in (KEY, KEY[-8:], KEY[:8]):
        assert part not in text


def assert_quiet(caplog: pytest.LogCaptureFixture, events: list[Event]) -> None:
    """Nothing was caught only to be written down, and the key stands nowhere."""
    assert [] == [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert_without_key(caplog.text)
    assert_without_key(repr(events))


def assert_history_works(studio: Studio) -> None:
    found = studio.store.history.search("local", Query(), 1, 10_000).records
    stored = [one.id for one in found if one.stored]
    assert len(stored) == studio.store.transfer.export_zip("local", stored, io.BytesIO())
