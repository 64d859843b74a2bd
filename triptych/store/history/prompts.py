"""Templates and styles that people have saved, and the prompts they have sent lately."""

import json
import uuid
from collections.abc import Iterable

from sqlalchemy import delete, insert, select

from triptych.prompts.saved import SavedPrompt
from triptych.store.db.database import Database
from triptych.store.db.rows import folded
from triptych.store.db.statements import holds_word, lock
from triptych.store.db.tables import drawings, prompts

TYPED = ("generate", "edit", "compare")  # pages on which a prompt is typed; rows of a batch would drown the others
LOOKED_AT = 500  # runs, the newest, of which prompts are recalled


class Prompts:
    """By owner; others' do not exist. Raises DatabaseDown as the journal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def every(self, owner: str) -> tuple[SavedPrompt, ...]:
        """All that the owner has saved, by name."""
        mine = select(prompts).where(prompts.c.owner == owner).order_by(prompts.c.name, prompts.c.kind)
        with self._database.read() as connection:
            rows = connection.execute(mine).all()
        return tuple(SavedPrompt(row.kind, row.name, row.text, row.id) for row in rows)

    def save(self, owner: str, saved: Iterable[SavedPrompt]) -> None:
        """Keep them, all or none; one of the same kind and name takes the place of the one before.

        Raises InvalidRequest for one that cannot be kept.
        """
        entries = list(saved)
        for one in entries:
            one.check()
        with self._database.write() as connection:
            lock(connection, f"triptych prompts {owner}")
            for one in entries:
                named = {"owner": owner, "kind": one.kind, "name": one.name.strip()}
                connection.execute(delete(prompts).filter_by(**named))
                connection.execute(insert(prompts).values(**named, id=_id(**named), text=one.text))

    def delete(self, owner: str, id: str) -> None:  # noqa: A002 - the records' own word
        """Forget one."""
        with self._database.write() as connection:
            connection.execute(delete(prompts).where(prompts.c.owner == owner, prompts.c.id == id))

    def recent(self, owner: str, words: str = "", most: int = 20) -> tuple[str, ...]:
        """The prompts that the owner typed and sent last, each once, the newest first; only those with these words."""
        mine = [drawings.c.owner == owner, drawings.c.page.in_(TYPED)]
        with self._database.read() as connection:
            mine += [holds_word(connection, drawings.c.search, word) for word in folded(words).split()]
            newest = select(drawings.c.request).where(*mine).order_by(drawings.c.created.desc()).limit(LOOKED_AT)
            requests = connection.execute(newest).scalars().all()
        typed = dict.fromkeys(str(json.loads(each).get("prompt") or "") for each in requests)
        return tuple(filter(str.strip, typed))[:most]


def _id(owner: str, kind: str, name: str) -> str:
    """The same for the same name, so that a backup brings no second one beside what is here."""
    return uuid.uuid5(uuid.NAMESPACE_OID, json.dumps([owner, kind, name])).hex
