"""One batch a step further: its files uploaded, asked for once, found again, looked at, settled, cleaned up."""

import asyncio
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from triptych.batch.settling import Settling
from triptych.budget import promise
from triptych.errors import (
    InvalidRequest,
    NeverSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    RequestRejected,
    TriptychError,
    Unreachable,
    WrongAddress,
)
from triptych.inputs import Attachment
from triptych.pricing import HALF
from triptych.ranges import Range
from triptych.request import ImageRequest
from triptych.request.batch_line import line
from triptych.servers import Server
from triptych.store.ledger.api_batches import ApiBatch
from triptych.studio import Studio

if TYPE_CHECKING:
    from triptych.client import ImageClient
    from triptych.client.batches import BatchApi, Told

ENDED = ("completed", "failed", "expired", "cancelled")
EARLIER = timedelta(hours=1)  # by which the server's clock may differ from this machine's
CONFLICT, NOT_FOUND = 409, 404
STOPPED = "It was canceled before the batch was submitted. Nothing is charged."
GONE = "The demo engine has restarted and no longer has its batches. Nothing was charged."
INPUT_GONE = "An image that these rows use is missing. Upload it again. Nothing was sent."
LOST = (
    "The server did not answer when the batch was submitted, and it lists no batch for this file. "
    "It may have been charged."
)
UNKNOWN_HERE = (
    "The server does not know this batch (404). Only the project whose key created it can see it. Choose that key in "
    "Settings to continue."
)

Result = TypeVar("Result")


def cost(request: ImageRequest, server: Server) -> Range[Decimal] | None:
    """Dollars that a request should cost in a batch; the upper end is what is reserved. None: unknown."""
    return promise(request, server, HALF)


async def aside(work: Callable[[], Result]) -> Result:
    """Do ``work``, which blocks, beside the event loop."""
    return await asyncio.to_thread(work)


class AtServer:
    """Brings batches further, one step at a time; who calls it holds the batch's lease.

    For ``patience`` seconds a batch is looked for whose making was not answered.
    """

    def __init__(self, studio: Studio, patience: float) -> None:
        self._store = studio.store
        self._records = studio.store.api_batches
        self._gate = studio.gate
        self._patience = timedelta(seconds=patience)
        self._settling = Settling(studio.store)

    async def step(self, batch: ApiBatch, client: "ImageClient") -> ApiBatch:
        """One step further. Raises TriptychError in words where something keeps it from that; the next may do it."""
        if batch.ended is None:
            match batch.status:
                case "preparing":
                    batch = await self._prepared(batch, client)
                case "creating":
                    batch = await self._found(batch, client.batches)
                case _:
                    batch = await self._looked(batch, client.batches)
            if batch.ended is None and batch.status in ENDED:
                await self._settling.settle(batch, client)
                batch = await self._note(batch, ended=datetime.now(UTC))
        if batch.ended and batch.cleans and not batch.cleaned:
            batch = await self._cleaned(batch, client.batches)
        return batch

    async def _note(self, batch: ApiBatch, **changed: object) -> ApiBatch:
        now = datetime.now(UTC)
        return await aside(lambda: self._records.note(batch, **{"trouble": None, "looked": now, **changed}))

    async def _prepared(self, batch: ApiBatch, client: "ImageClient") -> ApiBatch:
        """Upload what it needs, and ask for it: once, whatever comes of that."""
        if batch.cancelling:
            return await self._closed(batch, "refused", NeverSent(STOPPED))
        try:
            batch = await self._uploaded(batch, client)
            await self._settling.hold(batch)
            self._gate.check()
            asked_for = await aside(lambda: self._records.posting(batch, datetime.now(UTC)))
            if asked_for is None:
                return batch  # it was cancelled just now, which the next step sees
            return await self._created(asked_for, client.batches)
        except RateLimited:
            raise
        except (Rejected, InvalidRequest) as error:
            return await self._closed(batch, "refused", error)

    async def _created(self, batch: ApiBatch, api: "BatchApi") -> ApiBatch:
        try:
            told = await api.create(batch.input_file or "", batch.endpoint, _marked(batch))
        except (RateLimited, Unreachable) as error:  # it was not made, and may be asked for again
            return await self._note(batch, status="preparing", posted=None, trouble=str(error))
        except Rejected:
            raise
        except TriptychError as error:  # it may have been made: it is looked for, and never asked for again
            return await self._note(batch, trouble=str(error))
        return await self._heard(batch, told)

    async def _heard(self, batch: ApiBatch, told: "Told") -> ApiBatch:
        return await self._note(
            batch,
            remote=told.id,
            status=told.status,
            output_file=told.output_file,
            error_file=told.error_file,
            completed=told.completed,
            failed=told.failed,
            wrong=tuple((one.line, one.message) for one in told.wrong),
        )

    async def _found(self, batch: ApiBatch, api: "BatchApi") -> ApiBatch:
        """Look for the batch that was made of our file, or bears our mark."""
        posted = batch.posted or batch.created
        since = (batch.created - EARLIER).timestamp()
        if told := await api.find(batch.input_file or "", _marked(batch), since):
            return await self._heard(batch, told)
        if datetime.now(UTC) - posted < self._patience:
            return await self._note(batch, trouble=batch.trouble)
        return await self._closed(batch, "lost", OutcomeUnknown(LOST))

    async def _looked(self, batch: ApiBatch, api: "BatchApi") -> ApiBatch:
        remote = batch.remote or ""
        try:
            if batch.cancelling and batch.status not in {*ENDED, "cancelling"}:
                try:
                    return await self._heard(batch, await api.cancel(remote))
                except RequestRejected as error:
                    if error.status != CONFLICT:  # it has ended in the meantime
                        raise
            return await self._heard(batch, await api.retrieve(remote))
        except WrongAddress as error:
            if error.status != NOT_FOUND:
                raise
            if not batch.charged:
                return await self._closed(batch, "lost", NeverSent(GONE))
            raise WrongAddress(UNKNOWN_HERE, error.request_id, status=NOT_FOUND) from None

    async def _closed(self, batch: ApiBatch, status: str, error: TriptychError) -> ApiBatch:
        """The end of a batch of which no line was answered."""
        await self._settling.close_all(batch, error)
        return await self._note(batch, status=status, trouble=str(error), ended=datetime.now(UTC))

    async def _uploaded(self, batch: ApiBatch, client: "ImageClient") -> ApiBatch:
        """Its images, each once in a run, and its lines."""
        if batch.input_file:
            return batch
        images = await aside(lambda: self._images(batch))
        files = await aside(lambda: self._records.uploaded(batch.run))
        for sha256, one in images.items():
            if sha256 not in files:
                await self._settling.hold(batch)
                self._gate.check()
                data = await aside(partial(self._input, one))
                name = f"{sha256[:16]}.{one.suffix}"
                files[sha256] = await client.batches.upload(name, data, "vision", one.media_type)
                await aside(partial(self._records.upload, batch.run, sha256, files[sha256]))
        with tempfile.TemporaryDirectory(prefix="triptych-batch-") as folder:
            path = Path(folder) / f"triptych-{batch.id}.jsonl"
            await aside(lambda: self._write(path, batch, client.account.server, files))
            await self._settling.hold(batch)
            self._gate.check()
            file = await client.batches.upload(path.name, path, "batch", "application/jsonl")
        return await self._note(batch, input_file=file)

    def _input(self, one: Attachment) -> bytes:
        try:
            return self._store.original(one.sha256, one.format)
        except KeyError:
            raise InvalidRequest(INPUT_GONE, param="images") from None

    def _images(self, batch: ApiBatch) -> dict[str, Attachment]:
        lines = self._records.lines(batch)
        return {one.sha256: one for each in lines for _, one in each.request.attachments}

    def _write(self, path: Path, batch: ApiBatch, server: Server, files: dict[str, str]) -> None:
        with path.open("wb") as out:
            for each in self._records.lines(batch):
                out.write(line(each.ticket, each.request, server, files))

    async def _cleaned(self, batch: ApiBatch, api: "BatchApi") -> ApiBatch:
        """Remove its files from the server; the images of its run with the last of its batches."""
        for file in (batch.input_file, batch.output_file, batch.error_file):
            if file:
                await api.delete(file)
        others = await aside(lambda: self._records.every(batch.owner, batch.run))
        if all(one.ended for one in others):
            for file in (await aside(lambda: self._records.uploaded(batch.run))).values():
                await api.delete(file)
        return await self._note(batch, cleaned=datetime.now(UTC))


def _marked(batch: ApiBatch) -> dict[str, str]:
    """The metadata by which a batch is known as ours, whatever became of the answer that it was made."""
    return {"triptych": batch.id}
