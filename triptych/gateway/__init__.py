"""The Images API over the studio: programs that speak it get caps, journal, retries and history without a change."""

import asyncio
import hmac
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from triptych.catalog import MODELS
from triptych.errors import InvalidSetting, OutcomeUnknown, TriptychError
from triptych.gateway.answers import Answered, no_model, refusal
from triptych.gateway.bodies import Bodies
from triptych.gateway.drawing import Call, Process, client_of, soon
from triptych.gateway.links import BELOW, Links, opened
from triptych.gateway.reading import Asked, understood
from triptych.inputs import format_of
from triptych.results import Event, Partial
from triptych.servers import drawing_ids
from triptych.settings import ApiToken, settings
from triptych.wire import answers, asks
from triptych.wire.refusals import Refusal, invalid, no_key, no_method, no_page

PREFIX = "/v1"
KIND = {"generations": "generation", "edits": "edit", "variations": "variation"}
OWNER = "triptych"  # of the models, as their list says
KEY = re.compile(r"[\x21-\x7e]{1,255}")  # an idempotency key
MAX_AGE = re.compile(r"(?:^|[\s,])max-age=(\d{1,9})(?:$|[\s,])", re.IGNORECASE)
AT_ONCE = {"x-accel-buffering": "no", "cache-control": "no-store"}  # a proxy before us hands on each event as it comes
GONE = 499  # whoever asked has left before the whole of it was here

Handler = Callable[[Request], Awaitable[Response]]


def is_on() -> bool:
    """Whether anybody may ask."""
    return bool(tokens())


def tokens() -> tuple[ApiToken, ...]:
    """Who may ask; nobody where the settings cannot be used, which the pages say in their place."""
    try:
        return settings().tokens
    except InvalidSetting:
        return ()


def make_app(process: Callable[[], Process]) -> Starlette:
    """The gateway of the process, as an app for all that lies below ``PREFIX``."""
    bodies = Bodies()
    images = [
        Route(f"{PREFIX}/images/{endpoint}", _guarded(partial(_images, process, bodies, kind)), methods=["POST"])
        for endpoint, kind in KIND.items()
    ]
    return Starlette(
        routes=[
            *images,
            Route(f"{PREFIX}/models", _guarded(partial(_models, process))),
            Route(f"{PREFIX}/models/{{id:path}}", _guarded(partial(_model, process))),
            Route(f"{PREFIX}{BELOW}/{{name}}", _open(partial(_content, process))),
        ],
        exception_handlers={HTTPException: _lost, Exception: _broke},
    )


def _open(answered: Handler) -> Handler:
    """What is answered to anybody, as long as the gateway is on, with every refusal in the API's form."""

    async def endpoint(request: Request) -> Response:
        try:
            if not is_on():
                raise no_page(request.method, request.url.path)
            return await answered(request)
        except Refusal as no:
            return _told(no)
        except TriptychError as error:
            return _told(refusal(error))
        except ClientDisconnect:
            return Response(status_code=GONE)

    return endpoint


def _told(no: Refusal) -> Response:
    return JSONResponse(no.body, no.status, no.headers)


def _guarded(answered: Callable[[ApiToken, Request], Awaitable[Response]]) -> Handler:
    """The same for whoever has a token; it is looked at before the body is."""

    async def endpoint(request: Request) -> Response:
        return await answered(_holder(request), request)

    return _open(endpoint)


def _holder(request: Request) -> ApiToken:
    """Who asks; raises the API's 401. Every token is compared, however the first ones compare."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    said = given.strip().encode() if scheme.lower() == "bearer" else b""
    found = [token for token in tokens() if hmac.compare_digest(said, token.secret.encode())]
    if not found:
        raise no_key(given=bool(given))
    return found[0]


async def _images(
    process: Callable[[], Process], bodies: Bodies, kind: str, token: ApiToken, request: Request
) -> Response:
    async with bodies.read(request, kind) as ask:
        call = await run_in_threadpool(_call, process, token, ask, request)
        links = Links(token, f"{str(request.base_url).rstrip('/')}{PREFIX}")
        if ask.streams:
            return await _streamed(call)
        answer = await call.answered()
        return JSONResponse(await run_in_threadpool(_whole, call, answer, links), headers=answer.headers)


def _call(process: Callable[[], Process], token: ApiToken, ask: asks.Ask, request: Request) -> Call:
    here = process()
    client = client_of(here)
    asked: Asked = understood(ask, client.account.server, successors=settings().successors)
    for problem in asked.request.problems(client.account.server):
        raise invalid(problem.parameter, problem.sentence)
    key = request.headers.get("idempotency-key")
    if key is not None and not KEY.fullmatch(key):
        raise invalid(
            "Idempotency-Key", "An idempotency key has 1 to 255 letters, digits and punctuation marks, without spaces."
        )
    fresh = MAX_AGE.search(request.headers.get("cache-control", ""))
    return Call(here, client, token, asked, key, float(fresh[1]) if fresh else None)


def _whole(call: Call, answer: Answered, links: Links) -> dict[str, Any]:
    try:
        return answer.body(call.process.store, links)
    except KeyError:
        raise _gone(answer) from None


def _gone(answer: Answered) -> OutcomeUnknown:
    return OutcomeUnknown("The image was generated, but its file is missing.", answer.saved.request_id)


async def _streamed(call: Call) -> Response:
    """The stages as they come and then the image; what fails before the first of them is a refusal with its status."""
    loop, news = asyncio.get_running_loop(), asyncio.Queue[Partial | None]()

    def hear(event: Event) -> None:
        if isinstance(event, Partial):
            soon(loop, news.put_nowait, event)

    answering = asyncio.ensure_future(replace(call, hear=hear).answered())
    answering.add_done_callback(partial(_over, news))
    first = await news.get()
    answer = await answering if first is None else None
    events = _events(call, first, news, answering)
    told = {**(answer.headers if answer else call.asked.told), **AT_ONCE}
    return StreamingResponse(events, headers=told, media_type="text/event-stream")


def _over(news: "asyncio.Queue[Partial | None]", answering: "asyncio.Future[Answered]") -> None:
    if not answering.cancelled():
        answering.exception()  # whoever would hear of it may have left
    news.put_nowait(None)


async def _events(
    call: Call, stage: Partial | None, news: "asyncio.Queue[Partial | None]", answering: "asyncio.Future[Answered]"
) -> AsyncIterator[bytes]:
    while stage is not None:
        got = {"output_format": stage.picture.format, "size": stage.picture.size}
        yield answers.partial(call.asked.kind, stage.picture.data, stage.index, got)
        stage = await news.get()
    try:
        answer = await answering
        yield await run_in_threadpool(_completed, call, answer)
    except TriptychError as error:
        yield answers.failed(refusal(error).error)


def _completed(call: Call, answer: Answered) -> bytes:
    try:
        return answer.completed(call.process.store)
    except KeyError:
        raise _gone(answer) from None


async def _models(process: Callable[[], Process], _token: ApiToken, _request: Request) -> Response:
    return JSONResponse({"object": "list", "data": await _listed(process)})


async def _model(process: Callable[[], Process], _token: ApiToken, request: Request) -> Response:
    asked = request.path_params["id"]
    for entry in await _listed(process):
        if entry["id"] == asked:
            return JSONResponse(entry)
    raise no_model(asked)


async def _listed(process: Callable[[], Process]) -> list[dict[str, Any]]:
    """The image models that the server lists, in the catalog's words where it knows them.

    It may take its server a minute: no thread waits for that, since all requests share a few.
    """
    here = await run_in_threadpool(process)
    client = await run_in_threadpool(client_of, here)
    listing = await asyncio.wrap_future(here.jobs.run(client.models()))
    known = {name: answers.listed(MODELS[name], OWNER) for name in listing.ids if name in MODELS}
    said = {str(entry["id"]): dict(entry) for entry in listing.entries}
    return [known.get(name) or said[name] for name in drawing_ids(client.account.server, listing.ids)]


async def _content(process: Callable[[], Process], request: Request) -> Response:
    """The bytes of an image to whoever holds a link to it that is not over."""
    given = [request.query_params.get(name, "") for name in ("token", "expires", "signature")]
    found = opened(tokens(), request.path_params["name"], *given)
    if found is None:
        raise Refusal("This link has expired, or it belongs to another server.", status=403, code="link_expired")
    try:
        data = await run_in_threadpool(process().store.original, *found)
    except KeyError:
        raise Refusal("The image file is missing.", status=404, code="not_found") from None
    form = format_of(found[1])
    shown = {} if form.shown else {"content-disposition": "attachment"}
    return Response(data, media_type=form.media_type, headers={**shown, "cache-control": "private, max-age=3600"})


async def _lost(request: Request, error: Exception) -> Response:
    is_method = isinstance(error, HTTPException) and error.status_code == 405 and is_on()  # noqa: PLR2004 (HTTP)
    no = no_method(request.method) if is_method else no_page(request.method, request.url.path)
    headers = error.headers if isinstance(error, HTTPException) else None
    return JSONResponse(no.body, no.status, headers if is_method else None)


async def _broke(_request: Request, _error: Exception) -> Response:
    """What nobody foresaw: the log has it; it may have been sent, so it is not sent again by itself."""
    return _told(refusal(OutcomeUnknown("Triptych itself failed; its log has the details.")))
