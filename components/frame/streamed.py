"""A download that is sent while it is made: its link on a page, and the route that answers there."""

import secrets
from collections.abc import AsyncIterator, Callable, Generator
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import quote
from weakref import WeakValueDictionary

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from components.state import access
from components.state.services import process_place
from components.state.tab import tab
from triptych.errors import DatabaseDown, TriptychError

PATH = "/download/"  # the token follows
CHUNK = 256 << 10  # bytes handed to the connection at once: an image may have fifty million
Pieces = Callable[[], Generator[bytes, None, None]]  # of a file, made anew for each reader
GONE = "This download is not here any more. Reload the page, and click it there."


@dataclass(frozen=True)
class Offer:
    """A file ``name`` that its ``owner`` may read by the ``token``, as long as the tab that draws its link is there."""

    owner: str
    name: str
    pieces: Pieces
    media_type: str = "application/zip"
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))


class _Offers:
    """The tab's own, by the key of what draws the link: one that is drawn again keeps its token."""

    def __init__(self) -> None:
        self.by_key: dict[str, Offer] = {}


def begin(base: str) -> None:
    """From now on links may be drawn: this process serves ``route(base)``."""
    process_place()[0].downloads = f"{base}{PATH}"  # type: ignore[attr-defined]


def link(key: str, owner: str, name: str, pieces: Pieces, media_type: str) -> str | None:
    """The address at which the owner reads the file; None where nobody answers, as under `streamlit run app.py`.

    As with Streamlit's own /media addresses only the process that draws the page knows it.
    """
    below = getattr(process_place()[0], "downloads", None)
    if below is None:
        return None
    own = tab(_Offers).by_key
    before = own.get(key)
    token = {"token": before.token} if before and before.owner == owner else {}
    own[key] = offer = offered(Offer(owner, name, pieces, media_type, **token))
    return f"{below}{offer.token}"


def offered(offer: Offer) -> Offer:
    """The same, which can be read from now on and for as long as somebody holds it."""
    _all()[offer.token] = offer
    return offer


def route(base: str) -> Route:
    """Where offers are read: whoever is not the owner finds nothing there."""
    return Route(f"{base}{PATH}{{token}}", _answer)


def _all() -> "WeakValueDictionary[str, Offer]":
    place = vars(process_place()[0])
    return cast("WeakValueDictionary[str, Offer]", place.setdefault("offers", WeakValueDictionary()))


async def _answer(request: Request) -> Response:
    offer = _all().get(request.path_params["token"])
    visitor = access.admit(access.claims_in(request.cookies), access.configured_address())
    if offer is None or offer.owner != visitor.owner:
        return PlainTextResponse(GONE, 404)
    headers = {
        "Content-Disposition": f"attachment; filename*=utf-8''{quote(offer.name, safe='')}",
        "Cache-Control": "no-store",
        "X-Accel-Buffering": "no",  # nginx would put it together on its disk
    }
    if request.method == "HEAD":
        return Response(headers=headers, media_type=offer.media_type)
    pieces = offer.pieces()
    try:
        first = await run_in_threadpool(next, pieces, b"")
    except TriptychError as error:  # in words, as long as there still is a status to say it with
        return PlainTextResponse(error.message, 503 if isinstance(error, DatabaseDown) else 409)
    return StreamingResponse(_chunks(first, pieces), headers=headers, media_type=offer.media_type)


async def _chunks(first: bytes, pieces: Generator[bytes, None, None]) -> AsyncIterator[bytes]:
    """Each piece is made in a thread, after the one before it has been taken; who leaves ends the making."""
    piece: bytes | None = first
    try:
        while piece is not None:
            for at in range(0, len(piece), CHUNK):
                yield piece[at : at + CHUNK]
            piece = await run_in_threadpool(_next, pieces)
    finally:
        pieces.close()


def _next(pieces: Generator[bytes, None, None]) -> bytes | None:
    return next(pieces, None)
