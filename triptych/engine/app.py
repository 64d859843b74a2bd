"""The demo engine as an ASGI app: the routes of the Images API and Responses, its key, its log and its faults."""

import asyncio
import hmac
import itertools
import secrets
from collections import OrderedDict, deque
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from triptych.engine import answers, batches, files, moderations, provenance, responses, rules
from triptych.engine.artist import Order
from triptych.engine.batch_file import DAY
from triptych.engine.faults import HEADER, Fault, Faults, refusal
from triptych.engine.job import Job, settled
from triptych.engine.turns import Turns
from triptych.wire import asks
from triptych.wire.answers import listed
from triptych.wire.asks import Ask
from triptych.wire.refusals import Refusal, no_key, no_method, no_page

LOGGED = 1000  # requests the log keeps
OWNER = "triptych-demo"  # of the models, as their list says
KEPT = 32  # images that can be fetched by the address in an answer

# A page on this machine may ask from its browser; one from elsewhere may not.
CORS = Middleware(
    CORSMiddleware,
    allow_origin_regex=r"https?://(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?",
    allow_methods=["GET", "POST", "DELETE"],
    allow_headers=["*"],
    expose_headers=["x-request-id", "retry-after", "retry-after-ms"],
)


@dataclass
class Entry:
    """One request as it came; `status` is 0 until it is answered and 499 when the client went away before."""

    method: str
    path: str
    request_id: str
    model: str = ""
    n: int = 1
    stream: bool = False
    fault: str = ""
    status: int = 0


def make_app(token: str | None = None, pace: float = 0.0, day: float = DAY) -> Starlette:
    """An app of its own; `token` None asks for no key, `pace` 0 answers at once and 1 takes a playground's time.

    `day` is how many seconds a batch has, which elsewhere has 24 hours.
    """
    app = Starlette(
        routes=[
            Route("/v1/images/generations", _images("generation"), methods=["POST"]),
            Route("/v1/images/edits", _images("edit"), methods=["POST"]),
            Route("/v1/images/variations", _images("variation"), methods=["POST"]),
            Route("/v1/content_provenance_checks", _provenance, methods=["POST"]),
            Route("/v1/moderations", _guarded(moderations.create), methods=["POST"]),
            Route("/v1/images/kept/{name}", _kept, name="kept"),
            Route("/v1/files", _guarded(files.create), methods=["POST"]),
            Route("/v1/files", _guarded(files.every)),
            Route("/v1/files/{id}", _guarded(files.one), methods=["GET", "DELETE"]),
            Route("/v1/files/{id}/content", _guarded(files.content)),
            Route("/v1/batches", _guarded(batches.create), methods=["POST"]),
            Route("/v1/batches", _guarded(batches.every)),
            Route("/v1/batches/{id}", _guarded(batches.one)),
            Route("/v1/batches/{id}/cancel", _guarded(batches.cancel), methods=["POST"]),
            Route("/v1/responses", _guarded(responses.create), methods=["POST"]),
            Route("/v1/responses/{id}", _guarded(responses.one)),
            Route("/v1/responses/{id}/cancel", _guarded(responses.cancel), methods=["POST"]),
            Route("/v1/models", _guarded(_models)),
            Route("/v1/models/{id}", _guarded(_model)),
        ],
        exception_handlers={HTTPException: _lost},
        middleware=[CORS],
    )
    app.state.token, app.state.pace, app.state.day = token, pace, day
    app.state.cabinet = files.Cabinet()
    app.state.batches = dict[str, batches.Batch]()
    app.state.working = set[asyncio.Task[None]]()
    app.state.turns = Turns()
    app.state.drawn = set[Order]()
    app.state.kept = OrderedDict[str, bytes]()
    app.state.faults = Faults()
    app.state.log = deque[Entry](maxlen=LOGGED)
    return app


def _images(kind: str) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        entry = _logged(request)
        try:
            _admit(request)
            ask = await asks.read(request, kind, request.app.state.cabinet.upload)
            entry.model, entry.n, entry.stream = str(ask.get("model", "")), ask.get("n", 1), ask.streams
            who, prompt = request.headers.get("authorization", ""), str(ask.get("prompt", ""))
            fault = request.app.state.faults.next(request.headers.get(HEADER), prompt, who)
            entry.fault = fault.name if fault else ""
            response = await answers.while_wanted(request, _answered(request, ask, fault))
        except Refusal as no:
            response = JSONResponse(no.body, no.status, no.headers)
        return _sealed(response, entry)

    return endpoint


async def _answered(request: Request, ask: Ask, fault: Fault | None) -> Response:
    if fault and (no := refusal(fault, str(ask.get("model", "")))):
        raise no
    if fault and fault.name == "timeout":
        await asyncio.Event().wait()
    # Rules and sizes open the uploads, which may be large.
    job = await run_in_threadpool(_accepted, ask)
    if fault and (answer := answers.no_answer(fault, f"{request.base_url}v1") or answers.broken(fault, job)):
        return answer
    if fault and fault.name == "slow":
        await asyncio.sleep(fault.number("seconds", 5))
    if ask.streams and not (fault and fault.name == "ignore_stream"):
        return _twinned(request, job, fault)
    link = partial(_link, request) if ask.get("response_format") == "url" else None
    return await answers.plain(job, request.app.state.pace, fault, request.app.state.turns.composed, link)


def _link(request: Request, data: bytes) -> str:
    """Keep an image for a while; the address by which it is fetched without a key, as nobody can guess it."""
    kept: OrderedDict[str, bytes] = request.app.state.kept
    name = f"{secrets.token_urlsafe(16)}.png"
    kept[name] = data
    while len(kept) > KEPT:
        kept.popitem(last=False)
    return str(request.url_for("kept", name=name))


async def _kept(request: Request) -> Response:
    data = request.app.state.kept.get(request.path_params["name"])
    if data is None:
        raise HTTPException(404)
    return Response(data, media_type="image/png")


def _twinned(request: Request, job: Job, fault: Fault | None) -> Response:
    """The stream of one picture; equal requests at the same time are the API's way to several, so each gets its own."""
    drawn: set[Order] = request.app.state.drawn
    order = next(o for index in itertools.count() if (o := replace(job.order, index=index)) not in drawn)
    state = request.app.state
    response = answers.streamed(replace(job, order=order), state.pace, fault, state.turns.composed)
    drawn.add(order)

    async def until_sent(chunks: AsyncIterable[Any]) -> AsyncIterator[Any]:
        try:
            async for chunk in chunks:
                yield chunk
        finally:
            drawn.discard(order)

    response.body_iterator = until_sent(response.body_iterator)
    return response


def _accepted(ask: Ask) -> Job:
    rules.check(ask)
    return settled(ask)


def _logged(request: Request) -> Entry:
    entry = Entry(request.method, request.url.path, f"req_{secrets.token_hex(16)}")
    request.app.state.log.append(entry)
    return entry


def _sealed(response: Response, entry: Entry) -> Response:
    response.headers["x-request-id"] = entry.request_id
    entry.status = response.status_code
    return response


def _admit(request: Request) -> None:
    """Raise the API's 401 unless the key is right, or none is needed."""
    token = request.app.state.token
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    right = scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), (token or "").encode())
    if token is not None and not right:
        raise no_key(given=bool(given))


def _guarded(answered: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """What is answered to whoever has the key, and logged."""

    async def endpoint(request: Request) -> Response:
        entry = _logged(request)
        try:
            _admit(request)
            request.state.entry = entry
            response = await answered(request)
        except Refusal as no:
            response = JSONResponse(no.body, no.status, no.headers)
        return _sealed(response, entry)

    return endpoint


async def _models(_request: Request) -> Response:
    return JSONResponse({"object": "list", "data": [listed(model, OWNER) for model in rules.active()]})


async def _model(request: Request) -> Response:
    asked = request.path_params["id"]
    found = next((model for model in rules.active() if model.id == asked), None)
    if found is None:
        raise Refusal(f"The model '{asked}' does not exist", status=404, code="model_not_found", param="model")
    return JSONResponse(listed(found, OWNER))


async def _provenance(request: Request) -> Response:
    entry = _logged(request)
    try:
        _admit(request)
        upload = await provenance.read(request)
        response = JSONResponse(await run_in_threadpool(provenance.checked, upload))
    except Refusal as no:
        response = JSONResponse(no.body, no.status)
    return _sealed(response, entry)


async def _lost(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    no = (
        no_page(request.method, request.url.path)
        if status != HTTPStatus.METHOD_NOT_ALLOWED
        else no_method(request.method)
    )
    headers = error.headers if isinstance(error, HTTPException) else None
    return _sealed(JSONResponse(no.body, status, headers), _logged(request))
