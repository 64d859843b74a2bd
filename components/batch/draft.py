"""What the page's widgets describe, how much of it is still to be run, and what that comes to by model."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from components.batch.half_price import at_half_price
from components.batch.rows_in import described, planned
from components.batch.tab_state import BatchTab
from components.run.submit import experience
from components.state.account import session
from components.state.services import services
from components.state.tab import tab
from triptych.batch import Plan
from triptych.batch.batch import Batch, BatchInput
from triptych.batch.masking import Masking
from triptych.catalog import model
from triptych.errors import BadFile, InvalidRequest
from triptych.many import RUNNING, TO_RUN, Forecast, Place
from triptych.pricing import halved
from triptych.settings import settings


@dataclass(frozen=True)
class Draft:
    """``own`` is the tab's batch where the widgets describe it still, else None: then a run begins a new one.

    ``to_run`` are the places that the main button sends; ``coming`` what those, and those that run,
    come to by model, under "" together.
    ``plan`` is None while ``masking`` makes its masks. ``from_history`` counts those that equal earlier runs of the
    owner and cost nothing.
    """

    made_of: BatchInput | None = None
    plan: Plan | None = None
    own: Batch | None = None
    to_run: tuple[Place, ...] = ()
    coming: Mapping[str, Forecast] | None = None
    from_history: int = 0
    problem: str = ""
    masking: Masking | None = None

    @property
    def unconfirmed(self) -> set[str]:
        """The models of which nobody says whether the Batch API takes them."""
        models = filter(None, self.coming or ()) if self.to_run else ()
        return {name for name in models if model(name).batched is None}


def draft(own: Batch | None) -> Draft:
    """What the widgets describe now, or why that is nothing; ``own`` is the tab's batch.

    Raises InvalidSetting and DatabaseDown.
    """
    try:
        if (made_of := described()) is None:
            return Draft()
        if (plan := planned(made_of)) is None:
            return Draft(made_of, masking=tab(BatchTab).masking)
    except (InvalidRequest, BadFile) as error:
        return Draft(problem=error.message)
    if own and not is_of(own, made_of):
        own = None
    to_run = own.places(*TO_RUN) if own else tuple(plan.requests)
    still_to_come = own.places(*TO_RUN, *RUNNING) if own and own.running else to_run
    coming, from_history = _foretold(plan, still_to_come)
    return Draft(made_of, plan, own, to_run, coming, from_history)


def is_of(own: Batch, made_of: BatchInput) -> bool:
    """Whether ``own`` is what ``made_of`` describes, whatever its name, on the tab's server."""
    return own.server == session().account.server and replace(own.input, name="") == replace(made_of, name="")


def _foretold(plan: Plan, to_run: tuple[Place, ...]) -> tuple[Mapping[str, Forecast], int]:
    """Worked out once for the same rows: of thousands it takes long."""
    here = tab(BatchTab)
    half = at_half_price()
    if here.foretold is None or here.foretold[0][0] is not plan or here.foretold[0][1:] != (to_run, half):
        known, some = experience(), plan
        if len(to_run) < len(plan.requests):
            wanted = set(to_run)
            some = replace(plan, rows=tuple(row for row in plan.rows if row.place in wanted))
        coming = some.forecasts(
            server=known.server,
            concurrency=settings().max_concurrency,
            cost=(lambda request: halved(known.cost(request))) if half else known.cost,
            should=known.seconds,
        )
        here.foretold = ((plan, to_run, half), (coming, _in_history(some, known.engine)))
    found: tuple[Mapping[str, Forecast], int] = here.foretold[1]
    return found


def _in_history(plan: Plan, engine: str) -> int:
    """How many of its rows equal earlier runs."""
    if not (settings().cache_ttl and services().begun):
        return 0
    prints = [request.fingerprint() for request in plan.requests.values()]
    known = services().batches.saved.fingerprints(session().owner, engine, prints)
    return sum(one in known for one in prints)
