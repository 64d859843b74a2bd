"""Which time the Spending page is about."""

from datetime import UTC, datetime, time, timedelta

import streamlit as st

from components.state.account import session
from components.state.services import services
from triptych.budget import today
from triptych.store.history.spending import Spent

DAYS = {"7 days": 7, "30 days": 30, "12 months": 365, "All": None}
FIRST = datetime(1970, 1, 1, tzinfo=UTC)
Period = tuple[datetime, datetime]


def spent_in(period: Period) -> Spent:
    """What was spent in it by whoever looks."""
    return services().store.history.spent(session().owner, *period)


def spending_period() -> Period:
    """Draw the choice; from when until when it is, whole days of the zone whose midnight ends them."""
    session().begin({"spending_period": "30 days"})
    st.segmented_control("Period", tuple(DAYS), key="spending_period", required=True, label_visibility="collapsed",
                         persist_state="session")  # fmt: skip
    days = DAYS[session().value("spending_period")]
    day, zone = today()
    until = datetime.combine(day, time(), zone) + timedelta(days=1)
    return (until - timedelta(days=days) if days else FIRST, until)
