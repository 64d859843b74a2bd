"""Where the money went, as charts: by day, and by model, quality and page."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby

import altair as alt
import streamlit as st

from triptych.store import Spending
from triptych.store.history.spending import By, Spent

GREY = "#808080"  # as far from white as from black: the pictures have the colours
HEIGHT = 220  # pixels
BAR = 32  # pixels a bar of a list takes
MARGIN = 72  # pixels for the title and the axis of a list
ACROSS, WIDEST = 800, 56  # pixels the days share, and one takes at most
LONG = 120  # days: a longer time is shown by months
TIP = alt.Tooltip("sum(Dollars):Q", title="Dollars", format="$.3f")


def spending_charts(of: Spent) -> None:
    """Draw dollars by day, then by what they were spent on; where the demo made everything, what it would have cost."""
    is_free = not of.by("model", charged=True)
    _days([_costing(row, is_free=is_free) for row in of.by("day", charged=not is_free)], is_free=is_free)
    with st.grid(3, min_column_width=260):
        for by, title in KINDS:
            rows = [_costing(row, is_free=is_free) for row in of.by(by, charged=not is_free)]
            named = [(_page(key), dollars) for key, dollars in rows] if by == "page" else rows
            _bars(title, named, is_free=is_free)


KINDS: tuple[tuple[By, str], ...] = (("model", "By model"), ("quality", "By quality"), ("page", "By page"))


def _costing(row: Spending, *, is_free: bool) -> tuple[str, float]:
    return row.key, float(row.estimated if is_free else row.dollars)


def _page(key: str) -> str:
    """A page by its title; the gateway, and by whose token, where a program asked."""
    return key.replace("api", "API", 1) if key.partition(":")[0] == "api" else key.capitalize()


def _days(rows: Sequence[tuple[str, float]], *, is_free: bool) -> None:
    paid = [(day, dollars) for day, dollars in rows if dollars]
    if not paid:
        st.caption("No charges in this period.")
        return
    bars = _by_month(paid) if _apart(paid[0][0], paid[-1][0]) > LONG else _by_day(dict(paid))
    chart = (
        alt.Chart(_data("Day", bars), title="By day")
        .mark_bar(color=GREY, size=max(2, min(WIDEST, ACROSS // len(bars))))
        .encode(
            x=alt.X("Day:O", sort=None, title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
            y=alt.Y("sum(Dollars):Q", title=None, axis=alt.Axis(format="$.2f", tickCount=4)),
            tooltip=[alt.Tooltip("Day:O"), TIP],
        )
        .properties(height=HEIGHT)
    )
    day, most = max(paid, key=lambda pair: pair[1])
    st.altair_chart(chart, alt=f"{_said(is_free)} by day; most, ${most:.2f}, on {day}")


def _apart(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def _by_day(paid: Mapping[str, float]) -> list[tuple[str, float]]:
    """Every day from the first to the last, those without a charge at zero."""
    first, last = min(paid), max(paid)
    days = [date.fromisoformat(first) + timedelta(days=number) for number in range(_apart(first, last) + 1)]
    return [(f"{day:%b} {day.day}", paid.get(day.isoformat(), 0.0)) for day in days]


def _by_month(paid: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    months = groupby(paid, lambda pair: pair[0][:7])
    return [(f"{date.fromisoformat(f'{key}-01'):%b %Y}", sum(dollars for _, dollars in each)) for key, each in months]


def _said(is_free: bool) -> str:
    return "Dollars it would have cost" if is_free else "Dollars spent"


def _bars(title: str, rows: Sequence[tuple[str, float]], *, is_free: bool) -> None:
    paid = sorted(((key, dollars) for key, dollars in rows if dollars), key=lambda pair: -pair[1])
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
    st.altair_chart(chart, alt=f"{_said(is_free)} {title.lower()}; most, ${paid[0][1]:.2f}, for {paid[0][0]}")


def _data(name: str, paid: Sequence[tuple[str, float]]) -> alt.InlineData:
    return alt.InlineData(values=[{name: key, "Dollars": dollars} for key, dollars in paid])
