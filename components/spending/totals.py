"""Which time the Spending page is about, what it cost, how the caps stand, and what was drawn without being charged."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import streamlit as st

from components.frame.formats import money
from components.frame.notice import plain
from components.state.account import session
from components.state.services import services
from components.state.tab import Widget
from triptych.budget import today
from triptych.settings import settings
from triptych.store import Spending
from triptych.store.history.spending import Spent

DAYS = {"7 days": 7, "30 days": 30, "12 months": 365, "All": None}
PERIOD = Widget[str]("spending_period", "30 days")
FIRST = datetime(1970, 1, 1, tzinfo=UTC)
Period = tuple[datetime, datetime]


def spent_in(period: Period) -> Spent:
    """What this visitor spent in ``period``."""
    return services().store.history.spent(session().owner, *period)


def spending_period() -> Period:
    """Draw the choice; from when until when it is, whole days of the zone whose midnight ends them."""
    st.segmented_control(
        "Period", tuple(DAYS), key=PERIOD.begin(), required=True, label_visibility="collapsed", persist_state="session"
    )
    days = DAYS[PERIOD.value]
    day, zone = today()
    until = datetime.combine(day, time(), zone) + timedelta(days=1)
    return (until - timedelta(days=days) if days else FIRST, until)


def spending_totals(of: Spent) -> bool:
    """Draw the metrics of what was spent in a time; whether anything was drawn in it."""
    billed, free = of.by("model", charged=True), of.by("model", charged=False)
    spent, held = _sum(billed, "dollars"), _sum(billed, "reserved")
    made, unknown = of.made(charged=True), _count(billed, "unknown")
    each = money(spent / made.kept) if made.kept else "–"
    with st.grid(3):
        _metric("Spent", f"${spent:.2f}", f"{_count(billed, 'drawings'):,} drawings")
        _metric("Pictures", f"{made.images:,}", f"{made.kept:,} kept, the rest in the trash or deleted")
        _metric("Cost per kept picture", each, "all that was spent, over what was kept")
        _metric("Outcome or price unknown", f"{unknown:,}", f"{money(held)} held for them" if held else "nothing held")
        _metric("Failed", f"{_count(billed, 'failed'):,}", "drawings without a picture")
        _metric("Not charged", f"{of.made(charged=False).images:,}", "pictures by the demo engine")
    return bool(billed or free)


def spending_welcome() -> None:
    """Say what the page is for, where nothing was drawn in the chosen time."""
    with st.container(border=True):
        st.markdown(
            "**Where money and time went** is shown here: by day, model, quality and page, with how good the "
            "estimates were. Nothing was drawn in this time."
        )
        st.page_link("pages/generate.py", label="Draw a picture", icon=":material/brush:")


def caps() -> None:
    """Draw what is left of the caps."""
    chosen, journal = settings(), services().store.journal
    named = (
        ("today", journal.money("day"), chosen.budget_day),
        ("this month", journal.money("month"), chosen.budget_month),
    )
    limited = [(name, held, cap) for name, held, cap in named if cap is not None]
    for name, held, cap in limited:
        gone = held.spent + held.reserved
        text = (
            f"${held.spent:.2f} of ${cap:.2f} spent {name}, {money(held.reserved)} held, ${max(cap - gone, 0):.2f} left"
        )
        st.progress(min(float(gone / cap), 1.0) if cap else 1.0, text=plain(text))
    if chosen.budget_run is not None:
        st.caption(plain(f"One click may cost at most ${chosen.budget_run:.2f}."))
    elif not limited:
        st.caption(
            "No cap is set. TRIPTYCH\\_BUDGET\\_RUN, \\_DAY and \\_MONTH, in dollars, limit what a click, a day and a "
            "month may cost."
        )


def _sum(rows: Sequence[Spending], name: str) -> Decimal:
    return sum((getattr(row, name) for row in rows), Decimal(0))


def _count(rows: Sequence[Spending], name: str) -> int:
    return sum(getattr(row, name) for row in rows)


def _metric(label: str, value: str, about: str) -> None:
    with st.container(gap="xxsmall"):
        st.metric(label, value)
        st.caption(plain(about))
