"""Runs that may have been charged: the person who can see the bill says whether they were."""

from decimal import Decimal

import streamlit as st

from components.frame.formats import money
from components.frame.notice import plain
from components.image.derived import engine_name
from components.state.access import administrators_only, is_administrator, who_administers
from components.state.account import session
from components.state.services import services
from components.state.tab import Widget
from triptych.budget import today
from triptych.store import Record

MOST = 50  # that are listed at once
MOST_DOLLARS = 10_000.0  # of one drawing; more is a slip of the finger


def unknown_outcomes() -> None:
    """Draw those that nobody has settled, each with the two answers, if there are any."""
    waiting = services().store.history.unsettled(session().owner, MOST)
    if not waiting.total:
        return
    st.header("Were these charged?", anchor=False)
    st.caption(
        "These runs were sent but not answered. Check the provider's bill, by request id if there is one. Until you "
        "answer, the estimate counts against your caps."
    )
    if not is_administrator():
        st.caption(f"You can confirm the amount that is held, not release or change it. {who_administers()}")
    for record in waiting.records:
        _row(record)
    if waiting.total > MOST:
        st.caption(f"{waiting.total - MOST:,} more will appear once these are settled.")


def _row(record: Record) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"unsettled_{record.ticket}"):
        with st.container(gap="xxsmall"):
            st.text(record.request.prompt[:100])
            when, asked = record.created.astimezone(today()[1]), record.request
            st.caption(
                plain(
                    f"{when:%Y-%m-%d %H:%M} · {asked.model} · {asked.quality} · {engine_name(record.engine)} · "
                    f"{_held(record)} · request {record.request_id or 'id unknown'}"
                )
            )
        cost = Widget[float | None](f"cost_{record.ticket}", float(record.reserved) or None)
        st.number_input(
            "Dollars",
            0.0,
            MOST_DOLLARS,
            None,
            0.01,
            key=cost.begin(),
            disabled=not is_administrator(),
            format="%.4f",
            width=180,
            placeholder="As billed",
        )
        st.button(
            "Charged",
            key=f"charged_{record.ticket}",
            on_click=_charged,
            args=(record, cost),
            disabled=cost.value is None,
            help="Counts these dollars as spent.",
        )
        st.button(
            "Not charged",
            key=f"free_{record.ticket}",
            on_click=_settle,
            args=(record, Decimal(0)),
            disabled=bool(record.reserved) and not is_administrator(),
            help="Releases the amount held.",
        )


def _held(record: Record) -> str:
    return f"{money(record.reserved)} held" if record.reserved else "price unknown, nothing held"


def _charged(record: Record, cost: Widget[float | None]) -> None:
    # Through its text: a float's own digits are not those that were typed.
    _settle(record, Decimal(str(cost.value)))


def _settle(record: Record, dollars: Decimal) -> None:
    """Take a word on what it cost; one by which everybody's caps hold more or less is an administrator's."""
    if dollars != record.reserved:
        administrators_only()
    services().store.journal.resolve(session().owner, record.ticket, dollars)
