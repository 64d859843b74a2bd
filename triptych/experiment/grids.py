"""The experiments of a process: opened from the records, drawn in the background, shared by all who look at them."""

import threading
import uuid
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import IO, TYPE_CHECKING

from triptych.errors import InvalidRequest
from triptych.experiment.design import Cell, Experiment
from triptych.experiment.grid import PAGE, Grid, next_ticket
from triptych.experiment.state import CellState, Place
from triptych.experiment.votes import Pair, Verdict, entrants, next_pair
from triptych.jobs import Job, Jobs
from triptych.servers import Account, Server
from triptych.store.trials import Ballot, Removed, SavedExperiment
from triptych.studio import Opened, Order, Studio, engine_of, place_of, server_of

if TYPE_CHECKING:
    from triptych.client import ImageClient
    from triptych.store.history.experiments import Experiments

KEPT = 20  # grids in memory that are not being drawn
TAKEN = ("queued", "sent", "done")  # a drawing that another process has begun, or ended well


@dataclass(frozen=True)
class Started:
    """What a click began: drawings sent on their way, those answered from history, those another process draws."""

    drawings: int = 0
    cached: int = 0
    elsewhere: int = 0


class Grids:
    """Opens, begins and forgets grids. Owners see their own only. Methods raise DatabaseDown as the journal does."""

    def __init__(self, jobs: Jobs, studio: Studio) -> None:
        self._jobs = jobs
        self._studio = studio
        self._grids: OrderedDict[tuple[str, str], Grid] = OrderedDict()
        self._lock = threading.RLock()

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
            raise InvalidRequest("This comparison is not there any more. Begin a new one.") from None
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
        tickets = {place: t for place, t in self._placed(grid).items() if place in _places(grid)}
        drawn = self.saved.drawn(grid.owner, tickets.values())
        grid.learn({place: drawn[ticket] for place, ticket in tickets.items() if ticket in drawn})

    def start(
        self,
        grid: Grid,
        client: "ImageClient",
        places: tuple[Place, ...] | None = None,
        *,
        again: bool = False,
        any_price: bool = False,
        files: Mapping[str, bytes] | None = None,
    ) -> Started:
        """Draw these places of the grid, else all that is missing, failed or cancelled; all of it is promised first.

        What is done or being drawn is left alone unless ``again`` asks for new pictures. ``unknown`` ones may have been
        charged and are drawn only when they are named. Raises Refused in words, and then nothing was begun: OverBudget
        says how many, in their order, there is money for (the first ``fits`` of them can be asked for then).
        """
        if place_of(engine_of(client.account)) != place_of(grid.engine):
            raise InvalidRequest("This grid was opened for another engine. Open it anew.")
        with self._lock:
            self.refresh(grid)
            wanted = list(self._wanted(grid, places, again=again))
            plan = self._planned(grid, wanted, again=again)
            began = self._begun(grid, client, plan, any_price=any_price, files=files)
        return Started(len(began), len(plan.cached), grid.progress.count("elsewhere"))

    def delete(self, owner: str, id: str) -> Removed | None:  # noqa: A002
        """Stop and forget an experiment, its votes too; its pictures stay in history. `restore` brings it back."""
        with self._lock:
            for key in [key for key in self._grids if key[0] == id]:
                if self._grids[key].owner == owner:
                    self._grids.pop(key).cancel()
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

    def export_zip(self, grid: Grid, out: IO[bytes]) -> int:
        """Write the originals of its pictures with their sidecars; gives how many."""
        self.refresh(grid)
        ids = [id for state in grid.states for id in state.record_ids]  # noqa: A001
        return self._studio.store.transfer.export_zip(grid.owner, dict.fromkeys(ids), out)

    def _wanted(self, grid: Grid, places: tuple[Place, ...] | None, *, again: bool) -> Iterator[CellState]:
        asked = set(grid.places() if places is None else places)
        for state in grid.states:
            fresh = state.status in {"missing", "failed", "cancelled", "unknown"}
            if state.place in asked and (fresh or (again and state.status == "done")):
                yield state

    def _planned(self, grid: Grid, wanted: list[CellState], *, again: bool) -> "_Plan":
        """Which places are answered already, by history or by another process, and the tickets of the others."""
        here, placed, plan = place_of(grid.engine), self._placed(grid), _Plan({}, {}, {})
        prints = {state.place: state.cell.request.fingerprint() for state in wanted}
        known = self.saved.fingerprints(grid.owner, grid.engine, list(prints.values()))
        for state in wanted:
            new = (
                prints[state.place] in known
                and state.repeat == 0
                and state.status == "missing"
                and not again
                and state.place not in placed
            )
            if new and (found := self._from_history(grid, state.cell)):
                plan.cached[state.place] = found
            else:
                plan.drawn[state.place] = next_ticket(grid.id, state.place, here, placed.get(state.place))
        while used := self._studio.store.journal.statuses(list(plan.drawn.values())):
            for place, ticket in tuple(plan.drawn.items()):
                if used.get(ticket) in TAKEN:
                    plan.elsewhere[place] = plan.drawn.pop(place)
                elif ticket in used:
                    plan.drawn[place] = next_ticket(grid.id, place, here, ticket)
        return plan

    def _begun(
        self, grid: Grid, client: "ImageClient", plan: "_Plan", *, any_price: bool, files: Mapping[str, bytes] | None
    ) -> dict[Place, Job]:
        """Promise the money of all, note which drawing fills which place, and let them go."""
        cells = {cell.key: cell for cell in grid.cells}
        terms = Order(
            grid.experiment.base,
            owner=grid.owner,
            page=PAGE,
            any_price=any_price,
            files=files or {},
            run=f"{grid.id}.{uuid.uuid4().hex[:8]}",
        )
        orders = [replace(terms, request=cells[key].request, ticket=ticket) for (key, _), ticket in plan.drawn.items()]
        opened: tuple[Opened, ...] = ()
        if orders:
            opened = self._studio.open_many(client, orders)
        jobs = {place: self._job(grid, cells[place[0]], ticket) for place, ticket in plan.drawn.items()}
        try:
            self._note(grid, plan)
        finally:  # the money is promised: whatever is noted, it is drawn or given back
            grid.begin(jobs, plan.cached.values())
            self._jobs.start_all([(job, partial(self._studio.follow, client, one))
                                  for job, one in zip(jobs.values(), opened, strict=True)])  # fmt: skip
        return jobs

    def _note(self, grid: Grid, plan: "_Plan") -> None:
        filled = plan.drawn | plan.cached | plan.elsewhere
        self.saved.place(grid.id, {(_name(grid, key), repeat): ticket for (key, repeat), ticket in filled.items()})
        if plan.cached or plan.elsewhere:
            self.refresh(grid)

    def _job(self, grid: Grid, cell: Cell, ticket: str) -> Job:
        state = grid.state(cell)
        told = {"cost": state.cost, "should": state.should, "news": grid.news}
        return Job(ticket, grid.owner, PAGE, cell.request, grid.server, **told)  # type: ignore[arg-type]

    def _from_history(self, grid: Grid, cell: Cell) -> str | None:
        """The ticket of the owner's newest drawing of an equal request, while it may answer this one."""
        if not (ttl := self._studio.cache_ttl):
            return None
        history = self._studio.store.history
        found = history.cached(grid.owner, cell.request.fingerprint(), grid.engine, ttl)
        return found[0].ticket if found else None

    def _placed(self, grid: Grid) -> dict[Place, str]:
        """The ticket of every place that this engine ever filled.

        Cells were named with its kind once. Such a name gives way to the one that is given now, and of two to its own.
        """
        here, placed = place_of(grid.engine), list[tuple[bool, bool, Place, str]]()
        for (name, repeat), ticket in self.saved.tickets(grid.id).items():
            key, _, engine = name.partition("@")
            if place_of(engine) == here:
                placed.append((engine == here, engine == grid.engine, (key, repeat), ticket))
        return {place: ticket for _, _, place, ticket in sorted(placed)}

    def _reopened(self, saved: SavedExperiment, account: Account | None) -> Grid:
        document = dict(saved.document)
        engine = str(document.pop("engine", "openai"))
        experiment = Experiment.from_json(document)
        server, engine = (account.server, engine_of(account)) if account else (server_of(engine), engine)
        return self._opened(saved.id, saved.owner, experiment, server, engine)

    def _opened(self, id: str, owner: str, experiment: Experiment, server: Server, engine: str) -> Grid:  # noqa: A002
        with self._lock:
            key = id, place_of(engine)
            grid = self._grids.pop(key, None)
            if grid is None or (grid.owner, grid.experiment, grid.server) != (owner, experiment, server):
                grid = _renewed(grid, Grid(id, owner, experiment, server, engine))
                self.refresh(grid)
            self._grids[key] = grid
            for key in [key for key, other in self._grids.items() if not other.running][:-KEPT]:
                del self._grids[key]
        return grid


@dataclass
class _Plan:
    """Tickets by place: of what has to be drawn, of what history answers, of what another process draws."""

    drawn: dict[Place, str]
    cached: dict[Place, str]
    elsewhere: dict[Place, str]


def _name(grid: Grid, key: str) -> str:
    """What the records call a cell: a picture of one engine is none of another's, whatever kind it is taken for."""
    return f"{key}@{place_of(grid.engine)}"


def _places(grid: Grid) -> set[Place]:
    return {(cell.key, repeat) for cell in grid.cells for repeat in range(grid.experiment.repeats)}


def _renewed(old: Grid | None, new: Grid) -> Grid:
    """The grid of a changed experiment, which goes on following what the old one has begun and it still asks for."""
    if old:
        jobs = {place: job for place in _places(new) if (job := old.job(place))}
        new.news = old.news
        new.begin(jobs)
    return new
