"""Where the money went, as charts: by day, and by model, quality and page."""

from collections.abc import Sequence
from datetime import date

import altair as alt
import streamlit as st

from triptych.store import Spending
from triptych.store.history.spending import Spent

GREY = "#808080"  # as far from white as from black: the pictures have the colours
HEIGHT = 220  # pixels
BAR = 32  # pixels a bar of a list takes
MARGIN = 72  # pixels for the title and the axis of a list
LONG = 120  # days: a longer time is drawn by months
TIP = alt.Tooltip("sum(Dollars):Q", title="Dollars", format="$.3f")


def spending_charts(of: Spent) -> None:
    """Draw dollars by day, then by what they were spent on."""
    _days(of.by("day", charged=True))
    with st.grid(3, min_column_width=260):
        for by, title in (("model", "By model"), ("quality", "By quality"), ("page", "By page")):
            _bars(title, of.by(by, charged=True))  # type: ignore[arg-type]


def _days(rows: Sequence[Spending]) -> None:
    paid = [(row.key, float(row.dollars)) for row in rows if row.dollars]
    if not paid:
        st.caption("Nothing was charged in this time.")
        return
    first, last = (date.fromisoformat(paid[end][0]) for end in (0, -1))
    unit = "yearmonth" if (last - first).days > LONG else "yearmonthdate"
    chart = (
        alt.Chart(_data("Day", paid))
        .mark_bar(color=GREY)
        .encode(
            x=alt.X("Day", type="temporal", timeUnit=unit, title=None),  # type: ignore[arg-type]
            y=alt.Y("sum(Dollars):Q", title="Dollars", axis=alt.Axis(format="$.2f")),
            tooltip=[alt.Tooltip("Day", type="temporal", timeUnit=unit, title="Day"), TIP],  # type: ignore[arg-type]
        )
        .properties(height=HEIGHT)
    )
    day, most = max(paid, key=lambda pair: pair[1])
    st.altair_chart(chart, alt=f"Dollars spent by day; most, ${most:.2f}, on {day}")


def _bars(title: str, rows: Sequence[Spending]) -> None:
    paid = sorted(((row.key, float(row.dollars)) for row in rows if row.dollars), key=lambda pair: -pair[1])
    if not paid:
        return
    chart = (
        alt.Chart(_data("Key", paid), title=title)
        .mark_bar(color=GREY)
        .encode(
            x=alt.X("sum(Dollars):Q", title=None, axis=alt.Axis(format="$.2f", tickCount=4)),
            y=alt.Y("Key:N", sort=None, title=None, axis=alt.Axis(labelLimit=160, labelOverlap=False)),
            tooltip=[alt.Tooltip("Key:N", title=title.removeprefix("By ").capitalize()), TIP],
        )
        .properties(height=BAR * len(paid) + MARGIN)
    )
    st.altair_chart(chart, alt=f"Dollars {title.lower()}; most, ${paid[0][1]:.2f}, for {paid[0][0]}")


def _data(name: str, paid: Sequence[tuple[str, float]]) -> alt.InlineData:
    return alt.InlineData(values=[{name: key, "Dollars": dollars} for key, dollars in paid])
