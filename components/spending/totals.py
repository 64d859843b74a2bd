"""Which time the Spending page is about, and what it cost or, on the demo, would have cost."""

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


def spending_headline(of: Spent) -> bool:
    """Draw what was spent in a time in one line with what it brought; whether anything was made in it."""
    billed, free = of.by("model", charged=True), of.by("model", charged=False)
    spent, held, unknown = _sum(billed, "dollars"), _sum(billed, "reserved"), _count(billed, "unknown")
    made, failed = of.made(charged=True), _count(billed, "failed")
    with st.container(key="spending_headline", horizontal=True, gap="large"):
        if billed or not free:
            _metric("Spent", f"${spent:.2f}", _counted(_count(billed, "drawings"), "run"))
        if free:
            count = of.made(charged=False).images
            _metric(
                "Would have cost",
                f"${_sum(free, 'estimated'):.2f}",
                f"{_counted(count, 'image')} by the demo, no charge",
            )
        if made.images:
            kept = "all kept" if made.kept == made.images else f"{made.kept:,} kept"
            _metric("Images", f"{made.images:,}", kept)
        if made.kept:
            _metric("Cost per kept image", money(spent / made.kept), "spent, divided by images kept")
        if unknown:
            about = f"{money(held)} held for them" if held else "nothing held"
            _metric("Outcome or price unknown", f"{unknown:,}", about)
        if failed:
            _metric("Failed", f"{failed:,}", "no image, no charge")
    return bool(billed or free)


def spending_welcome() -> None:
    """Say what the page is for, where nothing was made in the chosen time."""
    with st.container(border=True):
        st.markdown(
            "**See where money and time go**: by day, model, quality and page, and how good the estimates are. "
            "There are no runs in this period."
        )
        st.page_link("pages/generate.py", label="Generate an image", icon=":material/brush:")


def _sum(rows: Sequence[Spending], name: str) -> Decimal:
    return sum((getattr(row, name) for row in rows), Decimal(0))


def _count(rows: Sequence[Spending], name: str) -> int:
    return sum(getattr(row, name) for row in rows)


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'s' * (number != 1)}"


def _metric(label: str, value: str, about: str) -> None:
    with st.container(gap="xxsmall", width="content"):
        st.metric(label, value)
        st.caption(plain(about))
