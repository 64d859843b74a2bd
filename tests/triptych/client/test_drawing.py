"""Drawing on the demo engine: partial images, several at once, cancelling, and what had arrived by then."""

import asyncio
import hashlib

import pytest

from tests.triptych.client.conftest import Make, asking, drawn
from tests.triptych.client.raw import PARTIAL, PATIENCE, Visit, b64, event, head, png, raw, whole
from triptych import errors
from triptych.client import ImageClient, Pace
from triptych.engine.serve import Engine
from triptych.results import Event, Failed, Finished, Partial, Queued, Sent


async def test_a_plain_drawing_is_sent_and_finished(client: ImageClient, engine: Engine) -> None:
    sent, finished = await drawn(client, n=3)

    assert Sent(0, 1) == sent
    assert isinstance(finished, Finished)
    assert 3 == len({hashlib.sha256(picture.data).digest() for picture in finished.pictures})
    assert engine.log[0].request_id == finished.request_id
    assert finished.usage
    assert finished.usage.output_tokens


async def test_stages_come_before_the_picture_in_order(client: ImageClient) -> None:
    events = await drawn(client, partial_images=3)

    assert [0, 1, 2] == [one.index for one in events if isinstance(one, Partial)]
    assert isinstance(events[-1], Finished)


async def test_stream_each_shows_stages_of_every_picture(client: ImageClient, engine: Engine) -> None:
    events = await drawn(client, n=4, partial_images=1, stream_each=True)

    assert {0, 1, 2, 3} == {one.part for one in events if isinstance(one, Partial)}
    assert {0, 1, 2, 3} == {one.part for one in events if isinstance(one, Finished)}
    assert [(1, True)] * 4 == [(entry.n, entry.stream) for entry in engine.log]


async def test_a_server_that_ignores_stream_still_gives_every_picture(client: ImageClient, engine: Engine) -> None:
    engine.faults.plan("ignore_stream", 2)

    events = await drawn(client, n=2, partial_images=2, stream_each=True)

    assert [Finished, Finished] == [type(one) for one in events if isinstance(one, Finished | Failed)]


async def test_one_part_that_fails_does_not_end_the_others(client: ImageClient, engine: Engine) -> None:
    engine.faults.plan("moderation_input")

    events = await drawn(client, n=3, partial_images=1, stream_each=True)

    assert 1 == sum(isinstance(one, Failed) for one in events)
    assert 2 == sum(isinstance(one, Finished) for one in events)


async def test_what_cannot_be_drawn_is_refused_before_anything_is_sent(client: ImageClient, engine: Engine) -> None:
    for wrong in ({"prompt": ""}, {"prompt": "x" * 32_001}, {"n": 11}, {"size": "7x7"}, {"quality": "best"}):
        with pytest.raises(errors.InvalidRequest):
            await drawn(client, **wrong)

    assert 0 == len(engine.log)


async def test_cancelling_closes_the_connection_and_says_it_may_be_charged(make: Make) -> None:
    stop, gone = asyncio.Event(), asyncio.Event()

    async def waits(visit: Visit) -> None:
        stop.set()
        await visit.gone()
        gone.set()

    events = list[Event]()
    async with raw(waits) as server, asyncio.timeout(PATIENCE):
        async for one in make(server.base_url).draw(asking(), stop=stop):
            events.append(one)
        await gone.wait()

    assert isinstance(events[-1], Failed)
    assert isinstance(events[-1].error, errors.Cancelled)
    assert events[-1].error.may_be_charged


async def test_cancelling_what_waits_for_its_turn_costs_nothing(client: ImageClient, engine: Engine) -> None:
    client.pace.slow_down(60)
    stop, events = asyncio.Event(), list[Event]()

    async with asyncio.timeout(PATIENCE):
        async for one in client.draw(asking(), stop=stop):
            events.append(one)
            if isinstance(one, Queued):
                stop.set()

    assert [Queued, Failed] == [type(one) for one in events]
    assert not events[-1].error.may_be_charged
    assert 0 == len(engine.log)


async def test_what_arrived_before_the_cancel_is_still_given(make: Make) -> None:
    async def first_only(visit: Visit) -> None:
        if visit.number == 1:
            completed = {"type": "image_generation.completed", "b64_json": b64()}
            await visit.say(head(kind="text/event-stream") + event("image_generation.completed", completed))
        else:
            await visit.say(head(kind="text/event-stream") + event("image_generation.partial_image", PARTIAL))
            await visit.gone()

    stop, events = asyncio.Event(), list[Event]()
    async with raw(first_only) as server, asyncio.timeout(PATIENCE):
        async for one in make(server.base_url).draw(asking(n=2, partial_images=1, stream_each=True), stop=stop):
            events.append(one)
            if {Finished, Partial} <= {type(event) for event in events}:
                stop.set()

    assert [png()] == [one.pictures[0].data for one in events if isinstance(one, Finished)]
    assert [errors.Cancelled] == [type(one.error) for one in events if isinstance(one, Failed)]


async def test_a_stop_set_before_the_start_sends_nothing(client: ImageClient, engine: Engine) -> None:
    stop = asyncio.Event()
    stop.set()

    events = [one async for one in client.draw(asking(n=3, partial_images=1, stream_each=True), stop=stop)]

    assert 3 == sum(isinstance(one, Failed) for one in events)
    assert {errors.NeverSent} >= {type(one.error) for one in events if isinstance(one, Failed)} - {errors.Cancelled}


async def test_leaving_the_events_closes_the_connection(make: Make) -> None:
    came, gone = asyncio.Event(), asyncio.Event()

    async def waits(visit: Visit) -> None:
        came.set()
        await visit.gone()
        gone.set()

    async with raw(waits) as server, asyncio.timeout(PATIENCE):
        events = make(server.base_url).draw(asking())
        assert isinstance(await anext(events), Sent)
        await came.wait()
        await events.aclose()
        await gone.wait()


async def test_each_account_draws_with_its_own_key(make: Make) -> None:
    async def answer(visit: Visit) -> None:
        await visit.say(whole({"data": [{"b64_json": b64()}]}))

    pace = Pace(8)
    async with raw(answer) as server:
        ours = [make(server.base_url, f"sk-{number}", pace) for number in range(2)]
        await asyncio.gather(*(drawn(ours[number % 2], prompt=f"for {number % 2}") for number in range(20)))

    for visit in server.visits:
        key = visit.head.partition("Bearer sk-")[2][0]
        assert f"for {key}".encode() in visit.body
