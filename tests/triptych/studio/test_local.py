"""Pictures enlarged here: progress, a stop, and what is kept of it."""

import asyncio
import io
from collections.abc import AsyncGenerator

import pytest

from triptych.engine.artist import Order, paint
from triptych.errors import InvalidRequest, NeverSent
from triptych.jobs import Job, Jobs
from triptych.request import ImageRequest
from triptych.results import Event, Progress
from triptych.servers import DEMO
from triptych.store import Stored
from triptych.studio import Saved, Studio
from triptych.studio.local import FREE, Enlarging, upscaled

ASKED = ImageRequest(model="gpt-image-2", prompt="a lighthouse", size="1024x1024", quality="low", n=3)


def png(edge: int) -> bytes:
    out = io.BytesIO()
    paint(Order("a lighthouse", edge, edge)).save(out, "PNG")
    return out.getvalue()


def kept(studio: Studio, edge: int) -> Stored:
    """A picture in the owner's history."""
    record = studio.derive(png(edge), owner="local", page="edit", request=ASKED, parents=(), how="painted")
    assert record.stored is not None
    return record.stored


def enlarging(of: Stored, **other: object) -> Enlarging:
    facts: dict[str, object] = {"of": of, "asked": ASKED, "times": 2, "owner": "local", "page": "edit", "ticket": "up"}
    return Enlarging(**{**facts, **other})  # type: ignore[arg-type]


async def heard(studio: Studio, work: Enlarging, stop: asyncio.Event | None = None) -> list[Event]:
    return await heard_out(upscaled(studio, work, stop))


async def heard_out(events: AsyncGenerator[Event, None]) -> list[Event]:
    return [event async for event in events]


async def test_an_enlarged_picture_is_a_new_one_that_knows_where_it_comes_from(studio: Studio) -> None:
    of = kept(studio, 160)

    *progress, saved = await heard(studio, enlarging(of))

    assert [0.0, 0.25, 0.5, 0.75, 1.0] == [round(event.share, 6) for event in progress if isinstance(event, Progress)]
    assert isinstance(saved, Saved)
    piece = saved.pieces[0]
    assert piece.stored is not None
    assert (320, 320) == (piece.stored.width, piece.stored.height)
    assert ((of.sha256,), "upscaled 2x", 0) == (
        piece.sidecar.parents,
        piece.sidecar.got["derived"],
        piece.sidecar.dollars,
    )
    assert png(160) == studio.store.original(of.sha256, "png")


async def test_a_stop_leaves_nothing(studio: Studio) -> None:
    of, stop = kept(studio, 256), asyncio.Event()
    events = upscaled(studio, enlarging(of), stop)
    heard_first = [await anext(events) for _ in range(2)]

    stop.set()

    assert [Progress(0, 0.0), Progress(0, 1 / 4)] == heard_first
    with pytest.raises(NeverSent):
        await heard_out(events)
    assert 1 == studio.store.history.search("local").total


async def test_nobody_enlarges_the_picture_of_another(studio: Studio) -> None:
    with pytest.raises(InvalidRequest, match="The image to upscale is missing"):
        await heard(studio, enlarging(kept(studio, 16), owner="another"))


async def test_the_same_ticket_makes_one_picture(studio: Studio) -> None:
    of = kept(studio, 32)

    first, again = [(await heard(studio, enlarging(of)))[-1] for _ in range(2)]

    assert isinstance(first, Saved)
    assert isinstance(again, Saved)
    assert first.pieces[0].sidecar.sha256 == again.pieces[0].sidecar.sha256
    assert 2 == studio.store.history.search("local").total


def test_a_job_shows_it_and_can_be_cancelled(studio: Studio) -> None:
    jobs, work = Jobs(), enlarging(kept(studio, 500), times=4)
    job = Job("up", "local", "edit", work.request, DEMO, cost=FREE, should=work.seconds)
    jobs.start(job, lambda stop: upscaled(studio, work, stop))
    while not (isinstance(job.parts[0].last, Progress) and job.parts[0].last.share):
        assert job.wait(job.version, 30)

    job.cancel()
    while not job.done:
        assert job.wait(job.version, 30)

    assert [NeverSent] == [type(error) for error in job.errors]
    assert not job.may_be_charged
