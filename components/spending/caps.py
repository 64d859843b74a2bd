"""What is left of the caps, and their fields for whoever administers this place."""

import logging
from collections.abc import Mapping
from decimal import Decimal

import streamlit as st

from components.frame.formats import money
from components.frame.news import tell
from components.frame.notice import plain
from components.state.access import administrators_only, is_administrator
from components.state.account import session
from components.state.services import services
from components.state.tab import Widget
from triptych.errors import Refused
from triptych.settings import MOST_DOLLARS
from triptych.store import Held
from triptych.store.values import Period

log = logging.getLogger(__name__)

NAMES: Mapping[Period, str] = {"run": "run", "day": "day", "month": "month"}
RENEWED: Mapping[Period, str] = {"day": "today", "month": "this month"}
FIELDS = {kind: Widget[float | None](f"cap_{kind}", None) for kind in NAMES}
WIDTH = 388  # pixels; with its padding the popover has 420


def caps() -> None:
    """Draw what is left of each cap in force, and the fields that change them."""
    held, now = services().store.journal, services().budget.caps
    for kind, name in RENEWED.items():
        if kind in now:
            _left(name, now[kind], held.money(kind))
    with st.container(horizontal=True, vertical_alignment="center", key="spending_caps"):
        if "run" in now:
            st.caption(plain(f"One run may cost at most {_dollars(now['run'])}."), width="content")
        elif not now:
            st.caption("No spending cap.", width="content")
        if is_administrator():
            _fields(now, services().budget.ceilings)


def _left(name: str, cap: Decimal, held: Held) -> None:
    gone = held.spent + held.reserved
    more = f", {money(held.reserved)} held" if held.reserved else ""
    text = f"${held.spent:.2f} of {_dollars(cap)} spent {name}{more}, ${max(cap - gone, 0):.2f} left"
    st.progress(min(float(gone / cap), 1.0) if cap else 1.0, text=plain(text))


def _fields(now: Mapping[Period, Decimal], ceilings: Mapping[Period, Decimal]) -> None:
    """Draw the fields closed at first; a cap of the environment can only be lowered here."""
    with st.popover("Change caps", icon=":material/edit:", type="tertiary", key="caps"), st.container(width=WIDTH):
        st.caption("The most that may be spent, in dollars. New caps apply from the next run, for everyone here.")
        with st.form("caps_form", border=False):
            for kind, name in NAMES.items():
                ceiling = ceilings.get(kind)
                FIELDS[kind].put(float(now[kind]) if kind in now else None)
                st.number_input(
                    f"Per {name}",
                    0.0,
                    float(ceiling if ceiling is not None else MOST_DOLLARS),
                    None,  # it may be emptied
                    1.0,
                    format="%.2f",
                    key=FIELDS[kind].key,
                    placeholder="No cap",
                    help=_fixed(kind, ceiling),
                )
            st.form_submit_button("Save caps", key="save_caps", type="primary", on_click=_save)


def _fixed(kind: Period, ceiling: Decimal | None) -> str:
    variable = f"TRIPTYCH\\_BUDGET\\_{kind.upper()}"
    if ceiling is None:
        return f"Leave empty for no cap. {variable} sets one that cannot be raised here."
    return f"{variable} allows at most {plain(_dollars(ceiling))}. Leave empty to use that."


def _save() -> None:
    """Keep what the fields hold, and say what holds now; one that says what the settings say is not kept."""
    try:
        administrators_only()
        before, ceilings = services().budget.caps, services().budget.ceilings
        wished = {kind: None if one.value is None else Decimal(str(one.value)) for kind, one in FIELDS.items()}
        own = {kind: None if cap == ceilings.get(kind) else cap for kind, cap in wished.items()}
        services().store.limits.set(own)
        now = services().budget.caps
    except Refused as error:
        tell(error)
        return
    changed = [kind for kind in NAMES if before.get(kind) != now.get(kind)]
    for kind in changed:
        log.warning("%s changed the cap of a %s from %s to %s", session().owner, kind, before.get(kind), now.get(kind))
    said = ", ".join(f"{_said(now.get(kind))} per {NAMES[kind]} (was {_said(before.get(kind))})" for kind in changed)
    tell(f"Caps changed: {said}." if changed else "No caps changed.")


def _said(cap: Decimal | None) -> str:
    return "no cap" if cap is None else _dollars(cap)


def _dollars(cap: Decimal) -> str:
    """A cap to the cent, and finer where it is."""
    return f"${cap:.2f}" if cap == cap.quantize(Decimal("0.01")) else f"${cap.normalize():f}"
