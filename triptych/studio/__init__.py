"""The one use case: look up, else reserve, draw, save, settle; and only then show."""

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING

from triptych.budget import Budget, promise
from triptych.errors import NotSaved, Refused
from triptych.pricing import charged
from triptych.request import ImageRequest
from triptych.results import Event, Finished
from triptych.servers import Account
from triptych.store import Entry, Store
from triptych.studio.diary import Diary, aside
from triptych.studio.saved import Piece, Saved, engine_of, remembered, server_of, sidecar

if TYPE_CHECKING:  # the SDK behind it is imported when it is first used, after the first page
    from triptych.client import ImageClient

__all__ = ["Piece", "Saved", "Studio", "engine_of", "remembered", "server_of", "sidecar"]

DAY = 86400.0  # seconds


class Studio:
    """Draws with a client, keeps what comes in a store, and writes down both before it says so.

    ``cache_ttl`` is for how many seconds an equal request is answered from history.
    """

    def __init__(self, store: Store, budget: Budget, cache_ttl: float = DAY, savers: int = 2) -> None:
        self.store = store
        self.budget = budget
        self.cache_ttl = cache_ttl
        self._savers = ThreadPoolExecutor(savers, "save")
        self._line = ThreadPoolExecutor(1, "journal")  # one thread: what is written of a drawing keeps its order

    async def draw(
        self,
        client: "ImageClient",
        request: ImageRequest,
        *,
        owner: str = "local",
        ticket: str | None = None,
        page: str = "generate",
        redraw: bool = False,
        any_price: bool = False,
        files: Mapping[str, bytes] | None = None,  # noqa: ARG002 - edits are being built
        stop: asyncio.Event | None = None,
    ) -> AsyncGenerator[Event, None]:
        """Events of the drawing, with each Finished replaced by a Saved once its bytes and records are on disk.

        An equal request of the same owner is answered from history unless ``redraw`` asks for new pictures.
        ``files`` holds by SHA-256 the bytes of what goes with the request and is not in the store yet.
        ``any_price`` is the user's word that an unknown price is fine. Raises Refused before anything is sent: what
        is wrong with the request, key, disk, database or budget.
        """
        request.check(client.account.server)
        client.check()
        allowed = any_price or not self.budget.caps
        entry = _entry(request, client.account, owner, ticket, page=page, allow_unknown=allowed)
        if not redraw and (found := await aside(self._line, partial(self._cached, entry))):
            for saved in found:
                yield saved
            return
        await aside(self._line, partial(self._open, entry))
        async with aclosing(self._followed(client, entry, stop)) as events:
            async for event in events:
                yield event

    async def _followed(
        self, client: "ImageClient", entry: Entry, stop: asyncio.Event | None
    ) -> AsyncGenerator[Event, None]:
        """Draw what has been opened, and close it however that ends."""
        diary, started = Diary(self.store.journal, self._line, entry.ticket), time.monotonic()
        order = {"owner": entry.owner, "ticket": entry.ticket}
        try:
            async with aclosing(client.draw(entry.request, **order, stop=stop, witness=diary)) as events:
                async for event in events:
                    told = event
                    if isinstance(event, Finished):
                        told = await self._saved(event, client.account, entry.request, diary)
                    diary.heard(told)
                    yield told
        finally:
            await diary.close(time.monotonic() - started)

    def _cached(self, entry: Entry) -> tuple[Saved, ...]:
        if not self.cache_ttl:
            return ()
        fingerprint = entry.request.fingerprint()
        records = self.store.history.cached(entry.owner, fingerprint, entry.engine, self.cache_ttl)
        return tuple(remembered(entry.request, records, cached=True))

    def _open(self, entry: Entry) -> None:
        self.store.check()
        self.store.journal.open(entry)

    async def _saved(self, finished: Finished, account: Account, request: ImageRequest, diary: Diary) -> Saved:
        saved = await aside(self._savers, partial(self._save, finished, account, request, diary.ticket))
        try:
            await diary.kept(saved)
        except Refused as error:  # the bytes are there; their record is made from the sidecar at the next start
            return Saved(**{**vars(saved), "trouble": saved.trouble or error})
        return saved

    def _save(self, finished: Finished, account: Account, request: ImageRequest, ticket: str) -> Saved:
        dollars = charged(request, finished.usage, account.server)
        pieces: list[Piece] = []
        trouble = None
        for index, picture in enumerate(finished.pictures):
            facts = sidecar(picture, finished, account, request, dollars)
            try:
                # The facts first: whatever bytes a crash leaves behind, it is known whose they are.
                self.store.note(f"{ticket}-{finished.part}-{index}", facts)
                pieces.append(Piece(self.store.save(picture), None, facts))
            except NotSaved as error:
                trouble = error
                pieces.append(Piece(None, picture, facts))
        got = dict(finished.got)
        return Saved(
            finished.part, tuple(pieces), got, finished.usage, dollars, finished.request_id, finished.seconds, trouble
        )


def _entry(
    request: ImageRequest, account: Account, owner: str, ticket: str | None, *, page: str, allow_unknown: bool
) -> Entry:
    """What the journal is told before anything is sent."""
    return Entry(
        ticket=ticket or uuid.uuid4().hex,
        request=request,
        engine=engine_of(account),
        estimate=promise(request, account.server),
        charged=account.server.charged,
        owner=owner,
        page=page,
        allow_unknown=allow_unknown,
    )
