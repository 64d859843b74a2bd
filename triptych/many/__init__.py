"""Many requests as one run: all of the money is promised first, then each goes its own way and is drawn once."""

import hashlib
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from triptych.errors import InvalidRequest
from triptych.jobs import Job, Jobs
from triptych.many.forecast import MANY, Forecast, forecast
from triptych.many.register import Register
from triptych.many.runs import Runs
from triptych.many.standing import RUNNING, TO_RUN, Place, Progress, Standing, Status, progress, status_of
from triptych.many.state import RunState
from triptych.request import ImageRequest
from triptych.store.saved import Drawn, Slot
from triptych.studio import Opened, Order, Studio, engine_of, place_of

if TYPE_CHECKING:
    from triptych.client import ImageClient

__all__ = [
    "MANY",
    "RUNNING",
    "TO_RUN",
    "Forecast",
    "Many",
    "Place",
    "Progress",
    "Register",
    "RunState",
    "Runs",
    "Standing",
    "Started",
    "Status",
    "forecast",
    "progress",
    "status_of",
]

TAKEN = ("queued", "sent", "batched", "done")  # a drawing that is under way elsewhere, or ended well
FRESH = (*TO_RUN, "unknown")  # what is drawn where it is named


class Filled(Protocol):
    """The records of which drawing fills which place of whose runs; its methods raise DatabaseDown.

    A place's name there is what names its request @ the address at which it is drawn.
    """

    def tickets(self, of: str, /) -> Mapping[Slot, str]: ...
    def place(self, of: str, tickets: Mapping[Slot, str], /) -> None: ...
    def drawn(self, owner: str, tickets: Iterable[str], /) -> Mapping[str, Drawn]: ...
    def fingerprints(self, owner: str, engine: str, wanted: Sequence[str], /) -> set[str]: ...


@dataclass(frozen=True)
class Started:
    """What a click began: drawings sent on their way, those answered from history, those another process draws."""

    drawings: int = 0
    cached: int = 0
    elsewhere: int = 0


@dataclass
class _Plan:
    """Tickets by place: of what has to be drawn, of what history answers, of what another process draws."""

    drawn: dict[Place, str] = field(default_factory=dict)
    cached: dict[Place, str] = field(default_factory=dict)
    elsewhere: dict[Place, str] = field(default_factory=dict)


class Many:
    """Begins the runs of a process and tells them what the records say. While it begins some it holds ``lock``.

    ``filled`` gives the records. Methods raise DatabaseDown as the journal does.
    """

    def __init__(self, jobs: Jobs, studio: Studio, filled: Callable[[], Filled]) -> None:
        self.lock = threading.RLock()
        self._jobs = jobs
        self._studio = studio
        self._filled = filled

    def refresh(self, runs: Runs[Any]) -> None:
        """Read anew what the records say of them: pictures' record ids, and what other processes have drawn."""
        tickets = {place: ticket for place, ticket in self._placed(runs).items() if place in runs.requests}
        drawn = self._filled().drawn(runs.owner, tickets.values())
        runs.learn({place: drawn[ticket] for place, ticket in tickets.items() if ticket in drawn})

    def start(
        self,
        runs: Runs[Any],
        client: "ImageClient",
        places: tuple[Place, ...] | None = None,
        *,
        any_price: bool = False,
        files: Mapping[str, bytes] | None = None,
    ) -> Started:
        """Draw these places, else all that is missing, failed or cancelled; all of it is promised first.

        What is done or being drawn is left alone. ``unknown`` ones may have been charged and are drawn only when they
        are named. Raises Refused in words, and then nothing was begun: OverBudget says how many, in their order, there
        is money for (the first ``fits`` of them can be asked for then), InvalidRequest that the client is another's.
        """
        if place_of(engine_of(client.account)) != place_of(runs.engine):
            raise InvalidRequest("This was opened for another engine. Open it anew.")
        with self.lock:
            self.refresh(runs)
            wanted = tuple(_wanted(runs, places))
            elsewhere = runs.progress.count("elsewhere")
            plan = self._planned(runs, wanted)
            opened = self._opened(runs, client, plan, any_price=any_price, files=files or {})
            self._begun(runs, client, plan, wanted, opened)
        return Started(len(plan.drawn), len(plan.cached), elsewhere + len(plan.elsewhere))

    def hand_over(
        self,
        runs: Runs[Any],
        places: tuple[Place, ...] | None,
        take: Callable[[Mapping[str, ImageRequest], str], object],
    ) -> Started:
        """Have these places, as ``start`` chooses them, filled by whoever will ``take`` their requests.

        It is given them by ticket, and the name of the run that its cap holds for; what it raises ends it, and then
        nothing was begun. How they stand is in the records from then on.
        """
        with self.lock:
            self.refresh(runs)
            plan = self._planned(runs, tuple(_wanted(runs, places)))
            if plan.drawn:
                take({ticket: runs.requests[place] for place, ticket in plan.drawn.items()}, run_of(runs))
            runs.let_go(plan.drawn)
            runs.begin({}, plan.cached.values())
            self._note(runs, plan)
            self.refresh(runs)
        return Started(len(plan.drawn), len(plan.cached), len(plan.elsewhere))

    def pause(self, runs: Runs[Any]) -> None:
        """Send no more of them: what is in flight goes on to its end, the others give their money back. Blocks.

        Starting them again goes on.
        """
        with self.lock:
            self._jobs.hold_back(runs.jobs(), self._studio.gate.hold_back)

    def _planned(self, runs: Runs[Any], wanted: tuple[Standing, ...]) -> _Plan:
        """Which places are answered already, by history or by another process, and the tickets of the others."""
        here, placed, plan = place_of(runs.engine), self._placed(runs), _Plan()
        prints = {state.place: runs.requests[state.place].fingerprint() for state in wanted}
        known = self._filled().fingerprints(runs.owner, runs.engine, list(prints.values()))
        for state in wanted:
            place, fingerprint = state.place, prints[state.place]
            new = fingerprint in known and place[1] == 0 and state.status == "missing" and place not in placed
            if new and (found := self._from_history(runs, fingerprint)):
                plan.cached[place] = found
            else:
                plan.drawn[place] = next_ticket(runs.id, place, here, placed.get(place))
        while used := self._studio.store.journal.statuses(list(plan.drawn.values())):
            for place, ticket in tuple(plan.drawn.items()):
                if used.get(ticket) in TAKEN:
                    plan.elsewhere[place] = plan.drawn.pop(place)
                elif ticket in used:
                    plan.drawn[place] = next_ticket(runs.id, place, here, ticket)
        return plan

    def _opened(
        self, runs: Runs[Any], client: "ImageClient", plan: _Plan, *, any_price: bool, files: Mapping[str, bytes]
    ) -> tuple[Opened, ...]:
        """Promise the money of all."""
        run = run_of(runs)
        orders = [
            Order(runs.requests[place], ticket, runs.owner, runs.page, any_price=any_price, files=files, run=run)
            for place, ticket in plan.drawn.items()
        ]
        return self._studio.open_many(client, orders) if orders else ()

    def _begun(
        self,
        runs: Runs[Any],
        client: "ImageClient",
        plan: _Plan,
        wanted: tuple[Standing, ...],
        opened: tuple[Opened, ...],
    ) -> None:
        """Note which drawing fills which place, and let them go."""
        jobs = {state.place: _job(runs, state, plan) for state in wanted if state.place in plan.drawn}
        try:
            self._note(runs, plan)
        finally:  # the money is promised: whatever is noted, it is drawn or given back
            runs.begin(jobs, plan.cached.values())
            following = [partial(self._studio.follow, client, one) for one in opened]
            self._jobs.start_all(list(zip(jobs.values(), following, strict=True)))

    def _note(self, runs: Runs[Any], plan: _Plan) -> None:
        here, filled = place_of(runs.engine), plan.drawn | plan.cached | plan.elsewhere
        names = {(f"{key}@{here}", repeat): ticket for (key, repeat), ticket in filled.items()}
        self._filled().place(runs.id, names)
        if plan.cached or plan.elsewhere:
            self.refresh(runs)

    def _from_history(self, runs: Runs[Any], fingerprint: str) -> str | None:
        """The ticket of the owner's newest drawing of an equal request, while it may answer this one."""
        if not (ttl := self._studio.cache_ttl):
            return None
        found = self._studio.store.history.cached(runs.owner, fingerprint, runs.engine, ttl)
        return found[0].ticket if found else None

    def _placed(self, runs: Runs[Any]) -> dict[Place, str]:
        """The ticket of every place that this engine ever filled: an image of one engine is none of another's.

        Places were named with its kind once. Such a name gives way to the one that is given now, and of two to its own.
        """
        here, placed = place_of(runs.engine), list[tuple[bool, bool, Place, str]]()
        for (name, repeat), ticket in self._filled().tickets(runs.id).items():
            key, _, engine = name.partition("@")
            if place_of(engine) == here:
                placed.append((engine == here, engine == runs.engine, (key, repeat), ticket))
        return {place: ticket for _, _, place, ticket in sorted(placed)}


def run_of(runs: Runs[Any]) -> str:
    """What names one click on them: it begins with their id."""
    return f"{runs.id}.{uuid.uuid4().hex[:8]}"


def next_ticket(id: str, place: Place, server: str, before: str | None) -> str:  # noqa: A002
    """The ticket of the next drawing of a place at the address ``server``.

    Every process comes to the same, whatever kind of server it takes it for, so it is drawn once.
    """
    name = before or f"{id}/{place[0]}/{place[1]}/{server}"
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def _wanted(runs: Runs[Any], places: tuple[Place, ...] | None) -> Iterator[Standing]:
    asked = set(runs.places() if places is None else places)
    return (state for state in runs.states if state.place in asked and state.status in FRESH)


def _job(runs: Runs[Any], state: Standing, plan: _Plan) -> Job:
    return Job(
        plan.drawn[state.place],
        runs.owner,
        runs.page,
        runs.requests[state.place],
        runs.server,
        cost=state.cost,
        should=state.should,
        news=runs.news,
    )
