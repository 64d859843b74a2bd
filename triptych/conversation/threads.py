"""Threads and their turns in the records."""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, insert, or_, select, update

from triptych.conversation import reading, transfer
from triptych.conversation.composing import Composed
from triptych.conversation.thread import Thread, Turn
from triptych.errors import Duplicate
from triptych.inputs import Attachment
from triptych.store import Store
from triptych.store.db.conversations import threads, turns
from triptych.store.db.database import text
from triptych.store.db.statements import insert_or_skip, lock
from triptych.store.db.tables import attachments, drawings, state
from triptych.store.db.units import now, stamp
from triptych.store.history.attached import hold
from triptych.store.values import UNENDED

LONGEST_NAME = 120  # characters
FIRST_WORDS = 60  # characters of a message that names its thread
UNNAMED = "New conversation"
INSTALLATION = "installation"  # the name in the records of a random value, made once and never sent
OPENING = 60_000_000  # millionths of a second in which a turn that was written down has its run


class Threads:
    """The owners' threads; another's does not exist (KeyError). Raises DatabaseDown as the journal does."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def all(self, owner: str, words: str = "", *, trashed: bool = False) -> tuple[Thread, ...]:
        """The owner's threads, the one written to last first; with ``words``: those that have all of them in the name
        or in a message."""
        is_trashed = threads.c.trashed.is_not(None) if trashed else threads.c.trashed.is_(None)
        mine = select(threads).where(threads.c.owner == owner, is_trashed)
        with self.store.database.read() as connection:
            rows = connection.execute(mine.order_by(threads.c.changed.desc(), threads.c.id)).mappings().all()
            said = _messages(connection, owner) if words.split() else {}
        found = (reading.thread(row) for row in rows)
        wanted = words.casefold().split()
        return tuple(one for one in found if _has("\n".join([one.name, *said.get(one.id, ())]), wanted))

    def get(self, owner: str, id: str) -> Thread | None:  # noqa: A002
        """The owner's thread of that id, also one in the trash."""
        with self.store.database.read() as connection:
            row = connection.execute(select(threads).where(*_own(owner, id))).mappings().first()
        return reading.thread(row) if row else None

    def begin(self, owner: str, name: str = "") -> Thread:
        """A new thread. Without a name it takes the first message's first words."""
        with self.store.database.write() as connection:
            return begun(connection, owner, name)

    def rename(self, owner: str, id: str, name: str) -> None:  # noqa: A002
        """Call it ``name``; what is empty changes nothing."""
        if plain := _named(name):
            self._change(owner, id, name=plain)

    def trash(self, owner: str, id: str) -> None:  # noqa: A002
        """Throw it away; its images stay in history. `restore` brings it back."""
        self._change(owner, id, trashed=stamp(now()))

    def restore(self, owner: str, id: str) -> None:  # noqa: A002
        """Take it out of the trash."""
        self._change(owner, id, trashed=None)

    def pin(self, owner: str, id: str, style: str, reference: Attachment | None, data: bytes | None = None) -> None:  # noqa: A002
        """Set the style line and the reference image that go with every turn; empty and None: there is none.

        ``data`` are the reference's bytes, where the store has not got them. Raises NotSaved.
        """
        if reference and data is not None:
            self.store.keep_input(data, reference)
        told = text(reference.to_json()) if reference else None
        self._change(owner, id, style=" ".join(style.split()), reference=told)
        with self.store.database.write() as connection:
            connection.execute(delete(attachments).where(attachments.c.ticket == id, attachments.c.role == "saved"))
            hold(connection, id, [reference] if reference else [])

    def turns(self, thread: Thread) -> tuple[Turn, ...]:
        """All turns of all branches, the oldest first, each as its run stands now."""
        with self.store.database.read() as connection:
            return reading.turns(connection, thread)

    def add(self, thread: Thread, composed: Composed) -> None:
        """Write the turn down, before its order is given to the runs. Doing it again with one ticket changes nothing.

        Raises Duplicate where the same words go on from the same turn already and have no answer yet: of two sends at
        once (two tabs, a double click) one is sent.
        """
        order, at = composed.order, stamp(now())
        row = {
            "ticket": order.ticket,
            "thread": thread.id,
            "parent": composed.parent,
            "message": order.request.prompt,
            "request": text(order.request.to_json()),
            "note": composed.note,
            "created": at,
        }
        with self.store.database.write() as connection:
            lock(connection, f"triptych thread {thread.id}")
            known = connection.execute(select(threads.c.name).where(*_own(thread.owner, thread.id))).first()
            if known is None:
                raise KeyError(thread.id)
            if connection.execute(_pending(row)).first():
                raise Duplicate("These words are on their way already; they are not sent a second time.")
            connection.execute(insert_or_skip(connection, turns), row)
            named = known.name if known.name != UNNAMED else _named(order.request.prompt, FIRST_WORDS) or UNNAMED
            connection.execute(update(threads).where(threads.c.id == thread.id).values(changed=at, name=named))

    def forget(self, thread: Thread, composed: Composed) -> None:
        """Take a turn back whose order was refused before its run began; one whose run is known stays."""
        mine = (turns.c.thread == thread.id, turns.c.ticket == composed.order.ticket)
        begun_ones = select(drawings.c.ticket).where(drawings.c.ticket == composed.order.ticket)
        with self.store.database.write() as connection:
            connection.execute(delete(turns).where(*mine, turns.c.ticket.not_in(begun_ones)))

    def identifier(self, owner: str) -> str:
        """A safety identifier: 64 hex digits that tell OpenAI's watch over abuse one person from another.

        Always the same for an owner in these records. A random value that never leaves them goes into it, so that
        nobody can find a name by trying.
        """
        with self.store.database.read() as connection:
            known = connection.execute(_installation()).scalar()
        if known is None:
            with self.store.database.write() as connection:
                made = {"name": INSTALLATION, "value": secrets.token_hex(32)}
                connection.execute(insert_or_skip(connection, state), made)
                known = connection.execute(_installation()).scalar_one()
        return hmac.new(bytes.fromhex(known), owner.encode(errors="replace"), hashlib.sha256).hexdigest()

    def export(self, thread: Thread) -> bytes:
        """The thread as a ZIP: Markdown to read, its images bit for bit, and what `take_in` needs."""
        return transfer.export(self.store, thread, self.turns(thread))

    def take_in(self, owner: str, data: bytes) -> Thread:
        """A new thread from such a ZIP; raises BadFile for any other. Nothing is paid for or sent."""
        return transfer.take_in(self.store, owner, data, begun)

    def _change(self, owner: str, id: str, **values: Any) -> None:  # noqa: A002
        with self.store.database.write() as connection:
            if connection.execute(update(threads).where(*_own(owner, id)).values(**values)).rowcount != 1:
                raise KeyError(id)


def begun(connection: Connection, owner: str, name: str, **pinned: Any) -> Thread:
    """Write a new thread down."""
    at = stamp(now())
    row = {"id": uuid.uuid4().hex, "owner": owner, "name": _named(name) or UNNAMED, "created": at, "changed": at}
    row |= {"style": "", "reference": None, **pinned}
    connection.execute(insert(threads).values(**row))
    return reading.thread({**row, "trashed": None})


def _installation() -> Select[str]:
    return select(state.c.value).where(state.c.name == INSTALLATION)


def _own(owner: str, id: str) -> tuple[ColumnElement[bool], ...]:  # noqa: A002
    return threads.c.id == id, threads.c.owner == owner


def _pending(row: dict[str, Any]) -> Any:
    """Another turn of the same words after the same turn whose run has not ended, or is just about to begin."""
    same = [turns.c[name] == row[name] for name in ("thread", "message")]
    same += [turns.c.parent == row["parent"] if row["parent"] else turns.c.parent.is_(None)]
    same += [turns.c.ticket != row["ticket"], turns.c.told.is_(None)]
    open_one = or_(
        drawings.c.status.in_(UNENDED), drawings.c.ticket.is_(None) & (turns.c.created > row["created"] - OPENING)
    )
    joined = turns.outerjoin(drawings, drawings.c.ticket == turns.c.ticket)
    return select(turns.c.ticket).select_from(joined).where(*same, open_one)


def _messages(connection: Connection, owner: str) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    theirs = select(turns.c.thread, turns.c.message).join(threads, threads.c.id == turns.c.thread)
    for row in connection.execute(theirs.where(threads.c.owner == owner)):
        said.setdefault(row.thread, []).append(row.message)
    return said


def _has(written: str, wanted: Sequence[str]) -> bool:
    folded = written.casefold()
    return all(word in folded for word in wanted)


def _named(name: str, most: int = LONGEST_NAME) -> str:
    """A name on one line, cut at a word."""
    line = " ".join(name.split())
    return line if len(line) <= most else f"{line[:most].rsplit(' ', 1)[0]}…"
