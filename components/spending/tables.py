"""How long runs took and how good their estimates were, by model and quality."""

from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from components.frame.formats import money
from components.frame.notice import plain
from components.state.account import session
from components.state.services import services
from triptych.store import Spending
from triptych.store.history.spending import Spent
from triptych.store.values import Latency

NONE = "–"


def latency_table(of: Spent) -> None:
    """Draw the times in which half and nine tenths of the answers came, if there are any of a paid engine."""
    rows = of.latencies()
    if not rows:
        return
    st.header("Time", anchor=False)
    columns = {
        **_names(rows),
        "Answers": [f"{row.answers:,}" for row in rows],
        "50% within": [f"{row.half:.1f} s" for row in rows],
        "90% within": [f"{row.nine_tenths:.1f} s" for row in rows],
        "Slowest": [f"{row.slowest:.1f} s" for row in rows],
    }
    st.table(columns, border="horizontal", hide_index=True, alt="Seconds until the answer, by model and quality")


def estimates_table(of: Spent) -> None:
    """Draw what was estimated, what it cost, and the learned error, if anything has both."""
    rows = [row for row in of.by("tier", charged=True) if row.measured]
    if not rows:
        return
    st.header("Estimates", anchor=False)
    learned = services().store.history.learned(session().owner)
    columns = {
        **_names(rows),
        "Runs": [f"{row.measured:,}" for row in rows],
        "Estimated (at most)": [plain(money(row.estimated)) for row in rows],
        "Actual": [plain(money(row.dollars)) for row in rows],
        "Actual vs. estimate": [_error(row.dollars, row.estimated) for row in rows],
        "Adjustment for the next run": [_learned(learned.get(row.key)) for row in rows],
    }
    st.table(columns, border="horizontal", hide_index=True, alt="Estimated and actual dollars, by model and quality")
    st.caption(
        "The estimate is the upper end of its range, which caps reserve. The adjustment compares the actual cost of "
        "the last 90 days with the middle of the range."
    )


def _names(rows: Sequence[Spending | Latency]) -> dict[str, list[str]]:
    pairs = [row.key.rsplit(" ", 1) for row in rows]
    return {"Model": [plain(model) for model, _ in pairs], "Quality": [plain(quality) for _, quality in pairs]}


def _error(actual: Decimal, estimated: Decimal) -> str:
    return _percent(float(actual / estimated - 1)) if estimated else NONE


def _learned(ratio: float | None) -> str:
    return _percent(ratio - 1) if ratio is not None else NONE


def _percent(share: float) -> str:
    """A difference with its sign, which nothing has that rounds to none."""
    said = f"{share:+.0%}"
    return "0%" if said[1:] == "0%" else said.replace("-", "\N{MINUS SIGN}")
