"""What goes back over the wire: plain answers, event streams, and those that break off or are no answers at all."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from triptych.engine import job as work
from triptych.engine.faults import Fault, blocked, failed
from triptych.engine.job import Job
from triptych.wire import answers as wire
from triptych.wire.answers import b64

Made = Callable[[Job, bytes], None]  # told of every finished image
PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1><p>proxy</p></body></html>"


class CutResponse(Response):
    """Promises more than it sends, so that the server closes the connection in the middle of the body."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        length = str(len(self.body) * 4).encode()
        headers = [(k, v) for k, v in self.raw_headers if k != b"content-length"] + [(b"content-length", length)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": bytes(self.body[: len(self.body) // 2]), "more_body": True})


class CutStream(StreamingResponse):
    """Streams its events and then drops the connection without ending the body."""

    async def stream_response(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        async for chunk in self.body_iterator:
            data = chunk.encode() if isinstance(chunk, str) else bytes(chunk)
            await send({"type": "http.response.body", "body": data, "more_body": True})


async def plain(
    job: Job, pace: float, fault: Fault | None, made: Made, link: Callable[[bytes], str] | None = None
) -> Response:
    """The n pictures in one JSON answer, not before their drawing time has passed; by address with ``link``."""
    started = time.monotonic()
    files = await anyio.to_thread.run_sync(lambda: list(work.pictures(job)))
    await until(started, work.seconds(job) * pace)
    for index, data in enumerate(files):
        made(replace(job, order=replace(job.order, index=index)), data)
    answer = body(job, files, link)
    if fault and fault.name == "no_usage":
        answer.pop("usage")
    if fault and fault.name == "cut":
        return CutResponse(json.dumps(answer).encode(), media_type="application/json")
    return JSONResponse(answer)


def body(job: Job, files: list[bytes], link: Callable[[bytes], str] | None = None) -> dict[str, Any]:
    """The answer that holds these finished files, or names them by address with ``link``."""
    images = [{"url": link(data)} if link else {"b64_json": b64(data)} for data in files]
    author = work.svg_usage(job, files[0])
    made = wire.whole(images, job.got, work.usage(job))
    return {**made, **_who(job), **({"svg_usage": author} if author else {})}


def _who(job: Job) -> dict[str, str]:
    who = job.ask.get("safety_identifier") or job.ask.get("user")
    return {"safety_identifier": who} if who else {}


def streamed(job: Job, pace: float, fault: Fault | None, made: Made) -> StreamingResponse:
    """Partial images spread over the drawing time, then the finished one."""
    kind = CutStream if fault and fault.name == "cut_stream" else StreamingResponse
    return kind(_events(job, pace, fault.name if fault else "", made), media_type="text/event-stream")


async def _events(job: Job, pace: float, fault: str, made: Made) -> AsyncIterator[bytes]:
    started, whole = time.monotonic(), work.seconds(job) * pace
    stages = work.stages(job)
    for number in range(job.partials):
        data = await anyio.to_thread.run_sync(following, stages)
        await until(started, whole * (number + 1) / (job.partials + 1))
        yield wire.partial(job.ask.kind, data, number, job.got)
        if number == 0 and fault in STREAM_FAULTS:
            break
    if fault in STREAM_FAULTS:
        if STREAM_FAULTS[fault]:
            yield STREAM_FAULTS[fault]
        return
    finished = await anyio.to_thread.run_sync(following, stages)
    await until(started, whole)
    made(job, finished)
    counted = None if fault == "no_usage" else work.usage(job)
    yield wire.completed(job.ask.kind, finished, job.got, counted, **_who(job))


def following(source: Iterator[bytes]) -> bytes:
    # `next` itself may not leave a thread with StopIteration.
    return next(source, b"")


FLAT = {"type": "error", "code": "image_generation_failed", "message": "Image generation failed", "param": None}
# What ends a stream instead of its completed event, after one partial image if there is any.
STREAM_FAULTS: dict[str, bytes] = {
    "moderation_stream": wire.failed(blocked("output").error),
    "server_error_stream": wire.failed(failed().error),
    "flat_error": f"event: error\ndata: {json.dumps(FLAT)}\n\n".encode(),
    "bad_event": b'event: image_generation.completed\ndata: {"type": "image_generation.completed", "b64_\n\n',
    "no_completed": b"",
    "cut_stream": b"event: image_generation.completed\ndata: {",
}


def broken(fault: Fault, job: Job) -> Response | None:
    """The answer of a fault that lacks its pictures; None for all others."""
    common = {"created": int(time.time()), **job.got, "usage": wire.tokens(work.usage(job))}
    data: dict[str, Any] = {
        "empty": [],
        "null_data": None,
        "null_image": [{"b64_json": None}],
        "bad_base64": [{"b64_json": "%%% no base64 %%%"}],
        "not_an_image": [{"b64_json": b64(b"These bytes are no picture." * 8)}],
    }
    if fault.name in data:
        return JSONResponse({**common, "data": data[fault.name]})
    return None


def no_answer(fault: Fault, base_url: str) -> Response | None:
    """The answer of a fault that is none of the API's; None for all others."""
    if fault.name == "malformed":
        return Response(b'{"created": 1, "data": [{"b64_json": "iVBORw0K', media_type="application/json")
    pages = {
        "html": (200, "Welcome"),
        "bad_gateway": (502, "Bad gateway"),
        "too_large": (413, "Request entity too large"),
    }
    if fault.name in pages:
        status, title = pages[fault.name]
        return HTMLResponse(PAGE.format(title), status)
    if fault.name == "detail":
        return JSONResponse({"detail": [{"loc": ["body", "prompt"], "msg": "field required"}]}, 422)
    if fault.name == "redirect":
        return RedirectResponse(fault.text("to", f"{base_url}/redirected"), 307)
    return None


async def until(started: float, seconds: float) -> None:
    """Let the drawing time pass that is left."""
    left = seconds - (time.monotonic() - started)
    if left > 0:
        await asyncio.sleep(left)


async def while_wanted(request: Request, answer: Awaitable[Response]) -> Response:
    """The answer, unless the client goes away first: then the work stops, as a cancelled drawing should."""
    working, leaving = asyncio.ensure_future(answer), asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else Response(status_code=499)
    finally:
        working.cancel()
        leaving.cancel()


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
