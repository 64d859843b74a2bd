"""How long drawings took and how good their estimates were, by model and quality."""

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
    """Draw the times in which half and nine tenths of the answers came; the demo engine's are left out."""
    rows = of.latencies()
    if not rows:
        st.caption("No answer of a paid engine came in this time.")
        return
    columns = {
        **_names(rows),
        "Answers": [f"{row.answers:,}" for row in rows],
        "Half within": [f"{row.half:.1f} s" for row in rows],
        "Nine tenths within": [f"{row.nine_tenths:.1f} s" for row in rows],
        "Slowest": [f"{row.slowest:.1f} s" for row in rows],
    }
    st.table(columns, border="horizontal", hide_index=True, alt="Seconds until the answer, by model and quality")


def estimates_table(of: Spent) -> None:
    """Draw what was estimated, what it cost, and the learned error."""
    rows = [row for row in of.by("tier", charged=True) if row.measured]
    if not rows:
        st.caption("Nothing with both an estimate and a known cost was drawn in this time.")
        return
    learned = services().store.history.learned(session().owner)
    columns = {
        **_names(rows),
        "Drawings": [f"{row.measured:,}" for row in rows],
        "Estimated at most": [plain(money(row.estimated)) for row in rows],
        "Actual": [plain(money(row.dollars)) for row in rows],
        "Actual against estimate": [_error(row.dollars, row.estimated) for row in rows],
        "Learned for the next": [_learned(learned.get(row.key)) for row in rows],
    }
    st.table(columns, border="horizontal", hide_index=True, alt="Estimated and actual dollars, by model and quality")
    st.caption(
        "The estimate is its upper end, which is what a cap holds. What is learned is the cost of the last 90 "
        "days against the middle of the estimates."
    )


def _names(rows: Sequence[Spending | Latency]) -> dict[str, list[str]]:
    pairs = [row.key.rsplit(" ", 1) for row in rows]
    return {"Model": [plain(model) for model, _ in pairs], "Quality": [plain(quality) for _, quality in pairs]}


def _error(actual: Decimal, estimated: Decimal) -> str:
    return f"{float(actual / estimated - 1):+.0%}" if estimated else NONE


def _learned(ratio: float | None) -> str:
    return f"{ratio - 1:+.0%}" if ratio is not None else NONE
