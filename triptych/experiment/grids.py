"""The experiments of a process: opened from the records, drawn in the background, shared by all who look at them."""

from collections.abc import Generator, Mapping, Sequence
from typing import TYPE_CHECKING

from triptych.errors import InvalidRequest
from triptych.experiment.design import Experiment
from triptych.experiment.grid import Grid
from triptych.experiment.votes import Pair, Verdict, entrants, next_pair
from triptych.jobs import Jobs
from triptych.many import Many, Place, Register, Started
from triptych.servers import Account, Server
from triptych.store.saved import Ballot, Removed, SavedExperiment
from triptych.studio import Studio, engine_of, server_of

if TYPE_CHECKING:
    from triptych.client import ImageClient
    from triptych.store.history.experiments import Experiments


class Grids:
    """Opens, begins and forgets grids. Owners see their own only. Methods raise DatabaseDown as the journal does."""

    def __init__(self, jobs: Jobs, studio: Studio) -> None:
        self._studio = studio
        self._many = Many(jobs, studio, lambda: self.saved)
        self._register = Register[Grid](self._many.lock)

    @property
    def saved(self) -> "Experiments":
        """The experiments in the records."""
        from triptych.store.history.experiments import Experiments

        return Experiments(self._studio.store.database)

    def every(self, owner: str) -> tuple[SavedExperiment, ...]:
        """The owner's experiments, the last changed first."""
        return self.saved.every(owner)

    def keep(self, owner: str, experiment: Experiment, account: Account, id: str | None = None) -> Grid:  # noqa: A002
        """Save an experiment, as a new one or as a change of the owner's own, and open it.

        Raises InvalidRequest where that one is gone.
        """
        document = {**experiment.to_json(), "engine": engine_of(account)}
        try:
            known = self.saved.save(owner, experiment.name, document, id)
        except KeyError:
            raise InvalidRequest("This comparison no longer exists. Start a new one.") from None
        return self._opened(known, owner, experiment, account.server, engine_of(account))

    def open(self, owner: str, id: str, account: Account | None = None) -> Grid:  # noqa: A002
        """The owner's grid on that account's engine, without one on the engine that drew it last.

        Raises KeyError where there is none, and InvalidRequest where a newer version saved it.
        """
        if (saved := self.saved.get(owner, id)) is None:
            raise KeyError(id)
        return self._reopened(saved, account)

    def by_link(self, link: str) -> Grid | None:
        """The grid whose voting link this is, as its owner drew it last; it is for looking and voting only."""
        saved = self.saved.by_link(link)
        return self._reopened(saved, None) if saved else None

    def refresh(self, grid: Grid) -> None:
        """Read anew what the records say of it: pictures' record ids, and what other processes have drawn."""
        self._many.refresh(grid)

    def start(
        self,
        grid: Grid,
        client: "ImageClient",
        places: tuple[Place, ...] | None = None,
        *,
        any_price: bool = False,
        files: Mapping[str, bytes] | None = None,
    ) -> Started:
        """Draw these places of the grid, else all that is missing, failed or cancelled, as `Many.start` does."""
        return self._many.start(grid, client, places, any_price=any_price, files=files)

    def delete(self, owner: str, id: str) -> Removed | None:  # noqa: A002
        """Stop and forget an experiment, its votes too; its pictures stay in history. `restore` brings it back."""
        self._register.forget(owner, id)
        return self.saved.delete(owner, id)

    def restore(self, removed: Removed) -> None:
        """Bring back what ``delete`` removed."""
        self.saved.restore(removed)

    def ballots(self, grid: Grid) -> tuple[Ballot, ...]:
        """Every vote on it, the oldest first."""
        return self.saved.ballots(grid.id)

    def next_pair(self, grid: Grid, voter: str, tiers: Sequence[str] | None = None) -> Pair | None:
        """What ``voter`` judges next, None when there is nothing left; see `votes.next_pair`."""
        return next_pair(entrants(grid.states, tiers), self.ballots(grid), voter)

    def vote(self, grid: Grid, voter: str, pair: Pair, verdict: Verdict) -> str:
        """Keep a verdict; gives its id, with which ``unvote`` takes it back. A double click is one vote."""
        return self.saved.vote(grid.id, voter, pair.left.name, pair.right.name, verdict)

    def unvote(self, voter: str, vote: str) -> None:
        """Take back a vote of one's own."""
        self.saved.unvote(voter, vote)

    def zip_of(self, grid: Grid) -> Generator[bytes, None, None]:
        """A ZIP of the originals of its pictures with their sidecars, in pieces: one is in memory at a time."""
        self.refresh(grid)
        ids = [id for state in grid.states for id in state.record_ids]  # noqa: A001
        yield from self._studio.store.transfer.zip_pieces(grid.owner, dict.fromkeys(ids))

    def _reopened(self, saved: SavedExperiment, account: Account | None) -> Grid:
        document = dict(saved.document)
        engine = str(document.pop("engine", "openai"))
        experiment = Experiment.from_json(document)
        server, engine = (account.server, engine_of(account)) if account else (server_of(engine), engine)
        return self._opened(saved.id, saved.owner, experiment, server, engine)

    def _opened(self, id: str, owner: str, experiment: Experiment, server: Server, engine: str) -> Grid:  # noqa: A002
        described = owner, experiment, server
        return self._register.opened(
            id,
            engine,
            lambda grid: (grid.owner, grid.experiment, grid.server) == described,
            lambda: Grid(id, owner, experiment, server, engine),
            self.refresh,
        )
