"""What to look for in the history: words of the prompt, filters as chips, the order, and whether in the trash."""

from copy import copy
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.frame.notice import plain
from components.history.tab_state import PAGE
from components.image.derived import engine_name
from components.state.account import session
from components.state.services import services
from components.state.tab import Widget, put
from triptych.budget import today
from triptych.store import Choices, Query
from triptych.store.values import Sort, Status

Outcome = Status | Literal[""]  # "" is any

SORTS: dict[Sort, str] = {
    "newest": "Newest first",
    "oldest": "Oldest first",
    "rating": "Best rated first",
    "cost": "Most expensive first",
    "time": "Slowest first",
}
OUTCOMES: dict[Outcome, str] = {
    "": "Any",
    "done": "Completed",
    "failed": "Failed",
    "unknown": "Outcome unknown, may have been charged",
    "cancelled": "Canceled",
}
# The filters that are lists, by the field of `Choices` and of `Query` that each is about.
LISTS = {"models": "Model", "qualities": "Quality", "sizes": "Size", "tags": "Tag", "engines": "Engine"}

TEXT = Widget[str]("history_text", "")
SORT = Widget[Sort]("history_sort", "newest")
IN_TRASH = Widget[bool]("history_in_trash", False)
OUTCOME = Widget[Outcome]("history_shown", "")
RATING = Widget[int]("history_rating", 0)
FAVOURITE = Widget[bool]("history_favourite", False)
SINCE, UNTIL = DAYS = tuple(Widget[date | None](f"history_{end}", None) for end in ("since", "until"))
COST_FROM, COST_TO = COSTS = tuple(Widget[float | None](f"history_cost_{end}", None) for end in ("from", "to"))
CHIP = 24  # characters of what a chip says it is set to
CHOSEN = {name: Widget[list[str]](f"history_{name}", []) for name in LISTS}
NARROWING: tuple[Widget[Any], ...] = (
    *(TEXT, OUTCOME, RATING, FAVOURITE, SINCE, UNTIL, COST_FROM, COST_TO),
    *CHOSEN.values(),
)


def history_head() -> DeltaGenerator:
    """Draw the page's title; the row it stands in, in which there is place for the search."""
    row = st.container(key="history_search", horizontal=True, vertical_alignment="center")
    row.title("History", width="content")
    return row


def history_query(head: DeltaGenerator) -> tuple[Query, DeltaGenerator]:
    """Draw the search and the order in ``head``, the filters below; what they ask for, and the place of its count."""
    with head:
        st.text_input(
            "Search prompts",
            key=TEXT.begin(),
            type="search",
            live=True,
            placeholder="Search prompts",
            label_visibility="collapsed",
            on_change=_begin_again,
            persist_state="session",
        )
        st.selectbox(
            "Order",
            tuple(SORTS),
            key=SORT.begin(),
            format_func=SORTS.__getitem__,
            width=200,
            label_visibility="collapsed",
            on_change=_begin_again,
            persist_state="session",
        )
    with st.container(key="history_filters", horizontal=True, vertical_alignment="center", gap="small"):
        _filters(services().store.history.choices(session().owner))
        st.space("stretch")
        count = st.container(key="history_count", width="content")
    return _asked_for(), count


def is_filtered() -> bool:
    """Whether anything narrows what is found."""
    return any(one.value != one.first for one in NARROWING)


def clear_filters() -> None:
    """Look for everything again."""
    put({one: copy(one.first) for one in NARROWING})
    _begin_again()


def _begin_again() -> None:
    PAGE.put(1)


def _filters(choices: Choices) -> None:
    """Draw the chips: of what the records do not differ in there is none, unless it narrows what is found."""
    st.toggle("Favorites", key=FAVOURITE.begin(), on_change=_begin_again, persist_state="session")
    with _chip("Rating", _stars(RATING.value) if RATING.value else ""):
        st.selectbox(
            "Rating at least",
            range(6),
            key=RATING.begin(),
            format_func=_stars,
            on_change=_begin_again,
            persist_state="session",
        )
    for name, label in LISTS.items():
        _list(name, label, getattr(choices, name))
    with _chip("Date", " – ".join(str(day.value or "…") for day in DAYS) if any(day.value for day in DAYS) else ""):
        _day(SINCE, "From")
        _day(UNTIL, "To")
    with _chip("Cost", "set" if any(cost.value is not None for cost in COSTS) else ""):
        _dollars(COST_FROM, "Cost from ($)")
        _dollars(COST_TO, "Cost to ($)")
    with _chip("Outcome", OUTCOMES[OUTCOME.value] if OUTCOME.value else ""):
        st.selectbox(
            "Outcome",
            tuple(OUTCOMES),
            key=OUTCOME.begin(),
            format_func=OUTCOMES.__getitem__,
            on_change=_begin_again,
            persist_state="session",
        )
    st.toggle("Trash", key=IN_TRASH.begin(), on_change=_begin_again, persist_state="session")
    if is_filtered():
        st.button(
            "Clear filters",
            key="history_clear",
            icon=":material/filter_alt_off:",
            type="tertiary",
            on_click=clear_filters,
        )


def _chip(label: str, chosen: str) -> DeltaGenerator:
    """A filter that opens when it is clicked, and says what it is set to."""
    short = chosen if len(chosen) <= CHIP else f"{chosen[: CHIP - 1]}…"
    return st.popover(
        f"{label}: {plain(short)}" if chosen else label,
        type="secondary" if chosen else "tertiary",
        key=f"history_chip_{label.lower()}",
    )


def _list(name: str, label: str, options: tuple[str, ...]) -> None:
    chosen = CHOSEN[name]
    chosen.put([each for each in chosen.value if each in options])
    named = engine_name if name == "engines" else str
    if len(options) > 1 or chosen.value:
        with _chip(label, ", ".join(map(named, chosen.value))):
            st.multiselect(
                label,
                options,
                key=chosen.key,
                placeholder="Any",
                on_change=_begin_again,
                persist_state="session",
                format_func=named,
            )


def _day(chosen: Widget[date | None], label: str) -> None:
    st.date_input(label, None, key=chosen.begin(), format="YYYY-MM-DD", on_change=_begin_again, persist_state="session")


def _dollars(chosen: Widget[float | None], label: str) -> None:
    st.number_input(
        label,
        0.0,
        None,
        None,
        0.01,
        format="%.3f",
        key=chosen.begin(),
        placeholder="Any",
        on_change=_begin_again,
        persist_state="session",
    )


def _stars(rating: int) -> str:
    return f"{rating} star{'s' * (rating > 1)}" if rating else "Any"


def _asked_for() -> Query:
    return Query(
        text=TEXT.value,
        **{name: tuple(chosen.value) for name, chosen in CHOSEN.items()},
        since=_midnight(SINCE.value) if SINCE.value else None,
        until=_midnight(UNTIL.value + timedelta(days=1)) if UNTIL.value else None,
        cost_from=_decimal(COST_FROM.value),
        cost_to=_decimal(COST_TO.value),
        rating_from=RATING.value or None,
        favourite=True if FAVOURITE.value else None,
        status=OUTCOME.value or None,
        trashed=IN_TRASH.value,
        sort=SORT.value,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), today()[1]).astimezone(UTC)


def _decimal(dollars: float | None) -> Decimal | None:
    return None if dollars is None else Decimal(str(dollars))
