"""What to look for in the history: words of the prompt, filters, the order, and whether in the trash."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import streamlit as st

from components.image.derived import engine_name
from components.state.account import session
from components.state.services import services
from triptych.budget import today
from triptych.store import Choices, Query

SORTS = {
    "newest": "Newest first",
    "oldest": "Oldest first",
    "rating": "Best rated first",
    "cost": "Dearest first",
    "time": "Slowest first",
}
SHOWN = {
    "": "Any",
    "done": "Drawn",
    "failed": "Failed",
    "unknown": "Unknown, may have been charged",
    "cancelled": "Cancelled",
}
# The filters that are lists, by the field of `Choices` and of `Query` that each is about.
LISTS = {"models": "Model", "qualities": "Quality", "sizes": "Size", "tags": "Tag", "engines": "Engine"}
EMPTY: dict[str, Any] = {
    "history_text": "",
    "history_shown": "",
    "history_rating": 0,
    "history_favourite": False,
    "history_since": None,
    "history_until": None,
    "history_cost_from": None,
    "history_cost_to": None,
    **{f"history_{name}": [] for name in LISTS},
}
PAGE = "history_page"


def history_query() -> Query:
    """Draw the search, the order and, in the sidebar, the filters; what they ask for."""
    here = session()
    here.begin({"history_sort": "newest", "history_in_trash": False, **EMPTY})
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Search prompts", key="history_text", type="search", live=True, placeholder="Words of a prompt",
                      on_change=_begin_again, persist_state="session")  # fmt: skip
        st.selectbox("Order", tuple(SORTS), key="history_sort", format_func=SORTS.__getitem__, width=180,
                     on_change=_begin_again, persist_state="session")  # fmt: skip
        st.toggle("Trash", key="history_in_trash", on_change=_begin_again, persist_state="session")
    with st.sidebar:
        _filters(services().store.history.choices(here.owner))
    return _asked_for()


def is_filtered() -> bool:
    """Whether anything narrows what is found."""
    return any(session().value(name) != first for name, first in EMPTY.items())


def clear_filters() -> None:
    """Look for everything again."""
    session().put(EMPTY)
    _begin_again()


def _begin_again() -> None:
    session().put({PAGE: 1})


def _filters(choices: Choices) -> None:
    st.selectbox("Outcome", tuple(SHOWN), key="history_shown", format_func=SHOWN.__getitem__, on_change=_begin_again,
                 persist_state="session")  # fmt: skip
    for name, label in LISTS.items():
        _list(name, label, getattr(choices, name))
    with st.container(horizontal=True):
        _day("history_since", "From")
        _day("history_until", "To")
    with st.container(horizontal=True):
        _dollars("history_cost_from", "Cost from ($)")
        _dollars("history_cost_to", "Cost to ($)")
    st.selectbox("Rating at least", range(6), key="history_rating", format_func=_stars, on_change=_begin_again,
                 persist_state="session")  # fmt: skip
    st.toggle("Favourites only", key="history_favourite", on_change=_begin_again, persist_state="session")
    st.button("Clear filters", key="history_clear", icon=":material/filter_alt_off:", type="tertiary",
              disabled=not is_filtered(), on_click=clear_filters)  # fmt: skip


def _list(name: str, label: str, options: tuple[str, ...]) -> None:
    key = f"history_{name}"
    held = session().value(key)
    session().put({key: [each for each in held if each in options]})
    if options:
        st.multiselect(label, options, key=key, placeholder="Any", on_change=_begin_again, persist_state="session",
                       format_func=engine_name if name == "engines" else str)  # fmt: skip


def _day(key: str, label: str) -> None:
    st.date_input(label, None, key=key, format="YYYY-MM-DD", on_change=_begin_again, persist_state="session")


def _dollars(key: str, label: str) -> None:
    st.number_input(label, 0.0, None, None, 0.01, format="%.3f", key=key, placeholder="Any", on_change=_begin_again,
                    persist_state="session")  # fmt: skip


def _stars(rating: int) -> str:
    return f"{rating} star{'s' * (rating > 1)}" if rating else "Any"


def _asked_for() -> Query:
    here = session()
    shown, since, until = (here.value(f"history_{name}") for name in ("shown", "since", "until"))
    return Query(
        text=here.value("history_text"),
        **{name: tuple(here.value(f"history_{name}")) for name in LISTS},
        since=_midnight(since) if since else None,
        until=_midnight(until + timedelta(days=1)) if until else None,
        cost_from=_decimal(here.value("history_cost_from")),
        cost_to=_decimal(here.value("history_cost_to")),
        rating_from=here.value("history_rating") or None,
        favourite=True if here.value("history_favourite") else None,
        status=shown or None,
        trashed=here.value("history_in_trash"),
        sort=here.value("history_sort"),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), today()[1]).astimezone(UTC)


def _decimal(dollars: float | None) -> Decimal | None:
    return None if dollars is None else Decimal(str(dollars))
