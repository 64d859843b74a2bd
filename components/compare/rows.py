"""The part of a comparison that is in view, as the table of images shows it."""

import math
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace
from typing import Any

import streamlit as st

from components.compare.axes import described
from components.compare.matrix import Matrix, Shot
from components.compare.pivot import View
from components.compare.plan import Plan, key_of
from components.frame.formats import money, span
from components.image.image import vector
from components.image.media_url import address
from components.state.services import services
from triptych.experiment import Axis, CellState
from triptych.parameters import pixels
from triptych.results import Partial
from triptych.store import preview

SQUARE = (1024, 1024)  # pixels, of a picture whose size is not known before it comes
EDGE = 720  # pixels, the longer edge of a thumbnail: twice what its place has, for dense screens
LONGEST = 400  # characters of a reason; as many as fit are seen, and all where it is pointed at
CACHED = 128  # stages of pictures kept small in memory
WORDS = {
    "impossible": "Not possible",
    "missing": "Planned",
    "queued": "Waiting",
    "drawing": "Generating",
    "elsewhere": "Running elsewhere",
    "done": "The image file is missing",
    "failed": "Failed",
    "unknown": "May have been charged",
    "cancelled": "Canceled",
}
DRAWABLE = ("failed", "cancelled", "unknown")

Addresses = dict[str, str]  # by what is shown: where the browser finds it, as long as the page is not run as a whole
Note = Callable[[CellState], str]
Rises = Callable[[CellState], bool]


def matrix_of(
    plan: Plan, view: View, *, picked: Collection[str], score: Note, rises: Rises, addresses: Addresses
) -> Matrix:
    """The table of what ``view`` shows of ``plan``; ``score`` adds a few words to a picture, ``rises`` a button.

    ``addresses`` grows by those of the pictures that are new.
    """
    axes = plan.experiment.axes if plan.experiment else ()
    places = {cell.coordinates: cell for cell in plan.cells}
    named = " and ".join(axis.title.lower() for axis in (view.across, view.down) if axis)

    def at(column: Any, row: Any) -> tuple[Shot, ...]:
        here = {**view.fixed, **_named(view.across, column), **_named(view.down, row)}
        cell = places[tuple((axis.parameter, here[axis.parameter]) for axis in axes)]
        every = plan.states(cell)[: 1 if cell.problem else None]
        return tuple(
            replace(_shot(one, plan, score, rises), src=_source(one, addresses), picked=key_of(one) in picked)
            for one in every
        )

    return Matrix(
        label=f"Images by {named}" if named else "Images",
        across=view.across.title if view.across else "",
        down=view.down.title if view.down else "",
        columns=_headings(view.across, view.columns) if view.across else ("Image",),
        rows=_headings(view.down, view.rows) if view.down else ("",),
        cells=tuple(tuple(at(column, row) for column in view.columns) for row in view.rows),
    )


def name_of(state: CellState, repeats: int = 1) -> str:
    """What a picture is called: its coordinates."""
    return state.cell.label if repeats == 1 else f"{state.cell.label} · {state.repeat + 1}"


def _shot(state: CellState, plan: Plan, score: Note, rises: Rises) -> Shot:
    repeats = plan.experiment.repeats if plan.experiment else 1
    width, height = pixels(state.cell.request.size) or SQUARE
    stored = next(iter(state.pictures), None)
    if stored and stored.width and stored.height:
        width, height = stored.width, stored.height
    strong, facts, note = _lines(state)
    return Shot(
        key=key_of(state),
        name=name_of(state, repeats),
        state=state.status,
        word=_word(state),
        reason=_reason(state),
        alt=state.cell.request.prompt[:100],
        width=width,
        height=height,
        strong=strong,
        facts=facts,
        note=note,
        score=score(state) if stored else "",
        can=(*_can(state), *(["promote"] if stored and rises(state) else [])),
        opens=stored is not None,
    )


def _source(state: CellState, addresses: Addresses) -> str:
    """Where its thumbnail or newest stage is found; nothing where there is none that can be shown."""
    stored = next(iter(state.pictures), None)
    stage = state.partial if state.status == "drawing" else None
    name = f"{key_of(state)} {stored.sha256}" if stored else f"{state.ticket}-{stage.index}" if stage else ""
    with suppress(KeyError, ValueError):
        if stored and name not in addresses:
            addresses[name] = _address(state, services().store.preview(stored, EDGE), stored.format)
        elif stage and name not in addresses:
            addresses[name] = _address(state, _stage(name, stage), stage.picture.format)
    return addresses.get(name, "")


def _address(state: CellState, data: bytes, form: str) -> str:
    """Where the browser finds the preview of a picture of that format: a gif moves, and an svg stays one."""
    if form == "svg":
        return vector(data)
    return address(data, f"image/{'gif' if form == 'gif' else 'jpeg'}", f"compare-{key_of(state)}")


@st.cache_data(max_entries=CACHED, show_spinner=False)
def _stage(name: str, _partial: Partial) -> bytes:  # noqa: ARG001 (what it is cached by)
    return preview(_partial.picture.data, _partial.picture.format, EDGE)


def _word(state: CellState) -> str:
    if state.status in {"failed", "unknown"} and state.error:
        return state.error.next_move
    return WORDS[state.status]


def _reason(state: CellState) -> str:
    if state.cell.problem:
        return state.cell.problem.sentence
    if state.error and state.status in {"failed", "unknown"}:
        return " ".join(state.error.message.split())[:LONGEST]
    return ""


def waited(state: CellState) -> float | None:
    """Seconds since it was sent; None while it waits for its turn, and once it has ended."""
    return time.monotonic() - state.sent_at if state.status == "drawing" and state.sent_at is not None else None


def _lines(state: CellState) -> tuple[str, str, str]:
    """Dollars, what is known of time and tokens, and what was estimated."""
    if state.status == "impossible":
        return "", "", ""
    before = money(state.cost.dollars)
    if state.status == "done":
        tokens = f" · {state.output_tokens:,} tokens" if state.output_tokens else ""
        seconds = f"{state.seconds:.1f} s" if state.seconds is not None else "time unknown"
        if state.cached:
            return money(state.dollars), f"{seconds}{tokens}", "from history, no charge"
        return money(state.dollars), f"{seconds}{tokens}", f"est. {before}"
    if state.status in {"queued", "drawing"}:
        since = waited(state)
        clock = f"{since:.0f} s of {span(state.should)}" if since is not None else span(state.should)
        return f"about {before}", clock, _waits(state)
    return (f"about {before}" if state.cost.dollars is not None else before), span(state.should), ""


def _waits(state: CellState) -> str:
    wait = state.waits_for_limit
    if wait is not None:
        return f"rate limit, {math.ceil(wait)} s"
    return f"stage {state.partial.index + 1}" if state.partial else ""


def _can(state: CellState) -> list[str]:
    if state.status in {"queued", "drawing"}:
        return ["cancel"]
    return ["retry"] if state.status in DRAWABLE else []


def _named(axis: Axis | None, value: Any) -> dict[str, Any]:
    return {axis.parameter: value} if axis else {}


def _headings(axis: Axis, values: tuple[Any, ...]) -> tuple[str, ...]:
    labels = dict(zip(axis.values, axis.labels, strict=True))
    return tuple(described(labels[value]) for value in values)
