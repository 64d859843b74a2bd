"""What could not be saved as it came, saved later: by the run itself, by who looks every half minute, by a person."""

import asyncio
import logging
import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256

from triptych.errors import OutcomeUnknown, Refused, TriptychError
from triptych.pricing import charged, doubt, share_of
from triptych.request import ImageRequest
from triptych.results import Finished, Picture
from triptych.servers import GENERIC, PRESETS, Account
from triptych.sidecar import owner_hash
from triptych.store import Answer, Asked, Kept, Store
from triptych.store.files.kept_answer import Belated
from triptych.store.values import OPEN
from triptych.studio.diary import Diary
from triptych.studio.saved import Piece, Saved, sidecar, told_by

log = logging.getLogger(__name__)

BROKE = "Triptych itself failed to read it; its log has the details."


@dataclass(frozen=True)
class Adrift:
    """An answer that is in memory only: it could neither be kept nor saved."""

    asked: Asked
    finished: Finished
    account: Account
    sent: datetime
    unsettled: tuple[int, ...] | None = None  # as long as its run goes on


class Late:
    """Saves what had to wait. One at a time, in whatever thread; each answer once, however often it is tried."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._adrift: dict[tuple[str, int], Adrift] = {}
        self._unclosed: dict[str, Diary] = {}
        self._lock = threading.Lock()

    def hold(self, adrift: Adrift) -> None:
        """Take care of an answer that nothing else holds."""
        self._adrift[adrift.asked.ticket, adrift.finished.part] = adrift

    def left(self, diary: Diary, asked: Asked, *, is_closed: bool) -> None:
        """The run has ended; where the records could not be told, they will be."""
        for key, adrift in tuple(self._adrift.items()):
            if key[0] == asked.ticket:
                self._adrift[key] = replace(adrift, unsettled=tuple(sorted(diary.unsettled())))
        if not is_closed:
            self._unclosed[asked.ticket] = diary

    def catch_up(self) -> tuple[tuple[str, Saved], ...]:
        """Save what waits, if that can be done now; what was saved, by ticket. Raises nothing: the next may get there.

        It asks no server for anything but an image that an answer only names.
        """
        kept = [one for one in self.store.spool.answers() if one.state != "unreadable"]
        adrift = [one for one in tuple(self._adrift.values()) if one.unsettled is not None]
        if not kept and not adrift and not self._unclosed:
            return ()
        saved: list[tuple[str, Saved]] = []
        try:
            self.store.files.check()
            self.store.journal.check()
        except TriptychError as error:
            log.warning("%d answers wait to be saved: %s", len(kept) + len(adrift), error)
            return ()
        tries = [(one.asked.ticket, partial(self._rescued, one)) for one in adrift]
        tries += [(one.asked.ticket, partial(self.read_again, one)) for one in kept]
        for ticket, tried in tries:
            try:
                saved.append((ticket, tried()))
            except TriptychError as error:
                log.warning("ticket %s: an answer still waits to be saved: %s", ticket, error)
        self._close()
        return tuple(saved)

    def read_again(self, answer: Answer, account: Account | None = None) -> Saved:
        """Read a kept answer, save its images and their records, and let it go. Nothing is sent again. Blocks.

        ``account`` is used, with its key, for an image that the answer only names, where it is of the same server.
        Raises OutcomeUnknown where it still cannot be read, NotSaved or DatabaseDown where it still has to wait.
        """
        asked = answer.asked
        account = _account(answer, account)
        with self._lock:
            try:
                finished = self._in_place(self._read(answer, account), answer)
                saved = saved_at(self.store, finished, account, asked, answer.sent)
                self._note(asked, saved, self._unsettled(answer))
            except Refused as error:
                self.store.spool.put(replace(answer, state="waiting", reason=error.message))
                raise
            if finished.unread:
                self.store.spool.put(replace(answer, state="unreadable", reason=some_unread(finished)))
            else:
                self.store.spool.remove(answer.name)
            self._adrift.pop((asked.ticket, answer.part), None)
        return saved

    def images(self, answer: Answer) -> tuple[Picture, ...]:
        """The images of an answer, from its kept bytes as they are; raises TriptychError. Blocks."""
        return asyncio.run(_finished(answer, _account(answer), self._data(answer))).pictures

    def _in_place(self, finished: Finished, answer: Answer) -> Finished:
        """The images in the places that those have which were read and recorded before; what is new follows them."""
        if answer.state != "unreadable":
            return finished
        places = self.store.journal.places(answer.asked.ticket, answer.part)
        ordered = sorted(finished.pictures, key=lambda one: places.get(sha256(one.data).hexdigest(), len(places)))
        return replace(finished, pictures=tuple(ordered))

    def _read(self, answer: Answer, account: Account) -> Finished:
        """The answer read, as long as it took when it came; what cannot be read is a person's from here on."""
        data = self._data(answer)
        try:
            return replace(asyncio.run(_finished(answer, account, data)), seconds=answer.seconds)
        except TriptychError as error:
            if answer.state == "cancelled":  # it was cut off where a person wanted it to be
                self.store.spool.remove(answer.name)
            else:
                self.store.spool.put(replace(answer, state="unreadable", reason=error.message))
            raise
        except Exception:
            log.exception("ticket %s part %d cannot be read", answer.asked.ticket, answer.part)
            self.store.spool.put(replace(answer, state="unreadable", reason=BROKE))
            raise OutcomeUnknown(BROKE, answer.request_id) from None

    def _data(self, answer: Answer) -> bytes:
        try:
            return self.store.spool.data(answer)
        except KeyError:
            raise OutcomeUnknown("The answer is missing.", answer.request_id) from None

    def fetched(self, finished: Finished, account: Account, asked: Asked, sent: datetime) -> Saved:
        """Save an answer that was fetched after its run had ended, and note it. Raises NotSaved or DatabaseDown."""
        with self._lock:
            saved = saved_at(self.store, finished, account, asked, sent)
            self._note(asked, saved, None)
        return saved

    def _rescued(self, adrift: Adrift) -> Saved:
        with self._lock:
            saved = saved_at(self.store, adrift.finished, adrift.account, adrift.asked, adrift.sent)
            self._note(adrift.asked, saved, adrift.unsettled)
            self._adrift.pop((adrift.asked.ticket, adrift.finished.part), None)
        return saved

    def _note(self, asked: Asked, saved: Saved, unsettled: tuple[int, ...] | None) -> None:
        """Write the records of an answer all of whose images are saved; raises the reason where one is not."""
        if saved.trouble:
            raise saved.trouble
        pieces = tuple(Kept(index, one.stored, one.sidecar) for index, one in enumerate(saved.pieces) if one.stored)
        self.store.journal.late(Belated(asked, saved.part, pieces, unsettled, told_by(saved)))

    def _unsettled(self, answer: Answer) -> tuple[int, ...] | None:
        """Which parts of the run are open beside this one; what else is kept of it has not been counted."""
        if answer.unsettled is None:
            return None
        others = {one.part for one in self.store.spool.answers() if one.asked.ticket == answer.asked.ticket}
        return tuple({*answer.unsettled, *others} - {answer.part})

    def _close(self) -> None:
        """Tell the records how runs ended that could not be told then; one that somebody else has closed is closed."""
        for ticket, diary in tuple(self._unclosed.items()):
            if self.store.journal.statuses([ticket]).get(ticket) not in OPEN or diary.close_now():
                self._unclosed.pop(ticket, None)


def _account(answer: Answer, tabs: Account | None = None) -> Account:
    """Where the answer came from: the ``tabs`` account, with its key, where it is of that server; else without one."""
    asked = answer.asked
    server = PRESETS.get(asked.server, GENERIC)
    if tabs and tabs.base_url == asked.base_url:
        return replace(tabs, server=server)
    return Account(asked.base_url, server=server, public_only=asked.public_only)


async def _finished(answer: Answer, account: Account, data: bytes) -> Finished:
    from triptych.client import ImageClient
    from triptych.client.spool import Head

    client = ImageClient(account)
    try:
        head = Head(answer.status, answer.media_type, answer.request_id)
        return await client.read(answer.asked.request.parts()[answer.part], answer.part, head, data)
    finally:
        await client.aclose()


def some_unread(finished: Finished) -> str:
    """Why an answer stays although images of it are saved."""
    return f"{finished.unread} of its {finished.unread + len(finished.pictures)} images could not be read."


def saved_at(store: Store, finished: Finished, account: Account, asked: Asked, sent: datetime) -> Saved:
    """Write the images of an answer and their sidecars, as of when it was ``sent``; what cannot be stays in memory."""
    request: ImageRequest = asked.request
    dollars = charged(request, finished.usage, account.server, share_of(finished.got))
    if doubtful := doubt(request, finished.usage, account.server):
        finished = replace(finished, got={**finished.got, "doubt": doubtful})
    pieces: list[Piece] = []
    trouble = None
    # Its own day, whenever it is written: a second try must find the first one's file.
    created, owner = sent.astimezone(UTC).replace(microsecond=0), owner_hash(asked.owner)
    for index, image in enumerate(finished.pictures):
        facts = replace(sidecar(image, finished, account, request, dollars), created=created, owner=owner)
        try:
            # The facts first: whatever bytes a crash leaves behind, it is known whose they are.
            store.note(f"{asked.ticket}-{finished.part}-{index}", facts)
            pieces.append(Piece(store.save(image), None, facts))
        except Refused as error:
            trouble = error
            pieces.append(Piece(None, image, facts))
    got = dict(finished.got)
    return Saved(
        finished.part, tuple(pieces), got, finished.usage, dollars, finished.request_id, finished.seconds, trouble
    )
