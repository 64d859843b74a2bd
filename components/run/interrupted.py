"""Queued runs that a restart left unsent: what they are, what they would cost now, and one button that sends them."""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial

import streamlit as st

from components.frame.notice import plain
from components.frame.price_tick import any_price
from components.image.derived import engine_name
from components.run.price_tag import about, run_label
from components.run.submit import experience
from components.state.account import session
from components.state.returning import remember
from components.state.runs import runs
from components.state.services import services
from components.state.tab import tab
from triptych.errors import Refused
from triptych.experience import Experience
from triptych.jobs import Job
from triptych.ranges import added, exactly
from triptych.request import Problem
from triptych.store.values import Unsent
from triptych.studio import Order, engine_of

SHOWN = 3  # runs that are named one by one


def interrupted_runs(page: str) -> None:
    """Draw the offer where there are any of ``page``; nothing of them is sent before the click, and then each once."""
    found = _found(page)
    if not found:
        _discarded(page)
        return
    here = engine_of(session().account)
    ours = tuple(one for one in found if one.engine == here)
    with st.container(key="interrupted", border=True, gap="xsmall"):
        what = "1 queued run was" if len(found) == 1 else f"{len(found)} queued runs were"
        st.markdown(f"**{what} not sent**")
        st.caption("Triptych stopped before their turn. Nothing was charged.")
        known = experience()
        with st.container(horizontal=True, gap="xsmall"):
            if ours:
                _send_button(page, ours, known)
            st.button("Discard", key="discard_interrupted", type="tertiary", on_click=_discard, args=(page, found))
        for one in found[:SHOWN]:
            _named(one, known)
        if len(found) > SHOWN:
            st.caption(f"and {len(found) - SHOWN} more")
        for engine in sorted({one.engine for one in found} - {here}):
            count = sum(one.engine == engine for one in found)
            with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
                st.caption(plain(f"{count} for {engine_name(engine)}: choose that engine to send."), width="content")
                st.page_link("pages/settings.py", label="Open Settings", icon=":material/key:")


@dataclass(slots=True)
class _Sent:
    """What this tab has sent: by the ticket of what was interrupted that of the run in its place."""

    instead: dict[str, str] = field(default_factory=dict)
    discarded: tuple[str, ...] = ()  # the tickets of what was discarded last, for Undo
    when: tuple[str, str] = ("", "")  # the page on which, and the ticket of the tab's last run there at that time

    def waits(self, one: Unsent) -> bool:
        """Whether nobody has sent it, as far as this tab knows: the records know soon after the click."""
        job = services().jobs.get(self.instead.get(one.ticket, ""), session().owner)
        return job is None or job.done


def _found(page: str) -> tuple[Unsent, ...]:
    if not services().begun:
        return ()
    with suppress(Refused):  # the sidebar says it
        services().recovered  # noqa: B018 - what a crash left is settled before it is shown
        found = services().store.journal.unsent(session().owner, page)
        return tuple(one for one in found if tab(_Sent).waits(one))
    return ()


def _named(one: Unsent, known: Experience) -> None:
    asked = one.request
    with st.container(horizontal=True, gap="xsmall", key=f"stage_caption_{one.ticket}"):
        if asked.prompt.strip():
            st.caption(plain(asked.prompt), wrap=False)
        st.caption(plain(f"{asked.quality} · {about(known.cost(asked).dollars)}"), width="content")


def _send_button(page: str, ours: Sequence[Unsent], known: Experience) -> None:
    costs = [known.cost(one.request).dollars for one in ours]
    total = None if None in costs else added((cost for cost in costs if cost), exactly(Decimal(0)))
    what = "queued run" if len(ours) == 1 else f"{len(ours)} queued runs"
    st.button(
        run_label(f"Send {what}", total),
        key="send_interrupted",
        on_click=_send,
        args=(page, ours),
    )


def _send(page: str, found: Sequence[Unsent]) -> None:
    """Start each as a run of its own, which takes the place of what was interrupted."""
    here, held = session(), runs()
    held.refused.say(None)
    try:
        client, known = here.client, experience()
    except Refused as error:
        held.refused.say(Problem("account", error.message))
        return
    orders = []
    for one in filter(tab(_Sent).waits, found):  # the second of a double click sends nothing
        cost, seconds, number = known.cost(one.request), known.seconds(one.request), uuid.uuid4().hex
        job = Job(number, here.owner, page, one.request, known.server, cost=cost, should=seconds)
        order = Order(one.request, number, here.owner, page, any_price=any_price(), instead_of=one.ticket)
        orders.append((job, partial(services().studio.draw, client, order)))
        held.begin(page, number)
        tab(_Sent).instead[one.ticket] = number
    services().jobs.start_all(orders)
    remember()


def _discard(page: str, found: Sequence[Unsent]) -> None:
    here = tab(_Sent)
    with suppress(Refused):  # the sidebar says it, and the offer stays
        here.discarded = services().store.journal.discard_unsent(session().owner, [one.ticket for one in found])
        here.when = (page, runs().last(page))


def _discarded(page: str) -> None:
    """Draw the way back from the last Discard, until the tab has another run."""
    here = tab(_Sent)
    if not here.discarded or here.when != (page, runs().last(page)):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        what = "1 queued run" if len(here.discarded) == 1 else f"{len(here.discarded)} queued runs"
        st.caption(f"{what} discarded.", width="content")
        st.button("Undo", key="undo_discard", type="tertiary", icon=":material/undo:", on_click=_undo)


def _undo() -> None:
    here = tab(_Sent)
    with suppress(Refused):  # the sidebar says it, and the way back stays
        services().store.journal.reinstate_unsent(session().owner, here.discarded)
        here.discarded = ()
