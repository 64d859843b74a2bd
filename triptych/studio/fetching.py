"""Turns that were sent and whose answer never came: fetched from the server, which keeps it, and never sent again."""

import asyncio
import logging
from typing import TYPE_CHECKING

from triptych.errors import OutcomeUnknown, Refused, TriptychError
from triptych.servers import Account
from triptych.store import Asked, Desk, Store
from triptych.studio.late import Late, some_unread
from triptych.studio.saved import Saved, engine_of, place_of

if TYPE_CHECKING:
    from triptych.client import ImageClient
    from triptych.store.ledger.fetchable import Fetchable

log = logging.getLogger(__name__)


class Fetching:
    """Fetches each such answer once at a time; what a server does not know it is not asked for again."""

    def __init__(self, store: Store, late: Late) -> None:
        self._store = store
        self._late = late
        self._busy: set[str] = set()
        self._refused: set[tuple[str, Account]] = set()  # tickets, and who did not get their answer

    async def fetch(self, client: "ImageClient", owner: str | None = None) -> tuple[tuple[str, Saved], ...]:
        """Fetch what ``client``'s server keeps of the ``owner``'s (None: everybody's) runs, and save it; by ticket.

        Waits for what the server still works on. Raises DatabaseDown; what cannot be fetched stays of unknown outcome.
        """
        account = client.account
        lost = await asyncio.to_thread(self._store.journal.fetchable, owner)
        mine = [
            one
            for one in lost
            if place_of(one.engine) == place_of(engine_of(account))
            and one.ticket not in self._busy
            and (one.ticket, account) not in self._refused
        ]
        self._busy |= {one.ticket for one in mine}
        try:
            found = await asyncio.gather(*(self._one(client, one) for one in mine))
        finally:
            self._busy -= {one.ticket for one in mine}
        return tuple((one.ticket, saved) for one, saved in zip(mine, found, strict=True) if saved)

    async def _one(self, client: "ImageClient", lost: "Fetchable") -> Saved | None:
        account = client.account
        asked = _asked(lost, account)
        desk = Desk(self._store.spool, asked)
        try:
            finished = await client.fetch(lost.request.parts()[lost.part], lost.response_id, desk)
            saved = await asyncio.to_thread(self._late.fetched, finished, account, asked, lost.sent)
        except Refused as error:  # it is kept, and saved by who looks next
            await asyncio.to_thread(desk.wait, lost.part, error.message)
            return None
        except TriptychError as error:
            log.warning("ticket %s: its answer could not be fetched: %s", lost.ticket, error)
            if type(error) is not OutcomeUnknown or error.status:  # not only that it still works on it
                self._refused.add((lost.ticket, account))
            await asyncio.to_thread(desk.failed, lost.part, error)
            return None
        else:
            over = desk.keep if finished.unread else lambda part, _: desk.done(part)
            await asyncio.to_thread(over, lost.part, some_unread(finished))
            return saved
        finally:
            desk.leave(())


def _asked(lost: "Fetchable", account: Account) -> Asked:
    return Asked(
        ticket=lost.ticket,
        owner=lost.owner,
        page=lost.page,
        engine=lost.engine,
        base_url=account.base_url,
        server=account.server.id,
        public_only=account.public_only,
        request=lost.request,
    )
