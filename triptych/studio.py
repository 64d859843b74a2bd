"""The one use case: check, draw, save, and only then show."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from triptych.errors import NotSaved
from triptych.pricing import charged
from triptych.request import ImageRequest
from triptych.results import Event, Finished, Picture, Usage
from triptych.servers import Server
from triptych.store import Store, Stored

if TYPE_CHECKING:  # the SDK behind it is imported when it is first used, after the first page
    from triptych.client import ImageClient


@dataclass(frozen=True)
class Piece:
    """One picture of an answer as the playground keeps it.

    ``stored`` is None where it could not be saved; then ``picture`` still holds its bytes, to be downloaded at once.
    """

    stored: Stored | None
    picture: Picture | None
    sidecar: dict[str, Any]


@dataclass(frozen=True)
class Saved(Event):
    """An answer whose pictures are on disk; ``trouble`` says why one of them is not.

    ``dollars`` is the price of the tokens the server counted, None where that is unknown; ``seconds`` its time.
    """

    pieces: tuple[Piece, ...]
    got: dict[str, str]
    usage: Usage | None
    dollars: Decimal | None
    request_id: str | None
    seconds: float
    trouble: NotSaved | None = None


class Studio:
    """Draws with a client and keeps what comes in a store."""

    def __init__(self, store: Store, savers: int = 2) -> None:
        self.store = store
        self._savers = ThreadPoolExecutor(savers, "save")

    async def draw(
        self,
        client: "ImageClient",
        request: ImageRequest,
        *,
        owner: str = "local",
        ticket: str = "-",
        stop: asyncio.Event | None = None,
    ) -> AsyncIterator[Event]:
        """Events of the drawing, with each Finished replaced by a Saved once its bytes are on disk.

        Raises InvalidRequest or NotSaved before anything is sent.
        """
        request.check(client.account.server)
        self.store.check()
        async for event in client.draw(request, owner=owner, ticket=ticket, stop=stop):
            if isinstance(event, Finished):
                yield await self._saved(event, client.account.server, request, ticket)
            else:
                yield event

    async def _saved(self, finished: Finished, server: Server, request: ImageRequest, ticket: str) -> Saved:
        save = partial(self._save, finished, server, request, ticket)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._savers, save)
        except RuntimeError:  # the interpreter is going down and its executors with it: save here and now
            return save()

    def _save(self, finished: Finished, server: Server, request: ImageRequest, ticket: str) -> Saved:
        dollars = charged(request, finished.usage, server)
        pieces: list[Piece] = []
        trouble = None
        for index, picture in enumerate(finished.pictures):
            facts = sidecar(picture, finished, server, request, dollars)
            try:
                stored = self.store.save(picture)
                self.store.note(f"{ticket}-{finished.part}-{index}", facts)
                pieces.append(Piece(stored, None, facts))
            except NotSaved as error:
                trouble = error
                pieces.append(Piece(None, picture, facts))
        got = dict(finished.got)
        return Saved(
            finished.part, tuple(pieces), got, finished.usage, dollars, finished.request_id, finished.seconds, trouble
        )


def sidecar(
    picture: Picture, finished: Finished, server: Server, request: ImageRequest, dollars: Decimal | None
) -> dict[str, Any]:
    """What goes with a picture wherever it goes: what was asked, what was got, what it cost, as JSON values.

    Tokens and dollars are those of the whole answer, which may hold several pictures (``pictures`` says how many).
    """
    return {
        "triptych": 1,
        "sha256": hashlib.sha256(picture.data).hexdigest(),
        "created": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "engine": server.id,
        "request": request.to_json(),
        "got": dict(finished.got),
        "usage": finished.usage.to_json() if finished.usage else None,
        "cost_usd": str(dollars) if dollars is not None and server.charged else "0" if not server.charged else None,
        "pictures": len(finished.pictures),
        "seconds": round(finished.seconds, 2),
        "parents": [],
        "request_id": finished.request_id,
    }
