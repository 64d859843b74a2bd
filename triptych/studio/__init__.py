"""The one use case: look up, else reserve, draw, save, settle; and only then show."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from triptych.budget import Budget, promise
from triptych.errors import InputMissing, Refused
from triptych.inputs import Attachment
from triptych.request import ImageRequest
from triptych.results import Event, Failed, Finished, Picture, Sent
from triptych.servers import Account
from triptych.store import Asked, Desk, Ending, Entry, Going, Record, Store
from triptych.store.files.previews import is_its_own
from triptych.studio.diary import Diary, aside
from triptych.studio.fetching import Fetching
from triptych.studio.gate import Gate
from triptych.studio.gathering import Together
from triptych.studio.late import Adrift, Late, saved_at, some_unread
from triptych.studio.line import Line
from triptych.studio.order import Order
from triptych.studio.saved import Piece, Saved, engine_of, parents_of, place_of, remembered, server_of, sidecar

if TYPE_CHECKING:  # the SDK behind it is imported when it is first used, after the first page
    from triptych.client import ImageClient

__all__ = ["Opened", "Order", "Piece", "Saved", "Studio", "engine_of", "place_of", "remembered", "server_of", "sidecar"]

log = logging.getLogger(__name__)

DAY = 86400.0  # seconds
# While others wait in line, an answer that is safe on the disk waits so many seconds for so many at most, to be saved
# with them. What waits goes out meanwhile, and what each costs us is paid for all.
LINGER, TOGETHER = 0.05, 8


@dataclass(frozen=True)
class Opened:
    """A drawing whose money is promised; ``inputs`` are the bytes by SHA-256 of what goes with it."""

    entry: Entry
    inputs: Mapping[str, bytes]


class Studio:
    """Draws with a client, keeps what comes in a store, and writes down both before it says so.

    ``cache_ttl`` is for how many seconds an equal request is answered from history.
    """

    def __init__(
        self, store: Store, budget: Budget, cache_ttl: float = DAY, savers: int = 2, *, gate: Gate | None = None
    ) -> None:
        self.store = store
        self.budget = budget
        self.cache_ttl = cache_ttl
        self.gate = gate or Gate()
        self.late = Late(store)
        self.fetching = Fetching(store, self.late)
        self._savers = ThreadPoolExecutor(savers, "save")
        self._saving, self._leaving = Together[Saved](self._savers), Together[None](self._savers)
        # One thread: what is written of a drawing keeps its order.
        self._line = Line(store.database.together, self._sent, self._ended)

    async def draw(
        self, client: "ImageClient", order: Order, stop: asyncio.Event | None = None
    ) -> AsyncGenerator[Event, None]:
        """Events of the drawing, with each Finished replaced by a Saved once its bytes and records are on disk.

        Setting ``stop`` ends it: what has arrived by then is still saved. Raises Refused before anything is sent: what
        is wrong with the request, its files, key, disk, database or budget.
        """
        order.request.check(client.account.server)
        client.check()
        entry = self._entry(order, client.account)
        asks_anew = order.redraw or order.instead_of is not None
        if not asks_anew and (found := await aside(self._line, partial(self._cached, entry, order.max_age))):
            for saved in found:
                yield saved
            return
        ready = Opened(entry, {})
        if entry.request.attachments:
            ready = await aside(self._savers, partial(self._ready, entry, order.files))
        await aside(self._line, partial(self._open, ready.entry))
        shown = order.shown and order.run is None
        async with aclosing(self._followed(client, ready.entry, ready.inputs, stop, shown=shown)) as events:
            async for event in events:
                yield event

    def open_many(self, client: "ImageClient", orders: Sequence[Order]) -> tuple[Opened, ...]:
        """Promise the money of all ``orders``, or of none; `follow` then draws each.

        Raises Refused as ``draw`` does; OverBudget says how many, in their order, there is money for. Blocks.
        """
        client.check()
        at_hand, opened = dict[str, bytes](), []
        for order in orders:
            order.request.check(client.account.server)
            entry = self._entry(order, client.account)
            attached = bool(order.request.attachments)
            ready = self._ready(entry, {**order.files, **at_hand}) if attached else Opened(entry, {})
            at_hand |= ready.inputs  # the same bytes serve every drawing
            opened.append(ready)
        with self._nothing_left(*(order.request for order in orders)):
            self.store.check()
            self.store.journal.open_many([one.entry for one in opened])
        return tuple(opened)

    def follow(
        self, client: "ImageClient", opened: Opened, stop: asyncio.Event | None = None
    ) -> AsyncGenerator[Event, None]:
        """Events of a drawing that was opened together with others, as ``draw`` gives them."""
        return self._followed(client, opened.entry, opened.inputs, stop, shown=opened.entry.run is None)

    def derive(
        self,
        data: bytes,
        *,
        owner: str,
        page: str,
        request: ImageRequest,
        parents: tuple[str, ...],
        how: str,
        ticket: str | None = None,
    ) -> Record:
        """Keep a picture that was made here from those whose SHA-256 are its ``parents``; it costs nothing. Blocks.

        ``request`` is that of the picture it was made from; ``how`` says what was done, like "upscaled 4x". A
        ``ticket`` makes one record however often it is used. Raises BadFile, NotSaved, Duplicate or DatabaseDown.
        """
        from triptych.store.history.derived import Origin

        self.store.check()
        origin = Origin(owner=owner, page=page, request=request, parents=parents, how=how, ticket=ticket)
        return self.store.derive(data, origin)

    async def _followed(
        self,
        client: "ImageClient",
        entry: Entry,
        inputs: Mapping[str, bytes],
        stop: asyncio.Event | None,
        *,
        shown: bool,
    ) -> AsyncGenerator[Event, None]:
        """Draw what has been opened, and close it however that ends."""
        parts, one_of_many = len(entry.request.parts()), entry.run is not None
        diary = Diary(self.store.journal, self._line, entry.ticket, parts, self.gate)
        desk = Desk(self.store.spool, Asked.of(entry, client.account), in_haste=not one_of_many)
        self.gate.begin(entry.ticket)
        events = client.draw(
            entry.request, files=inputs, owner=entry.owner, ticket=entry.ticket, stop=stop, witness=diary, spool=desk
        )
        try:
            async with aclosing(events):
                async for event in events:
                    told = diary.told(event)
                    match event:
                        case Sent():
                            desk.sending(event.part)
                        case Finished():
                            others = TOGETHER if one_of_many and client.pace.has_line else 1
                            saving = self._saved(event, client.account, diary, desk, others)
                            previews = self._previews(event) if shown and desk.is_safe(event.part) else ()
                            told, *_ = await asyncio.gather(saving, *previews)
                        case Failed():
                            await aside(self._savers, partial(desk.failed, event.part, event.error))
                    diary.heard(told)
                    yield told
        finally:
            is_closed = await diary.close()
            self.late.left(diary, desk.asked, is_closed=is_closed)
            await self._leaving(partial(desk.leave, diary.unsettled()))
            self.gate.end(entry.ticket)

    def _previews(self, finished: Finished) -> Iterator[Coroutine[None, None, None]]:
        """Make what the page will show while its images are saved; the page can make it too, so this raises nothing.

        An image that is its own preview is shown before there is another.
        """

        def preview(image: Picture) -> None:
            try:
                self.store.files.preview_of(image)
            except ValueError as reason:  # the page says it in the image's place
                log.info("there is no preview of an image: %s", reason)
            except Exception:
                log.exception("a preview could not be made")

        shown_small = (image for image in finished.pictures if not is_its_own(image.data))
        return (aside(self._savers, partial(preview, image)) for image in shown_small)

    def _entry(self, order: Order, account: Account) -> Entry:
        """What the journal is told before anything is sent."""
        return Entry(
            ticket=order.ticket,
            request=order.request,
            engine=engine_of(account),
            estimate=promise(order.request, account.server, order.share),
            charged=account.server.charged,
            owner=order.owner,
            page=order.page,
            run=order.run,
            parents=parents_of(order.request),
            allow_unknown=order.any_price,
            page_cap=order.page_cap,
            instead_of=order.instead_of,
        )

    def _sent(self, going: Sequence[Going]) -> Sequence[Exception | None]:
        return self.store.journal.sent_many(going)  # which is made with the caps there are when it is first needed

    def _ended(self, endings: Sequence[Ending]) -> Sequence[Exception | None]:
        return self.store.journal.finished_many(endings)

    def _cached(self, entry: Entry, max_age: float | None) -> tuple[Saved, ...]:
        age = self.cache_ttl if max_age is None else min(max_age, self.cache_ttl)
        if not age:
            return ()
        records = self.store.history.cached(entry.owner, entry.request.fingerprint(), entry.engine, age)
        return tuple(remembered(entry.request, records, cached=True))

    def _ready(self, entry: Entry, files: Mapping[str, bytes]) -> Opened:
        """The drawing with the bytes of what goes with it, all of them in the store from here on.

        Of an extended image whose original is gone, or was never its owner's, nobody says what it was made of.
        """
        self.store.check()
        found: dict[str, bytes] = {}
        for name, _, one in entry.request.named:
            if one.sha256 in files:
                found[one.sha256] = files[one.sha256]
                self.store.keep_input(found[one.sha256], one)
            elif one.sha256 not in found:
                found[one.sha256] = self._earlier(name, one, entry.owner)
        original = entry.request.extension.original if entry.request.extension else None
        if original and original.sha256 in files:
            self.store.keep_input(files[original.sha256], original)
        elif original and not self.store.holds(original, entry.owner):
            entry = replace(entry, request=replace(entry.request, extension=None))
        return Opened(entry, found)

    def _earlier(self, name: str, one: Attachment, owner: str) -> bytes:
        try:
            data = self.store.attached(one.sha256, one.format, owner)
            if Attachment.of(data) != one:  # a file that names it may lie about its size, and so about the price
                raise KeyError(one.sha256)
            return data
        except KeyError:
            raise InputMissing(f"The file {name} is missing.", param="images") from None

    def _open(self, entry: Entry) -> None:
        with self._nothing_left(entry.request):
            self.store.check()
            self.store.journal.open(entry)

    @contextmanager
    def _nothing_left(self, *requests: ImageRequest) -> Iterator[None]:
        """Where opening their drawings is refused, the bytes of inputs that were kept for them go again."""
        try:
            yield
        except Refused:
            with suppress(Refused):  # then they stay as orphans, which the store lists
                self.store.release({one for request in requests for _, one in request.kept})
            raise

    def catch_up(self) -> tuple[tuple[str, Saved], ...]:
        """Save what could not be saved as it came, if it can be now, as `Late.catch_up` does. Blocks."""
        return self.late.catch_up()

    async def _saved(self, finished: Finished, account: Account, diary: Diary, desk: Desk, others: int) -> Saved:
        """The answer once its images are saved and noted; where they cannot be, it stays until they are."""
        part, sent = finished.part, desk.sent(finished.part)
        most = others if desk.is_safe(part) else 1
        saved = await self._saving(partial(saved_at, self.store, finished, account, desk.asked, sent), LINGER, most)
        try:
            await diary.kept(saved)
        except Refused as error:
            saved = Saved(**{**vars(saved), "trouble": saved.trouble or error})
        if not saved.trouble:
            if finished.unread:
                await aside(self._savers, partial(desk.keep, part, some_unread(finished)))
            else:
                desk.saved(part)
            return saved
        if not desk.is_safe(part):
            self.late.hold(Adrift(desk.asked, finished, account, sent))
        await aside(self._savers, partial(desk.wait, part, saved.trouble.message))
        return saved
