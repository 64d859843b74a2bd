"""A person's word on what a run of unknown outcome cost: taken once, and given back as long as nothing else changed."""

from decimal import Decimal

from sqlalchemy import Connection, RowMapping, select, update

from triptych.store.db.tables import drawings
from triptych.store.db.units import dollars as dollars_of
from triptych.store.db.units import dollars_or_none, micro, micro_or_none, now, stamp
from triptych.store.files.images import Files
from triptych.store.ledger.money import settle
from triptych.store.ledger.receipts import given_word
from triptych.store.values import Word

_DOUBTFUL = drawings.c.status.in_(("unknown", "cancelled"))


def take_word(connection: Connection, files: Files, owner: str, ticket: str, dollars: Decimal) -> Word | None:
    """Count these dollars beside what was known, and hold nothing any more; None where nobody had to say anything."""
    ended = (drawings.c.ticket == ticket, drawings.c.owner == owner, drawings.c.settled.is_(None))
    row = connection.execute(select(drawings).where(*ended, _DOUBTFUL).with_for_update()).mappings().first()
    if row is None or not row["charged"]:
        return None
    spent, said = (row["dollars"] or 0) + micro(dollars), now()
    settle(connection, [(row, spent, 0)])
    given_word(files, row, micro(dollars))
    connection.execute(update(drawings).where(*ended).values(held=0, dollars=spent, settled=stamp(said)))
    return Word(ticket, dollars, said, dollars_or_none(row["dollars"]), dollars_of(row["held"]))


def give_back_word(connection: Connection, owner: str, word: Word) -> RowMapping | None:
    """Count and hold what did before the word; the run's row as it was with it, None where that has changed since."""
    known, spent = micro_or_none(word.known), micro(word.known or Decimal(0)) + micro(word.dollars)
    left = (drawings.c.settled == stamp(word.said), drawings.c.dollars == spent, drawings.c.held == 0)
    one = (drawings.c.ticket == word.ticket, drawings.c.owner == owner, _DOUBTFUL, *left)
    row = connection.execute(select(drawings).where(*one).with_for_update()).mappings().first()
    if row:
        settle(connection, [(row, known or 0, micro(word.held))])
        connection.execute(update(drawings).where(*one).values(held=micro(word.held), dollars=known, settled=None))
    return row
