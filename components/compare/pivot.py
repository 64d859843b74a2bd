"""Which axis goes across, which down, and at which values the others stand still."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from components.compare.axes import described, title_of
from components.state.tab import Widget
from triptych.experiment import Axis

MOST_COLUMNS = 12
MOST_TILES = 72  # in view at once; more rows turn pages
WIDTH = 320  # pixels, of the choice of one value
ACROSS, DOWN = Widget[str]("compare_across", ""), Widget[str]("compare_down", "")


@dataclass(frozen=True)
class View:
    """The part of a grid that is in view. An axis that is not there is None and counts as one value."""

    across: Axis | None
    down: Axis | None
    columns: tuple[Any, ...]
    rows: tuple[Any, ...]
    fixed: Mapping[str, Any] = field(default_factory=dict)


def pivot(axes: Sequence[Axis], repeats: int) -> View:
    """Draw what there is to choose, and return what is to be seen."""
    names = [axis.parameter for axis in axes]
    by_name = {axis.parameter: axis for axis in axes}
    across, down = _arranged(names)
    fixed = {axis.parameter: _still(axis) for axis in axes if axis.parameter not in {across, down}}
    columns = _part("compare_columns", by_name[across].values if across else (None,), MOST_COLUMNS)
    most = max(1, MOST_TILES // (len(columns) * max(1, repeats)))
    rows = _part("compare_rows", by_name[down].values if down else (None,), most)
    return View(by_name.get(across or ""), by_name.get(down or ""), columns, rows, fixed)


def _arranged(names: list[str]) -> tuple[str | None, str | None]:
    """The axes across and down: the second and the first, unless other ones were chosen."""
    if len(names) < 2:  # noqa: PLR2004 - nothing to choose
        return (names[0] if names else None), None
    if not {ACROSS.value, DOWN.value} <= set(names) or ACROSS.value == DOWN.value:
        ACROSS.put(names[1])
        DOWN.put(names[0])
    with st.popover("Arrange", icon=":material/swap_horiz:", type="tertiary", key="compare_arrange"):
        for label, chosen, other in (("Across", ACROSS, DOWN), ("Down", DOWN, ACROSS)):
            st.selectbox(
                label,
                names,
                key=chosen.key,
                format_func=title_of,
                persist_state="session",
                on_change=_keep_apart,
                args=(chosen, other, names),
            )
    return ACROSS.value, DOWN.value


def _keep_apart(changed: Widget[str], other: Widget[str], names: list[str]) -> None:
    if changed.value == other.value:
        other.put(next(name for name in names if name != changed.value))


def _still(axis: Axis) -> Any:
    still = Widget[Any](f"compare_still_{axis.parameter}", axis.values[0])
    if still.value not in axis.values:
        still.put(still.first)
    labels = dict(zip(axis.values, axis.labels, strict=True))
    st.selectbox(
        f"{axis.title} in view",
        axis.values,
        key=still.begin(),
        format_func=lambda value: f"{axis.title}: {described(labels[value])}",
        width=WIDTH,
        label_visibility="collapsed",
        persist_state="session",
    )
    return still.value


def _part(key: str, values: tuple[Any, ...], most: int) -> tuple[Any, ...]:
    """As many values as fit, by pages."""
    if len(values) <= most:
        return values
    page = st.pagination(-(-len(values) // most), key=key)
    return values[(page - 1) * most : page * most]
