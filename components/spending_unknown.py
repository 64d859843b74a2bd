"""Drawings that may have been charged: the person who can see the bill says whether they were."""

from decimal import Decimal

import streamlit as st

from components.error_notice import plain
from components.price_tag import money
from components.services import services
from components.session import session
from triptych.budget import today
from triptych.store import Query, Record

MOST = 50  # that are listed at once
STATUSES = ("unknown", "cancelled")


def unknown_outcomes() -> None:
    """Draw those for which money is held, each with the two answers."""
    waiting = _waiting()
    if not waiting:
        st.caption("None. What is sent and not answered is listed here, since it may have been charged.")
        return
    st.caption("These were sent and not answered. Look at the engine's bill, by the request id where there is one; "
               "until you say, the estimate counts against the caps.")  # fmt: skip
    for record in waiting[:MOST]:
        _row(record)
    if len(waiting) > MOST:
        st.caption(f"{len(waiting) - MOST} more follow once these are settled.")


def _waiting() -> list[Record]:
    history, owner = services().store.history, session().owner
    queries = (Query(status=status, trashed=trashed) for status in STATUSES for trashed in (False, True))  # type: ignore[arg-type]
    found = (record for query in queries for record in history.search(owner, query, 1, 1000).records)
    return [record for record in found if record.charged and record.reserved]


def _row(record: Record) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        with st.container(gap="xxsmall"):
            st.text(record.request.prompt[:100])
            when = record.created.astimezone(today()[1])
            st.caption(
                plain(
                    f"{when:%Y-%m-%d %H:%M} · {record.request.model} · {record.request.quality} · {record.engine} · "
                    f"{money(record.reserved)} held · request {record.request_id or 'id unknown'}"
                )
            )
        st.button("It was charged", key=f"charged_{record.ticket}", on_click=_settle,
                  args=(record.ticket, record.reserved), help="Counts what is held as spent.")  # fmt: skip
        st.button("It was not", key=f"free_{record.ticket}", on_click=_settle, args=(record.ticket, Decimal(0)),
                  help="Gives back what is held.")  # fmt: skip


def _settle(ticket: str, dollars: Decimal) -> None:
    services().store.journal.resolve(session().owner, ticket, dollars)
