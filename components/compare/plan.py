"""The comparison that the page's widgets describe, and what is still to be drawn of it."""

from dataclasses import dataclass, replace
from functools import cached_property

import streamlit as st

from components.compare.axes import axes_editor, axes_held, endpoint
from components.compare.presets import presets
from components.compare.tab_state import REPEATS, CompareTab
from components.form.prompt_box import prompt_box
from components.frame.notice import plain
from components.run.submit import experience
from components.state.account import session
from components.state.form import form_request
from components.state.tab import tab
from triptych.errors import InvalidRequest
from triptych.experiment import Cell, CellState, Experiment, Forecast, Grid, forecast
from triptych.many import RUNNING
from triptych.request import ImageRequest
from triptych.settings import settings
from triptych.studio import engine_of

LEARNED = 60  # cells up to which the owner's own runs refine what is expected; each kind asks the records
HEIGHT = 80  # pixels, of the prompt, which has the width of the page
LINE = 80  # characters of the prompt where it is folded
NAMED = 12  # cells that are named for one reason
PROMPT = "…"  # stands for the prompt as long as none is written
TO_DRAW = ("missing", "failed", "cancelled")


@dataclass(frozen=True)
class Plan:
    """What the widgets describe, or why they describe nothing.

    ``preview`` is its grid, ``own`` the tab's, which knows what it has drawn of the same cells, ``forecast`` what is
    still to be drawn, ``ended`` how many drawings need not be, ``unknown`` how many may have been charged.
    """

    experiment: Experiment | None
    preview: Grid | None = None
    own: Grid | None = None
    forecast: Forecast | None = None
    ended: int = 0
    unknown: int = 0
    problem: str = ""

    @property
    def cells(self) -> tuple[Cell, ...]:
        """What the widgets describe, with what cannot be drawn."""
        return self.preview.cells if self.preview else ()

    @property
    def begun(self) -> bool:
        """Whether any of it is drawn or being drawn."""
        return any(cell.key in self._begun for cell in self.cells)

    @cached_property
    def _begun(self) -> frozenset[str]:
        return frozenset(cell.key for cell in self.own.cells) if self.own else frozenset()

    def states(self, cell: Cell) -> tuple[CellState, ...]:
        """Where the drawings of a cell stand: the tab's own comparison knows those that it has begun."""
        if self.experiment is None or self.preview is None:
            return ()
        own = self.own if cell.key in self._begun else None
        had = self.own.experiment.repeats if self.own else 0
        return tuple(
            (own if own and number < had else self.preview).state(cell, number)
            for number in range(self.experiment.repeats)
        )


def key_of(state: CellState) -> str:
    """What names its picture on the page."""
    return f"{state.cell.key}_{state.repeat}"


def compare_plan(own: Grid | None, form: ImageRequest) -> Plan:
    """Draw the prompt and the editor of axes, and return what all widgets describe. Once run they fold to one line.

    ``own`` is the tab's comparison, ``form`` what the form in the sidebar holds.
    """
    here = tab(CompareTab)
    if here.wide is None:
        here.wide = own is None  # a comparison that is there comes first
    label = "Prompt and what to compare" if here.wide else _folded(form.prompt)
    with (
        st.expander(label, icon=":material/edit:", expanded=here.wide, key=f"compare_editor_{here.wide}"),
        st.container(gap="xsmall"),
    ):
        prompt_box(form, HEIGHT)
        axes_editor(session().account.server)
        presets()
    try:
        return _planned(experiment_of(form, PROMPT), own)
    except InvalidRequest as error:
        return Plan(None, own=own, problem=error.message)


def _folded(prompt: str) -> str:
    """The prompt and the axes on one line."""
    words = " ".join(prompt.split())
    axes = [f"{len(axis.values)} {axis.title.lower()}{'s' * (len(axis.values) != 1)}" for axis in axes_held()]
    told = [words if len(words) <= LINE else f"{words[: LINE - 1]}…", " × ".join(axes).replace("qualitys", "qualities")]
    return plain(" · ".join(filter(None, told)))


def experiment_held() -> Experiment:
    """What the widgets describe at a click. Raises InvalidRequest where it cannot be compared."""
    return experiment_of(form_request(endpoint()))


def experiment_of(form: ImageRequest, without: str = "") -> Experiment:
    """What the editor's axes make of ``form``, ``without`` a prompt of this one; raises like `experiment_held`."""
    prompt = form.prompt if form.prompt.strip() else without
    if not prompt:
        raise InvalidRequest("Write a prompt first. Describe what the images should show.", param="prompt")
    return Experiment("", replace(form, n=1, stream_each=False, prompt=prompt), axes_held(), REPEATS.value)


def _planned(experiment: Experiment, own: Grid | None) -> Plan:
    account = session().account
    is_own = own is not None and own.server == account.server and replace(own.experiment, name="") == experiment
    tab(CompareTab).described = (own.id, own.server.id) if own and is_own else None
    preview = own if own and is_own else Grid("", session().owner, experiment, account.server, engine_of(account))
    if len(preview.cells) <= LEARNED:
        known = experience()
        for grid in {id(grid): grid for grid in (preview, own) if grid}.values():
            grid.expect(known)
    plan = Plan(experiment, preview, own)
    states = [state for cell in preview.cells for state in plan.states(cell)]
    coming_ones = TO_DRAW if not (own and own.running) else (*TO_DRAW, *RUNNING)
    open_ends = [state for state in states if state.status in coming_ones]
    told = {state.cell.request: state for state in open_ends}
    coming = forecast(
        [state.cell for state in open_ends],
        server=account.server,
        concurrency=settings().max_concurrency,
        cost=lambda request: told[request].cost,
        should=lambda request: told[request].should,
    )
    ended, unknown = (sum(state.status == status for state in states) for status in ("done", "unknown"))
    return replace(plan, forecast=coming, ended=ended, unknown=unknown)


def impossible(cells: tuple[Cell, ...]) -> None:
    """Say which cells cannot be drawn, and why, where there are any."""
    reasons: dict[str, list[str]] = {}
    for cell in cells:
        if cell.problem:
            reasons.setdefault(cell.problem.sentence, []).append(cell.label)
    if not reasons:
        return
    count = sum(map(len, reasons.values()))
    with st.popover(f"{count} not possible", icon=":material/block:", type="tertiary", key="compare_impossible"):
        for sentence, labels in reasons.items():
            more = f" and {len(labels) - NAMED} more" if len(labels) > NAMED else ""
            st.markdown(f"**{plain(sentence)}**")
            st.caption(plain(", ".join(labels[:NAMED]) + more))
