"""The demo engine's conversations: /v1/responses, with turns that go on by themselves and faults on demand."""

import asyncio
import io
import json
import secrets
import time
from collections.abc import AsyncIterator
from typing import Any

import anyio.to_thread
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import State
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from triptych.engine import answers, planning
from triptych.engine import job as work
from triptych.engine.artist import paint
from triptych.engine.faults import HEADER, Fault, blocked, refusal
from triptych.engine.instructions import DECLINED, UNPAINTED
from triptych.engine.turns import Sight, Turn, Turns
from triptych.inputs import format_of
from triptych.wire import turns as wire
from triptych.wire.answers import b64
from triptych.wire.asks import Upload
from triptych.wire.refusals import context_exceeded, invalid, no_page
from triptych.wire.turn_events import call, event, message

A_WORD = 0.04  # seconds at pace 1
IMAGE_REFUSED = {"turn_image_refused", "moderation_output", "moderation_stream"}
MIDWAY = "response.image_generation_call.generating"
CUTS = {"turn_cut": "response.in_progress", "cut_stream": MIDWAY, "cut": MIDWAY}
LEGIBLE = {"png", "webp", "jpeg"}  # what the engine itself can read again


async def create(request: Request) -> Response:
    """POST /v1/responses"""
    state, entry = request.app.state, request.state.entry
    ask = await wire.read(request, state.cabinet.upload)
    entry.model, entry.stream = str(ask.get("model")), ask.streams
    who = request.headers.get("authorization", "")
    fault = state.faults.next_turn(request.headers.get(HEADER), ask.said, who)
    entry.fault = fault.name if fault else ""
    return await answers.while_wanted(request, _created(request, ask, fault))


async def _created(request: Request, ask: wire.TurnAsk, fault: Fault | None) -> Response:
    state, name = request.app.state, fault.name if fault else ""
    if fault and (answer := _unanswered(request, ask, fault)):
        return answer
    if name == "timeout":
        await asyncio.Event().wait()
    # Pictures are opened, which may be large.
    turn = await run_in_threadpool(planning.planned, state.turns, ask)
    _begun(state, turn, fault)
    if ask.streams and name != "ignore_stream":
        kind = answers.CutStream if name in CUTS or name == "bad_event" else StreamingResponse
        return kind(_followed(turn, -1, name), media_type="text/event-stream")
    if not ask.background:
        await _ended(turn)
    if name in CUTS:
        return answers.CutResponse(json.dumps(turn.to_json()).encode(), media_type="application/json")
    return JSONResponse(turn.to_json())


def _unanswered(request: Request, ask: wire.TurnAsk, fault: Fault) -> Response | None:
    """The answer of a fault that comes before any turn; raises Refusal."""
    if fault.name not in IMAGE_REFUSED and (no := refusal(fault, str(ask.get("model")))):
        raise no
    if fault.name == "turn_unserved":
        raise no_page("POST", request.url.path)
    if fault.name == "turn_too_long":
        raise context_exceeded()
    if fault.name == "turn_expired":
        request.app.state.turns.forget(str(ask.get("previous_response_id")))
    return answers.no_answer(fault, f"{request.base_url}v1")


def _begun(state: State, turn: Turn, fault: Fault | None) -> None:
    """Set the turn going, and keep it: in the background at once, else when it has ended."""
    kept = turn.ask.stored and not (fault and fault.name == "turn_unstored")

    def done(task: asyncio.Task[None]) -> None:
        state.working.discard(task)
        if kept and not turn.ask.background and turn.status != "cancelled":
            state.turns.keep(turn)

    if kept and turn.ask.background:
        state.turns.keep(turn)
    turn.task = asyncio.create_task(_worked(state.turns, turn, state.pace, fault))
    state.working.add(turn.task)
    turn.task.add_done_callback(done)


async def one(request: Request) -> Response:
    """GET /v1/responses/{id}: as it stands, or its events after one of them"""
    turn = request.app.state.turns.get(request.path_params["id"])
    if request.query_params.get("stream", "").lower() != "true":
        return JSONResponse(turn.to_json())
    if not (turn.ask.background and turn.ask.streams):
        raise invalid("stream", "Only a response created with 'background' and 'stream' can be streamed again.")
    after = request.query_params.get("starting_after", "-1")
    if not after.removeprefix("-").isdecimal():
        raise invalid("starting_after", "Invalid type for 'starting_after': expected an integer.", "invalid_type")
    return StreamingResponse(_followed(turn, max(int(after), -1)), media_type="text/event-stream")


async def cancel(request: Request) -> Response:
    """POST /v1/responses/{id}/cancel: twice is as once, and what has ended stays so"""
    turn = request.app.state.turns.get(request.path_params["id"])
    if not turn.ask.background:
        raise invalid("id", "Cannot cancel a synchronous response.")
    if not turn.over:
        turn.end("cancelled")
        turn.task.cancel()
    return JSONResponse(turn.to_json())


async def _ended(turn: Turn) -> None:
    """Wait for its end; who leaves before it, ends it."""
    try:
        while not turn.over:
            await turn.news.wait()
    finally:
        _left(turn)


def _left(turn: Turn) -> None:
    if turn.task and not turn.over and not turn.ask.background:
        turn.end("cancelled")
        turn.task.cancel()


async def _followed(turn: Turn, after: int, fault: str = "") -> AsyncIterator[bytes]:
    """The events after one of them, as they come."""
    at = after + 1
    try:
        while True:
            for said in turn.events[at:]:
                at += 1
                if fault == "bad_event" and said["type"] == "response.completed":
                    yield b'event: response.completed\ndata: {"type": "response.completed", "resp\n\n'
                    return
                if fault == "no_completed" and said["type"] == "response.completed":
                    return
                yield event(said)
                if CUTS.get(fault) == said["type"]:
                    return
            if turn.over and at >= len(turn.events):
                return
            if at >= len(turn.events):
                await turn.news.wait()
    finally:
        _left(turn)


async def _worked(turns: Turns, turn: Turn, pace: float, fault: Fault | None) -> None:
    """Carry a turn out; whatever ends it, it has a last status."""
    name = fault.name if fault else ""
    try:
        turn.say("response.created", response=turn.to_json())
        if turn.ask.background:
            turn.say("response.queued", response=turn.to_json())
        turn.status = "in_progress"
        turn.say("response.in_progress", response=turn.to_json())
        if fault and name == "slow":
            await asyncio.sleep(fault.number("seconds", 5))
        if not _failed(turn, name):
            await _answered(turns, turn, pace, name)
    finally:
        if not turn.over:
            turn.end("failed", error={"code": "server_error", "message": "An error occurred while processing."})


def _failed(turn: Turn, fault: str) -> bool:
    """End the turn by its fault, before it has made anything; whether it has one of those."""
    error = {"code": "server_error", "message": "The server had an error while processing your request."}
    if fault == "flat_error":
        turn.say("error", **error, param=None)
        turn.status, turn.ended["error"] = "failed", error
        turn.wake()
    elif fault in {"turn_failed", "server_error_stream"}:
        turn.end("failed", error=error)
    elif fault == "turn_incomplete":
        turn.end("incomplete", incomplete_details={"reason": "max_output_tokens"}, **turn.usage(painted=False))
    return turn.over


async def _answered(turns: Turns, turn: Turn, pace: float, fault: str) -> None:
    """Make its image if there is one, and say its words."""
    text, kind = turn.reply.text, "output_text"
    if fault in {"empty", "null_data"}:
        turn.end("completed", completed_at=int(time.time()), **turn.usage(painted=False))
        return
    if fault == "turn_refused":
        text, kind = DECLINED, "refusal"
    elif turn.job:
        painted = await _painted(turns, turn, turn.job, pace, fault)
        text = text if painted else UNPAINTED
    await _spoken(turn, text, kind, pace)
    # Its inputs are opened once more to be counted, which takes a while.
    counted = await run_in_threadpool(turn.usage, turn.seen is not None)
    turn.end("completed", completed_at=int(time.time()), **({} if fault == "no_usage" else counted))


async def _painted(turns: Turns, turn: Turn, job: work.Job, pace: float, fault: str) -> bool:
    """Paint, and tell of it as it goes; False where the image is refused."""
    name, at = f"ig_{secrets.token_hex(24)}", len(turn.output)
    where = {"item_id": name, "output_index": at}
    turn.say("response.output_item.added", output_index=at, item=call(name, "in_progress"))
    for step in ("in_progress", "generating"):
        turn.say(f"response.image_generation_call.{step}", **where)
    drawn = {**job.got, "action": "edit" if job.ask.images else "generate", "revised_prompt": turn.reply.revised}
    if fault in IMAGE_REFUSED:
        item = call(name, "failed", **drawn, error=blocked("output").error)
    else:
        started, whole, stages = time.monotonic(), work.seconds(job) * pace, work.stages(job)
        for number in range(job.partials):
            data = await anyio.to_thread.run_sync(answers.following, stages)
            await answers.until(started, whole * (number + 1) / (job.partials + 1))
            part = {"partial_image_index": number, "partial_image_b64": b64(data), **job.got}
            turn.say("response.image_generation_call.partial_image", **where, **part)
        data = await anyio.to_thread.run_sync(answers.following, stages)
        await answers.until(started, whole)
        turn.seen = await run_in_threadpool(_seen, turn, job, name, data)
        turns.remember(turn.seen)
        turn.say("response.image_generation_call.completed", **where)
        item = call(name, "completed", **{**drawn, "result": _result(data, fault)}, **_author(job, data))
    turn.output.append(item)
    turn.say("response.output_item.done", output_index=at, item=item)
    return turn.seen is not None


def _author(job: work.Job, data: bytes) -> dict[str, Any]:
    used = work.svg_usage(job, data)
    return {"svg_usage": used} if used else {}


def _result(data: bytes, fault: str) -> str | None:
    broken = {"null_image": None, "bad_base64": "%%% no base64 %%%", "not_an_image": b64(b"No picture. " * 16)}
    return broken[fault] if fault in broken else b64(data)


def _seen(turn: Turn, job: work.Job, name: str, data: bytes) -> Sight:
    """The finished image as later turns see it: what the engine cannot read again, as a PNG."""
    form = job.output_format
    if form not in LEGIBLE:
        out, form = io.BytesIO(), "png"
        paint(job.order).save(out, "png")
        data = out.getvalue()
    about = turn.reply.about if job.composed else None
    tokens = work.TILES.image_tokens(job.order.width, job.order.height).low
    return Sight(Upload(f"image.{form}", format_of(form).media_type, data), tokens, name, about)


async def _spoken(turn: Turn, text: str, kind: str, pace: float) -> None:
    """Say the words, one after the other."""
    name, at = f"msg_{secrets.token_hex(24)}", len(turn.output)
    where = {"item_id": name, "output_index": at, "content_index": 0}
    finished = message(name, text, kind=kind)
    empty = message(name, "", kind=kind)["content"][0]
    more: dict[str, Any]
    verb, said, more = ("refusal", "refusal", {}) if kind == "refusal" else ("output_text", "text", {"logprobs": []})
    turn.say("response.output_item.added", output_index=at, item=message(name, "", "in_progress"))
    turn.say("response.content_part.added", **where, part=empty)
    for number, word in enumerate(text.split(" ")):
        await asyncio.sleep(A_WORD * pace)
        turn.say(f"response.{verb}.delta", **where, delta=f" {word}" if number else word, **more)
    turn.say(f"response.{verb}.done", **where, **{said: text}, **more)
    turn.say("response.content_part.done", **where, part=finished["content"][0])
    turn.output.append(finished)
    turn.say("response.output_item.done", output_index=at, item=finished)
