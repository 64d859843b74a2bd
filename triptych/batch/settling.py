"""The answers of a batch, line by line as they come: images saved, money settled at half price, each line once.

Nothing relies on the order of the lines, and whatever breaks off begins anew: what is settled is passed over.
"""

import asyncio
import json
import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from triptych.errors import (
    Cancelled,
    GivenBack,
    NeverSent,
    OutcomeUnknown,
    RequestRejected,
    TriptychError,
    WrongAddress,
)
from triptych.pricing import BATCH
from triptych.results import Finished
from triptych.store import Asked, Kept, Store
from triptych.store.ledger.api_batches import ApiBatch, ApiLine
from triptych.studio.late import saved_at

if TYPE_CHECKING:
    from triptych.client import ImageClient
    from triptych.client.batches import Line

log = logging.getLogger(__name__)

LEASE = "api batch "  # the id follows: who holds it brings the batch further
LASTS = timedelta(minutes=10)  # longer than any upload; a holder that is gone is succeeded sooner
NOT_FOUND = 404
EXPIRED = "The 24 hours ended before this row was run. It is not charged."
CANCELLED = "The batch was canceled before this row was run. It is not charged."
INVALID = "The server rejected the file, so no row was run. Nothing is charged."
ANOTHERS = "Another process is running this batch."
MISSING = "The server's result files do not include this row. It may have been charged."


class Settling:
    """Settles the lines of batches in the records; who calls it holds the batch's lease."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def hold(self, batch: ApiBatch) -> None:
        """Hold its lease for longer; raises GivenBack where another process has taken it."""
        if not await asyncio.to_thread(self._store.leases.take, f"{LEASE}{batch.id}", LASTS):
            raise GivenBack(ANOTHERS)

    async def settle(self, batch: ApiBatch, client: "ImageClient") -> None:
        """Fetch the answers of a batch that has ended, and settle all of its lines. Raises TriptychError in words.

        Of what neither file names nobody knows what became, but where the server counts none of it as run.
        """
        named = 0
        for file in (batch.output_file, batch.error_file):
            if file:
                named += await self._read(batch, file, client)
        for line in await asyncio.to_thread(lambda: list(self._store.api_batches.lines(batch))):
            if line.status == "batched":
                await self._close(line, _unnamed(batch, line, named))

    async def close_all(self, batch: ApiBatch, error: TriptychError) -> None:
        """Settle all lines alike: none was answered."""
        for line in await asyncio.to_thread(lambda: list(self._store.api_batches.lines(batch))):
            if line.status == "batched":
                await self._close(line, error)

    async def _read(self, batch: ApiBatch, file: str, client: "ImageClient") -> int:
        """Settle what a file names; how many lines that were."""
        named = 0
        try:
            async for line in client.batches.lines(file):
                known = await asyncio.to_thread(self._store.api_batches.line, batch, line.custom_id)
                named += known is not None
                if known and known.status == "batched":
                    await self.hold(batch)
                    await self._line(batch, known, line, client)
        except WrongAddress as error:
            if error.status != NOT_FOUND:
                raise
            log.warning("batch %s: its file %s is not at the server any more", batch.id, file)
        return named

    async def _line(self, batch: ApiBatch, known: ApiLine, line: "Line", client: "ImageClient") -> None:
        from triptych.client.spool import Head

        if line.never_run:
            said = CANCELLED if batch.status == "cancelled" else EXPIRED
            return await self._close(known, NeverSent(said))
        if line.error:
            return await self._close(known, line.error)
        data = await asyncio.to_thread(lambda: json.dumps(line.body).encode())
        try:
            head = Head(200, "application/json", line.request_id)
            finished = await client.read(known.request, 0, head, data)
        except TriptychError as error:
            return await self._close(known, error)
        return await asyncio.to_thread(self._save, batch, known, finished, client)

    def _save(self, batch: ApiBatch, known: ApiLine, finished: Finished, client: "ImageClient") -> None:
        """Save its images and settle it in one go; raises NotSaved or DatabaseDown, and then it is open as before."""
        asked = Asked(
            ticket=known.ticket,
            owner=batch.owner,
            page=batch.page,
            engine=batch.engine,
            base_url=batch.base_url,
            server=batch.server,
            public_only=batch.public_only,
            request=known.request,
        )
        # How long the server took for it is not told.
        told = replace(finished, got={**finished.got, BATCH: batch.remote or ""}, seconds=0.0)
        saved = saved_at(self._store, told, client.account, asked, batch.created)
        if saved.trouble:
            raise saved.trouble
        pieces = [Kept(index, one.stored, one.sidecar) for index, one in enumerate(saved.pieces) if one.stored]
        self._store.journal.finished(known.ticket, 0, pieces, saved.dollars, None)

    async def _close(self, line: ApiLine, error: TriptychError) -> None:
        end: Literal["failed", "unknown", "cancelled"] = "unknown" if error.may_be_charged else "failed"
        if isinstance(error, Cancelled):
            end = "cancelled"
        await asyncio.to_thread(lambda: self._store.journal.closed(line.ticket, end, error=error))


def _unnamed(batch: ApiBatch, line: ApiLine, named: int) -> TriptychError:
    """What became of a line that neither file names; ``named`` lines are."""
    if batch.status == "failed":
        own = [said for number, said in batch.wrong if number == line.number]
        return RequestRejected(f"The server rejected this row: {own[0]}") if own else NeverSent(INVALID)
    if batch.status == "cancelled" and batch.completed + batch.failed <= named:
        return NeverSent(CANCELLED)
    return OutcomeUnknown(MISSING)
