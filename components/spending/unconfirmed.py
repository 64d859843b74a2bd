"""Runs that may have been charged: the person who can see the bill says whether they were."""

from dataclasses import dataclass
from decimal import Decimal

import streamlit as st

from components.frame.formats import money
from components.frame.notice import plain
from components.image.derived import engine_name
from components.state.access import administrators_only, is_administrator, who_administers
from components.state.account import session
from components.state.services import services
from components.state.tab import Widget, tab
from triptych.budget import today
from triptych.store import Record
from triptych.store.values import Word

MOST = 50  # that are listed at once
MOST_NAMED = 40  # characters of a prompt, by which a run is named
MOST_DOLLARS = 10_000.0  # of one drawing; more is a slip of the finger


@dataclass(slots=True)
class _Settled:
    """What this tab has settled, the prompt and the word, the last at the end. ``stays``: Undo came too late for it."""

    words: tuple[tuple[str, Word], ...] = ()
    stays: str = ""


def unknown_outcomes() -> None:
    """Draw each that nobody has settled with the two answers, if there is any, and the way back from the last."""
    waiting = services().store.history.unsettled(session().owner, MOST)
    if not waiting.total:
        _way_back()
        return
    st.header("Were these charged?", anchor=False)
    st.caption(
        "These runs were sent but not answered. Check the provider's bill, by request id if there is one. Until you "
        "answer, the estimate counts against your caps."
    )
    if not is_administrator():
        st.caption(f"You can confirm the amount that is held, not release or change it. {who_administers()}")
    _way_back()
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
    word, here = services().store.journal.resolve(session().owner, record.ticket, dollars), tab(_Settled)
    here.stays = ""
    if word:
        here.words = (*here.words, (record.request.prompt, word))[-MOST:]


def _way_back() -> None:
    """Draw what was settled last, and Undo, which is as much an administrator's as the word was."""
    here = tab(_Settled)
    if here.stays:
        st.caption(plain(f"{here.stays} has changed since, so it stays settled."))
    if not here.words:
        return
    prompt, word = here.words[-1]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="settled"):
        said = f"{money(word.dollars)} charged" if word.dollars else "not charged"
        st.caption(plain(f"{_named(prompt)} · {said}"), width="content")
        st.button("Undo", key="undo_settled", type="tertiary", icon=":material/undo:", on_click=_undo, args=(word,))


def _undo(word: Word) -> None:
    here = tab(_Settled)
    prompt = next((prompt for prompt, said in here.words if said == word), None)
    if prompt is None:  # a second click
        return
    if word.dollars != word.held:
        administrators_only()
    is_back = services().store.journal.take_back(session().owner, word)
    here.words = tuple(one for one in here.words if one[1] != word)
    here.stays = "" if is_back else _named(prompt)


def _named(prompt: str) -> str:
    said = " ".join(prompt.split())
    return f"“{said[:MOST_NAMED]}{'…' * (len(said) > MOST_NAMED)}”" if said else "The run"
