"""Experiments as their owners saved them, and the votes on them."""

import secrets
import uuid

from sqlalchemy import RowMapping, delete, insert, select, update

from triptych.store.db.database import Database
from triptych.store.db.statements import lock
from triptych.store.db.tables import cells, experiments, votes
from triptych.store.db.units import moment, now, stamp
from triptych.store.history.documents import Documents
from triptych.store.saved import Ballot, SavedExperiment

LINK_BYTES = 18  # of chance in a voting link


class Experiments(Documents[SavedExperiment]):
    """Experiments by owner; others' do not exist, but for who holds a link. Raises DatabaseDown as the journal."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, experiments, SavedExperiment, (cells, votes))

    def share(self, owner: str, id: str, *, on: bool = True) -> str | None:  # noqa: A002
        """Make a link by which anyone may vote, or take it back; gives its token. An old one never works again."""
        link = secrets.token_urlsafe(LINK_BYTES) if on else None
        with self._database.write() as connection:
            if connection.execute(update(experiments).where(*self._own(owner, id)).values(link=link)).rowcount != 1:
                raise KeyError(id)
        return link

    def by_link(self, link: str) -> SavedExperiment | None:
        """The experiment whose voting link this is."""
        return self._one(experiments.c.link == link) if link else None

    def vote(self, id: str, voter: str, left: str, right: str, verdict: str) -> str:  # noqa: A002
        """Keep a vote; gives its id, by which it can be taken back. A voter's first vote on two places is the one.

        Whoever asks at the same time, in whatever process, gets that one too.
        """
        name, by = uuid.uuid4().hex, votes.c
        row = {"experiment": id, "voter": voter, "left": left, "right": right, "verdict": verdict}
        of_pair = (by.experiment == id, by.voter == voter, by.left.in_((left, right)), by.right.in_((left, right)))
        with self._database.write() as connection:
            lock(connection, f"triptych votes {id} {voter}")
            if given := connection.execute(select(by.id).where(*of_pair)).scalar():
                return str(given)
            connection.execute(insert(votes).values(id=name, **row, created=stamp(now())))
        return name

    def unvote(self, voter: str, vote: str) -> None:
        """Take back a vote of one's own."""
        with self._database.write() as connection:
            connection.execute(delete(votes).where(votes.c.id == vote, votes.c.voter == voter))

    def ballots(self, id: str) -> tuple[Ballot, ...]:  # noqa: A002
        """All votes, the oldest first."""
        oldest = select(votes).where(votes.c.experiment == id).order_by(votes.c.created, votes.c.id)
        with self._database.read() as connection:
            return tuple(_ballot(row) for row in connection.execute(oldest).mappings())


def _ballot(row: RowMapping) -> Ballot:
    left, right, verdict = row["left"], row["right"], row["verdict"]
    return Ballot(row["id"], row["voter"], left, right, verdict, moment(row["created"]))
