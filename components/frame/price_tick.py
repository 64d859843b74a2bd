"""A run of unknown price under a cap: it goes by a tick, which is nobody's who spends everybody's money."""

import streamlit as st

from components.state.access import who_administers
from components.state.account import session
from components.state.services import services
from components.state.tab import Widget
from components.state.widgets import ANY_PRICE


def price_tick(widget: Widget[bool] = ANY_PRICE) -> None:
    """Where a cap cannot hold what is asked for, ask whether it may be sent all the same, or say who may say so."""
    if not (services().budget.is_capped and session().account.server.charged):
        return
    if not session().decides:
        st.caption(f"The price is unknown, so no cap can limit it. {who_administers()}")
        return
    st.checkbox(
        "Run without a price estimate",
        key=widget.keep(),
        help="The price is unknown, so no cap can limit it. It is sent only if you check this box.",
    )


def any_price(widget: Widget[bool] = ANY_PRICE) -> bool:
    """Whether it may be sent at any price: by the tick of somebody who may give it."""
    return widget.value and session().decides
