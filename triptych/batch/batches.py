"""The batches of a process: opened from the records, run in the background, taken over from processes that are gone."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from triptych.batch.batch import Batch, BatchInput
from triptych.batch.half_price import HalfPrice
from triptych.batch.images import Images, Pair
from triptych.batch.rows import Plan
from triptych.errors import DatabaseDown, Refused
from triptych.inputs import Attachment
from triptych.jobs import Jobs
from triptych.many import Many, Place, Register, Started
from triptych.request import ImageRequest
from triptych.servers import Account, Server
from triptych.store.saved import Removed, SavedDocument
from triptych.studio import Studio, engine_of, server_of

if TYPE_CHECKING:
    from triptych.client import ImageClient
    from triptych.store.history.documents import Documents

log = logging.getLogger(__name__)

LEASE = "batch "  # the id follows: who holds it runs what is left of the batch
LISTED = 50  # batches to choose from


class Batches:
    """Opens, runs and forgets batches. Owners see their own only. Methods raise DatabaseDown as the journal does."""

    def __init__(self, jobs: Jobs, studio: Studio) -> None:
        self._studio = studio
        self._many = Many(jobs, studio, lambda: self.saved)
        self._register = Register[Batch](self._many.lock)

    @property
    def saved(self) -> "Documents[SavedDocument]":
        """The batches in the records."""
        from triptych.store.db.tables import attachments, batches, cells
        from triptych.store.history.documents import Documents

        return Documents(self._studio.store.database, batches, SavedDocument, (cells, attachments))

    def titles(self, owner: str) -> tuple[SavedDocument, ...]:
        """The owner's batches, the last changed first, without their rows."""
        return self.saved.titles(owner, LISTED)

    def keep(
        self, owner: str, made_of: BatchInput, plan: Plan, account: Account, files: Mapping[str, bytes] | None = None
    ) -> Batch:
        """Save a new batch and open it; ``plan`` are its rows as requests for ``account``'s server.

        ``files`` holds by SHA-256 the bytes of what goes with them and is not in the store yet; they are stored with
        it. Raises NotSaved where they cannot be.
        """
        engine, store = engine_of(account), self._studio.store
        sent = {one.sha256 for request in plan.requests.values() for _, one in request.attachments}
        masks = {pair: one for pair, one in made_of.masks.items() if isinstance(one, str) or one.sha256 in sent}
        made_of = replace(made_of, masks=masks)
        kept = _kept(made_of)
        for one in kept:
            if data := (files or {}).get(one.sha256):
                store.keep_input(data, one)
        own = [one for one in kept if one.sha256 in (files or {}) or store.history.has(owner, one.sha256)]
        document = {**made_of.to_json(), "engine": engine}
        id = self.saved.save(owner, made_of.name, document, kept=own)  # noqa: A001
        server = account.server
        return self._opened(
            id,
            owner,
            server,
            engine,
            lambda: Batch(id, owner, made_of, plan, server=server, engine=engine, files=files),
        )

    def open(self, owner: str, id: str, account: Account | None = None) -> Batch:  # noqa: A002
        """The owner's batch on that account's engine, without one on the engine that it was saved for.

        Raises KeyError where there is none, and InvalidRequest where a newer version saved it.
        """
        if account and self.saved.has(owner, id):  # its thousands of rows are read where it is not open yet
            for batch in self._register.of(id):
                if (batch.owner, batch.server, batch.engine) == (owner, account.server, engine_of(account)):
                    return batch
        if (saved := self.saved.get(owner, id)) is None:
            raise KeyError(id)
        return self._reopened(saved, account)

    def refresh(self, batch: Batch) -> None:
        """Read anew what the records say of it."""
        self._many.refresh(batch)

    def start(
        self,
        batch: Batch,
        client: "ImageClient",
        places: tuple[Place, ...] | None = None,
        *,
        any_price: bool = False,
        goes_on: bool = False,
    ) -> Started:
        """Run these rows, else all that is missing, failed or cancelled, as `Many.start` does.

        With ``goes_on`` any process that shares the records runs what was not sent when this one is gone.
        """
        leases, name = self._studio.store.leases, f"{LEASE}{batch.id}"
        with self._many.lock:
            if goes_on:  # before anything is sent: the end may come at any time
                leases.take(name)
            try:
                started = self._many.start(batch, client, places, any_price=any_price, files=batch.files)
            except Refused:
                leases.give_back(name)
                raise
            batch.paused = False
            if not goes_on:
                leases.give_back(name)
        return started

    def submit(
        self,
        batch: Batch,
        account: Account,
        half_price: HalfPrice,
        places: tuple[Place, ...] | None = None,
        *,
        any_price: bool = False,
        unconfirmed: bool = False,
    ) -> Started:
        """Run these rows at half price within a day, chosen as ``start`` does; raises as `HalfPrice.submit`."""

        def take(requests: Mapping[str, ImageRequest], run: str) -> object:
            return half_price.submit(
                account,
                requests,
                owner=batch.owner,
                run=run,
                files=batch.files,
                any_price=any_price,
                unconfirmed=unconfirmed,
            )

        return self._many.hand_over(batch, places, take)

    def pause(self, batch: Batch) -> None:
        """Send no more rows; those in flight go on to their end. `start` goes on with the others."""
        self._studio.store.leases.give_back(f"{LEASE}{batch.id}")
        batch.paused = True
        self._many.pause(batch)

    def cancel(self, batch: Batch) -> None:
        """Stop it: rows that were not sent give their money back, what has been sent may be charged."""
        self._studio.store.leases.give_back(f"{LEASE}{batch.id}")
        batch.paused = False
        batch.cancel()

    def stop(self, owner: str) -> None:
        """Cancel all that this process runs of the owner's."""
        with self._many.lock:
            for batch in self._register.running(owner):
                self.cancel(batch)

    def goes_on(self, batch: Batch) -> bool:
        """Whether others go on with it when the process that runs it is gone."""
        return f"{LEASE}{batch.id}" in self._studio.store.leases.names(f"{LEASE}{batch.id}")

    def take_over(self, client_at: "Callable[[str], ImageClient | None]") -> int:
        """Go on with batches whose process is gone, and hold on to one's own; gives how many rows were begun.

        ``client_at`` gives a client for an engine's name, None where this process has no key for it. To be called
        every half minute, after `Journal.recover`: of a row that may have been sent nobody sends another.
        """
        leases, begun = self._studio.store.leases, 0
        for name in leases.names(LEASE):
            id = name.removeprefix(LEASE)  # noqa: A001
            with self._many.lock:
                here = self._register.of(id)
                if any(batch.running for batch in here):
                    leases.take(name)
                elif any(batch.jobs() for batch in here):  # it ended here, as its owner wanted it
                    leases.give_back(name)
                else:
                    begun += self._taken_over(name, id, client_at)
        return begun

    def _taken_over(self, name: str, id: str, client_at: "Callable[[str], ImageClient | None]") -> int:  # noqa: A002
        leases, saved = self._studio.store.leases, self.saved.of_anyone(id)
        client = client_at(str(saved.document["engine"])) if saved else None
        if (saved and client is None) or not leases.take(name):
            return 0
        try:
            if saved and client:
                batch = self._reopened(saved, client.account)
                self.refresh(batch)
                if rows := batch.places("cancelled"):
                    return self._many.start(batch, client, rows, files=batch.files).drawings
                if batch.places("elsewhere"):  # whose process may yet be found gone
                    return 0
        except DatabaseDown:
            raise
        except Refused as refused:  # over a cap, or an input is gone: its owner decides, and the page says it
            log.warning("batch %s does not go on: %s", id, refused)
        leases.give_back(name)
        return 0

    def delete(self, owner: str, id: str) -> Removed | None:  # noqa: A002
        """Stop and forget a batch; its images stay in history. `restore` brings it back."""
        self._register.forget(owner, id)
        return self.saved.delete(owner, id)

    def restore(self, removed: Removed) -> None:
        """Bring back what ``delete`` removed."""
        self.saved.restore(removed)

    def rename(self, batch: Batch, name: str) -> None:
        """Give it another name."""
        batch.input = replace(batch.input, name=name)
        self.saved.rename(batch.owner, batch.id, name)

    def images(
        self, owner: str, named: Mapping[str, Attachment], masks: Mapping[Pair, Attachment | str] | None = None
    ) -> Images:
        """Images that rows may name: ``named`` by file name, and all of the owner's history by id.

        ``masks`` are those that were made for them already.
        """
        store = self._studio.store

        def record(id: str) -> Attachment | None:  # noqa: A002
            found = store.history.get(owner, id)
            kept = found.stored if found else None
            return Attachment(kept.sha256, kept.format, kept.width, kept.height, kept.bytes) if kept else None

        return Images(named, record, lambda one: store.attached(one.sha256, one.format, owner), masks=dict(masks or {}))

    def _reopened(self, saved: SavedDocument, account: Account | None) -> Batch:
        document = dict(saved.document)
        engine = str(document.pop("engine", "openai"))
        made_of = BatchInput.from_json({**document, "name": saved.name})
        server, engine = (account.server, engine_of(account)) if account else (server_of(engine), engine)
        images = self.images(saved.owner, made_of.images, made_of.masks)

        def batch() -> Batch:
            rows = made_of.plan(server, images)
            return Batch(saved.id, saved.owner, made_of, rows, server=server, engine=engine, files=images.made)

        return self._opened(saved.id, saved.owner, server, engine, batch)

    def _opened(
        self,
        id: str,  # noqa: A002
        owner: str,
        server: Server,
        engine: str,
        make: Callable[[], Batch],
    ) -> Batch:
        described = owner, server
        return self._register.opened(
            id, engine, lambda batch: (batch.owner, batch.server) == described, make, self.refresh
        )


def _kept(made_of: BatchInput) -> tuple[Attachment, ...]:
    """Its images and masks, each once."""
    made = (one for one in made_of.masks.values() if not isinstance(one, str))
    return tuple({one.sha256: one for one in (*made_of.images.values(), *made)}.values())
