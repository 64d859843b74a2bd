"""The main button of a batch, Pause, Resume and Cancel, what is to be retried, and why a click was refused."""

from dataclasses import replace

import streamlit as st

from components.batch.draft import Draft, is_of
from components.batch.half_price import UNCONFIRMED, at_half_price, mode_choice
from components.batch.preview import batch_preview
from components.batch.rows_in import described, planned
from components.batch.saved import batch_of
from components.batch.tab_state import GOES_ON, SURE, UNKNOWN_ROWS, BatchTab, turn_to
from components.frame.formats import duration, money
from components.frame.notice import error_notice, plain
from components.frame.price_tick import any_price, price_tick
from components.frame.running import cancel_advice
from components.frame.server_probe import finish_reading
from components.state.account import session
from components.state.services import services
from components.state.tab import tab
from components.state.widgets import CANCEL, RUN
from triptych.batch.batch import Batch, BatchInput
from triptych.batch.masking import Masking
from triptych.errors import InvalidRequest, OverBudget, Refused
from triptych.many import MANY, TO_RUN, Place
from triptych.ranges import exactly

TICK = 0.5  # seconds between two drawings of how many masks are there
SLICE = 0.25  # seconds of those that it waits for the last
NAMED = 40  # characters of a first prompt, which names a batch
GO_ON_HELP = (
    "If this process stops, another one or the next start sends the remaining rows. This needs a key from the "
    "environment; a row that may have been charged is never resent automatically."
)


def batch_run(draft: Draft, own: Batch | None) -> None:
    """Draw the buttons with the price, what needs a tick, and why the last click was refused."""
    running = own is not None and own.running
    over = bool(draft.own and not draft.to_run and not running)  # then nothing is left to be sent, however
    place = "batch_run_row" if own else "batch_run_row_wide"
    with st.container(key=place, horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            _label(draft, own if running else None),
            key=RUN,
            type="secondary" if over else "primary",
            icon=":material/table_rows:",
            disabled=running,
            on_click=start,
        )
        if own:
            _controls(own, running=running)
        with st.container(key="batch_metrics", horizontal=True, width="content", gap="small"):
            _metrics(draft, own)
    asks = not (over or running)  # how to send: so nothing moves when the last row has ended
    if asks or at_half_price():
        mode_choice(draft.unconfirmed, disabled=running)
    if asks and not at_half_price():
        st.checkbox("Continue after a restart", key=GOES_ON.begin(), help=GO_ON_HELP, persist_state="session")
    if draft.from_history:
        st.caption(f"Up to {draft.from_history:,} equal earlier runs: reused from history, no charge.")
    if draft.problem:
        st.warning(plain(draft.problem), icon=":material/warning:")
    _questions(draft)
    _refusal(draft, own)
    if draft.masking:
        st.fragment(_masking, run_every=TICK)(draft.masking)
    elif not running:
        batch_preview(draft)


def start() -> None:
    """Run what the widgets describe: what is left of the tab's batch, else a new one, which is saved first."""
    here = tab(BatchTab)
    here.refused.say(None)
    try:
        finish_reading()
        made_of = described()
        if made_of is None:
            raise InvalidRequest("Enter at least one prompt, or upload a table or images.", param="prompts")
        own = batch_of(here.open or "")
        if own and own.running:
            return  # a repeated click
        if own is None or not is_of(own, made_of):
            own = _new(made_of)
    except Refused as error:
        here.refused.say((error, ()))
        return
    if own:
        run(own, own.places(*TO_RUN))


def run(own: Batch, places: tuple[Place, ...]) -> None:
    """Run these rows; why that is refused is said on the page."""
    here = tab(BatchTab)
    if len(places) > MANY and not (SURE.value and len(places) <= here.agreed[1]):
        here.refused.say((InvalidRequest(f"These are {len(places):,} runs. Confirm below to continue."), places))
        return
    try:
        _sent(own, places)
        here.refused.say(None)
        SURE.put(False)
    except Refused as error:
        here.refused.say((error, places))


def _sent(own: Batch, places: tuple[Place, ...]) -> None:
    batches, at_any = services().batches, any_price()
    if at_half_price():
        account, half_price = session().client.account, services().half_price
        batches.submit(own, account, half_price, places, any_price=at_any, unconfirmed=UNCONFIRMED.value)
    else:
        batches.start(own, session().client, places, any_price=at_any, goes_on=GOES_ON.value)


def _masking(masking: Masking) -> None:
    """How many of the masks are there, until all are."""
    ended, all_of = masking.ended.wait(SLICE), len(masking.wanted)
    what = "Finding the subject in each image" if masking.finds_subjects else "Fitting the mask to each image"
    st.progress(masking.done / all_of, text=f"{what} · {masking.done:,} of {all_of:,}")
    if ended:
        st.rerun()


def _new(made_of: BatchInput) -> Batch | None:
    """Save what is described, and make it the tab's batch; None where it is so much that it has to be confirmed."""
    here = tab(BatchTab)
    if (plan := planned(made_of)) is None:
        raise InvalidRequest("The masks are not ready yet. Run the batch when they are.")
    if not plan.requests:
        raise InvalidRequest("No row can be run. The list below says what to change.", param="prompts")
    if len(plan.requests) > MANY and not (SURE.value and len(plan.requests) <= here.agreed[1]):
        raise InvalidRequest(f"These are {len(plan.requests):,} runs. Confirm below to continue.")
    first = next(iter(plan.requests.values())).prompt
    named = replace(made_of, name=here.file_name or (first if len(first) <= NAMED else f"{first[:NAMED]}…"))
    files = here.files | here.images.made
    own = services().batches.keep(session().owner, named, plan, session().account, files)
    turn_to(own.id, named.name)
    return own


def _controls(own: Batch, *, running: bool) -> None:
    if running:
        st.button("Pause", key="pause", icon=":material/pause:", on_click=_pause, args=(own,), disabled=own.paused)
        st.button("Cancel", key=CANCEL, on_click=_cancel, args=(own,), help=cancel_advice())
        return
    waiting = own.places("missing", "cancelled")
    if waiting and own.progress.ended:
        st.button(
            f"Resume · {len(waiting):,} not sent",
            key="resume",
            icon=":material/play_arrow:",
            on_click=run,
            args=(own, waiting),
        )
    if failed := own.places("failed"):
        st.button(
            f"Retry {len(failed):,} failed",
            key="retry_failed",
            icon=":material/refresh:",
            on_click=run,
            args=(own, failed),
        )
    if unknown := own.places("unknown"):
        with st.popover(f"{len(unknown):,} may be charged", icon=":material/help:", type="tertiary"):
            _unknown(own, unknown)


def _unknown(own: Batch, unknown: tuple[Place, ...]) -> None:
    """Ask which of the rows of unknown outcome to send again: each by its name."""
    st.caption("These rows got no answer and may have been charged. Select the ones to send again.")
    UNKNOWN_ROWS.put([place for place in UNKNOWN_ROWS.value if place in unknown])
    st.multiselect(
        "Rows with an unknown outcome",
        unknown,
        key=UNKNOWN_ROWS.begin(),
        format_func=lambda place: f"{own.state(place).row.number}: {own.requests[place].prompt[:NAMED]}",
    )
    picked = tuple(place for place in unknown if place in UNKNOWN_ROWS.value)
    st.button(
        f"Retry {len(picked):,} selected", key="retry_unknown", on_click=run, args=(own, picked), disabled=not picked
    )


def _pause(own: Batch) -> None:
    services().batches.pause(own)


def _cancel(own: Batch) -> None:
    services().batches.cancel(own)


def _label(draft: Draft, running: Batch | None) -> str:
    coming = draft.coming[""] if draft.coming else None
    if running:
        return f"Running · {running.progress.possible:,} row{'s' * (running.progress.possible != 1)}"
    if coming is None:
        return "Run batch"
    if not coming.drawings:
        done = "in the Batch API" if draft.own and draft.own.places("batched") else "all done"
        return f"Run batch · {done}" if draft.own else "Run batch"
    return f"Run batch · {coming.drawings:,} row{'s' * (coming.drawings != 1)} · {_price(draft)}"


def _price(draft: Draft) -> str:
    coming = draft.coming[""] if draft.coming else None
    if coming is None or coming.unknown == coming.drawings:
        return "price unknown"
    return f"{'at least' if coming.unknown else 'about'} {money(coming.dollars)}"


def _metrics(draft: Draft, own: Batch | None) -> None:
    """What is still to come, or once nothing is, what it came to."""
    coming = draft.coming[""] if draft.coming else None
    if own and draft.own and coming and not coming.drawings and not own.running:
        now = own.progress
        if now.count("batched"):
            return
        charged = own.server.charged
        st.metric("Actual cost" if charged else "Would have cost", money(now.dollars), width="content")
        if now.seconds:  # how long a batch took for each row nobody knows
            st.metric(
                "Actual time", duration(exactly(now.seconds)), width="content", help="The time of all runs, added up"
            )
    elif coming:
        known = coming.unknown < coming.drawings or not coming.drawings
        st.metric("Estimated cost", money(coming.dollars if known else None), width="content")
        st.metric(
            "Estimated time",
            "up to 24 h" if at_half_price() else duration(coming.seconds),
            width="content",
            help="With as many runs at once as the settings allow",
        )


def _questions(draft: Draft) -> None:
    coming = draft.coming[""] if draft.coming else None
    if coming and coming.asks_twice:
        said = f"Yes, run all {coming.drawings:,} rows for {_price(draft)}"
        if tab(BatchTab).agreed[0] != said:  # a tick for so many at one price is none for others
            SURE.put(False)
        st.checkbox(plain(said), key=SURE.begin(), on_change=_agree, args=(said, coming.drawings))
    if coming and coming.unknown:
        price_tick()


def _agree(said: str, rows: int) -> None:
    tab(BatchTab).agreed = (said, rows)


def _refusal(draft: Draft, own: Batch | None) -> None:
    refused = tab(BatchTab).refused.of((draft.made_of, session().account))
    if refused is None:
        return
    error, places = refused
    error_notice(error)
    if isinstance(error, OverBudget) and own and 0 < error.fits < len(places):
        st.button(
            f"Run the first {error.fits:,} of {len(places):,}",
            key="run_affordable",
            icon=":material/savings:",
            on_click=run,
            args=(own, places[: error.fits]),
        )
