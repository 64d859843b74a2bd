"""Runs at half price, by the Batch API: promised, journalled, sent as files, followed for a day, saved line by line.

What is asked for here goes on without a tab, and after a restart: one process at a time follows each batch, whichever
of those that share the records, by a lease. The answers need no keeping before they are read: the server keeps them for
30 days under ids that are in the journal, so that whatever breaks off is fetched again.
"""

import asyncio
import logging
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from triptych.batch.at_server import AtServer, cost
from triptych.batch.settling import LASTS, LEASE
from triptych.errors import InvalidRequest, NeverSent, TriptychError
from triptych.jobs import Jobs, News
from triptych.pricing import HALF
from triptych.request import ImageRequest
from triptych.request.batch_line import Lines, batchable, in_files, problem
from triptych.servers import Account
from triptych.store.ledger.api_batches import ApiBatch
from triptych.studio import Order, Studio, engine_of, place_of

if TYPE_CHECKING:  # the SDK behind it is imported when it is first used
    from triptych.client import ImageClient

__all__ = ["ApiBatch", "HalfPrice", "cost"]

log = logging.getLogger(__name__)

SOONEST, LATEST = 1.0, 60.0  # seconds
BROKE = "Triptych failed to check this batch and will try again. Its log has the details."
LOST_AFTER = 600.0  # seconds for which a batch whose making was not answered is looked for


class HalfPrice:
    """The batches of a process at the Batch API. Its methods can be called from any thread, and block.

    ``client_of`` makes a client of its own for an account: that of a tab is closed when the tab changes its account.
    Two looks at a batch are ``soonest`` seconds apart, or a tenth of its age, at most a minute; one whose making was
    not answered is looked for for ``patience`` seconds. ``news`` tells of whatever changes. Methods raise DatabaseDown
    as the journal does.
    """

    def __init__(
        self,
        jobs: Jobs,
        studio: Studio,
        client_of: Callable[[Account], "ImageClient"],
        *,
        soonest: float = SOONEST,
        patience: float = LOST_AFTER,
    ) -> None:
        self.news = News()
        self._jobs = jobs
        self._studio = studio
        self._store = studio.store
        self._client_of = client_of
        self._clients: dict[Account, ImageClient] = {}
        self._accounts: dict[str, Account] = {}  # by batch: of those that were begun here
        self._followed: dict[tuple[str | None, str], Account] = {}  # by owner (None: all) and place
        self._at_server = AtServer(studio, patience)
        self._soonest = soonest
        self._woken = asyncio.Event()  # of the background loop, as are the others
        self._watching: asyncio.Task[None] | None = None
        self._next: float | None = None  # seconds until the next look, None where nothing is to be done

    def submit(
        self,
        account: Account,
        requests: Mapping[str, ImageRequest],
        *,
        owner: str,
        run: str,
        page: str = "batch",
        files: Mapping[str, bytes] | None = None,
        any_price: bool = False,
        unconfirmed: bool = False,
    ) -> tuple[ApiBatch, ...]:
        """Promise the money of all ``requests``, by ticket, at half price, and send them as batches; or do nothing.

        Gives the batches as soon as they are journalled; they are sent behind one's back. ``run`` names the click: the
        cap of a run holds for all of them. ``files`` holds by SHA-256 the bytes of images that are not in the store.
        ``unconfirmed`` is the user's word to try models of which nobody says whether they may be batched. Raises
        Refused as `Studio.open_many` does, and InvalidRequest for what cannot go into a batch.
        """
        asked = {ticket: batchable(request) for ticket, request in requests.items()}
        for request in asked.values():
            if found := problem(request, account.server, unconfirmed=unconfirmed):
                raise InvalidRequest(found.sentence, param=found.parameter)
        client = self._client(account)
        orders = [
            Order(request, ticket, owner, page, any_price=any_price, files=files or {}, run=run, share=HALF)
            for ticket, request in asked.items()
        ]
        self._studio.open_many(client, orders)
        new = partial(_new, client.account, owner, run, page)
        batches = {new(lines): lines.names for lines in in_files(asked, client.account.server)}
        try:
            self._store.api_batches.begin(batches)
        except TriptychError:
            for ticket in asked:
                self._store.journal.closed(ticket, "cancelled", error=NeverSent("The batch could not be recorded."))
            raise
        self._accounts |= {batch.id: account for batch in batches}
        self._tell()
        return tuple(batches)

    def every(self, owner: str, run: str | None = None) -> tuple[ApiBatch, ...]:
        """The owner's batches, the newest first; with ``run`` those whose run's name begins so."""
        return self._store.api_batches.every(owner, run)

    def cancel(self, owner: str, id: str) -> None:  # noqa: A002
        """Ask for the end of a batch, which the server takes up to ten minutes for; what is done by then is charged.

        One that was not asked for yet is not asked for at all. Nothing happens to one that has ended, or is another's.
        """
        batch = self._store.api_batches.get(id, owner)
        if batch and batch.ended is None:
            self._store.api_batches.note(batch, cancelling=True, looked=None)
            self._tell()

    def clean(self, owner: str, id: str) -> None:  # noqa: A002
        """Remove what was uploaded and what came of it from the server, once the batch has ended; images here stay."""
        batch = self._store.api_batches.get(id, owner)
        if batch and batch.cleaned is None:
            self._store.api_batches.note(batch, cleans=True, looked=None)
            self._tell()

    def follow(self, account: Account, owner: str | None = None) -> None:
        """Look after what was begun before a restart with this account: the ``owner``'s, None for everybody's."""
        place = owner, place_of(engine_of(account))
        if self._followed.get(place) != account or self._next is None:
            self._followed[place] = account
            self._tell()

    def close(self) -> None:
        """Look after nothing any more; another process does, or the next one."""
        self._jobs.run(self._end())

    async def _end(self) -> None:
        if self._watching:
            self._watching.cancel()

    def _tell(self) -> None:
        """Have the batches looked at now, and let whoever waits hear of it."""
        self._jobs.run(self._attend())
        with self.news:
            self.news.tell()

    async def _attend(self) -> None:
        self._woken.set()
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        """Look after the batches until there are none."""
        while self._woken.is_set() or self._next is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), self._next)
            self._woken.clear()  # who wakes it while it looks may have come too late for that
            try:
                self._next = await self.look()
            except Exception:
                log.exception("the batches could not be looked at")
                self._next = LATEST

    async def look(self) -> float | None:
        """Look at every batch that is due; the seconds until the next one is, None where nothing is to be done.

        Raises nothing that the next look might mend. On the background loop.
        """
        try:
            unfinished = await asyncio.to_thread(self._store.api_batches.unfinished)
        except TriptychError as error:
            log.warning("the batches cannot be read: %s", error)
            return LATEST
        mine = [(batch, account) for batch in unfinished if (account := self._account(batch))]
        due: dict[str, list[tuple[ApiBatch, Account]]] = {}
        for batch, account in mine:
            if self._due(batch) <= 0:
                due.setdefault(batch.run, []).append((batch, account))
        await asyncio.gather(*map(self._steps, due.values()))
        if not mine:
            return None
        return min(max(self._due(batch), self._soonest) for batch, _ in mine)

    async def _steps(self, batches: list[tuple[ApiBatch, Account]]) -> None:
        """Those of one run after each other: what one has uploaded serves the others."""
        for batch, account in batches:
            await self._step(batch, self._client(account))

    async def _step(self, batch: ApiBatch, client: "ImageClient") -> None:
        """One step further, if no other process takes it."""
        leases, name = self._store.leases, f"{LEASE}{batch.id}"
        try:
            if not await asyncio.to_thread(leases.take, name, LASTS):
                return
            now = await asyncio.to_thread(self._store.api_batches.get, batch.id)
            try:
                if now:
                    await self._at_server.step(now, client)
            except NeverSent as ending:  # this process ends, or another goes on with it
                log.info("batch %s: %s", batch.id, ending)
            except TriptychError as error:
                log.warning("batch %s: %s", batch.id, error)
                await self._trouble(batch, str(error))
            except Exception:  # one that breaks keeps none of the others
                log.exception("batch %s broke", batch.id)
                await self._trouble(batch, BROKE)
            finally:
                await asyncio.to_thread(leases.give_back, name)
        except TriptychError as error:  # the records are down: the next look may get there
            log.warning("batch %s: %s", batch.id, error)
        with self.news:
            self.news.tell()

    async def _trouble(self, batch: ApiBatch, said: str) -> None:
        """Note why it came no further; it is tried again."""
        changed = {"trouble": said, "looked": datetime.now(UTC)}
        await asyncio.to_thread(lambda: self._store.api_batches.note(batch, **changed))

    def _due(self, batch: ApiBatch) -> float:
        """Seconds until it is looked at again, by its age; not above 0: now."""
        if batch.looked is None:
            return 0.0
        pause = min(max((batch.looked - batch.created).total_seconds() / 10, self._soonest), LATEST)
        return pause - (datetime.now(UTC) - batch.looked).total_seconds()

    def _account(self, batch: ApiBatch) -> Account | None:
        """With which account to ask for a batch; None: nobody has come with one since the restart."""
        place = place_of(batch.engine)
        return (
            self._accounts.get(batch.id)
            or self._followed.get((batch.owner, place))
            or self._followed.get((None, place))
        )

    def _client(self, account: Account) -> "ImageClient":
        if account not in self._clients:
            self._clients[account] = self._client_of(account)
        return self._clients[account]


def _new(account: Account, owner: str, run: str, page: str, lines: Lines) -> ApiBatch:
    return ApiBatch(
        id=uuid.uuid4().hex,
        owner=owner,
        run=run,
        page=page,
        engine=engine_of(account),
        base_url=account.base_url,
        server=account.server.id,
        public_only=account.public_only,
        charged=account.server.charged,
        model=lines.model,
        endpoint=lines.endpoint,
        lines=len(lines.names),
        created=datetime.now(UTC),
    )
