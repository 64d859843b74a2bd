"""The Batch API's half price: choosing it, and following what was handed over until it comes back."""

from dataclasses import dataclass

import streamlit as st

from components.frame.notice import plain
from components.state.account import session
from components.state.services import services
from components.state.tab import Widget
from triptych.batch.batch import Batch
from triptych.batch.half_price import ApiBatch
from triptych.store.ledger.api_batches import FOR_GOOD

NOW, BATCH_API = "Now", "Batch API"
MODE = Widget[str | None]("batch_mode", NOW)
UNCONFIRMED = Widget[bool]("batch_unconfirmed", False)
TICK = 2.0  # seconds between two drawings of how they stand
NAMED = 20  # lines of which it is said on the page what is wrong with them
MODE_HELP = (
    "Now sends each row on its own. The Batch API costs half: OpenAI runs the rows within 24 hours, and the images "
    "arrive when the whole batch is done. It continues without this page and after a restart."
)
WORDS = {
    "preparing": "Uploading",
    "creating": "Sent, no answer yet; checking with the server",
    "validating": "The server is checking the file",
    "in_progress": "In progress",
    "finalizing": "The server is writing the results",
    "completed": "Completed",
    "failed": "The server rejected the file",
    "expired": "Expired after 24 hours",
    "cancelling": "Canceling, which takes up to 10 minutes",
    "cancelled": "Canceled",
    "refused": "Not sent",
    "lost": "Not found on the server",
}


def at_half_price() -> bool:
    """Whether the rows go to the Batch API."""
    return MODE.value == BATCH_API and session().account.server.batches


def mode_choice(models: set[str], *, disabled: bool) -> None:
    """Draw the choice, where the server has one, and the tick for ``models`` nobody says can be batched."""
    if not session().account.server.batches:
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.segmented_control(
            "Send",
            (NOW, BATCH_API),
            key=MODE.begin(),
            required=True,
            disabled=disabled,
            help=MODE_HELP,
            width="content",
        )
        st.caption("The Batch API costs half and answers within 24 hours.", width="content")
    if at_half_price() and models:
        st.checkbox(
            f"Try {plain(', '.join(sorted(models)))}: Batch API support is not confirmed",
            key=UNCONFIRMED.begin(),
            help="OpenAI does not say whether the Batch API supports it. A file that is rejected costs nothing.",
        )


def handed_over(own: Batch | None) -> tuple[ApiBatch, ...]:
    """The batches that rows of ``own`` were handed over in, as all of the page is to show them.

    Where some have ended since it is read anew how its rows stand, before anything of it is drawn.
    """
    batches = _of(own) if own and services().begun else ()
    if own and len(own.places("batched")) > sum(one.lines for one in batches if one.ended is None):
        services().batches.refresh(own)
    return batches


def half_price_view(own: Batch | None, batches: tuple[ApiBatch, ...]) -> None:
    """Draw the ``batches`` that rows of ``own`` were `handed_over` in, live until all have ended."""
    if own is None or not batches:
        return
    if all(_is_over(one) for one in batches):
        for one in batches:
            _batch(one)
        return
    services().half_price.follow(session().account, session().owner)
    st.fragment(_live, run_every=TICK)(own, _Seen(sum(one.ended is not None for one in batches)))


@dataclass(slots=True)
class _Seen:
    """How many of them had ended when the page began, which then says so."""

    ended: int


def _of(own: Batch) -> tuple[ApiBatch, ...]:
    return services().store.api_batches.every(own.owner, f"{own.id}.")


def _is_over(one: ApiBatch) -> bool:
    """Whether nothing is still to be done for it."""
    return one.ended is not None and (one.cleaned is not None or not one.cleans)


def _live(own: Batch, seen: _Seen) -> None:
    batches = _of(own)
    for one in batches:
        _batch(one)
    ended = sum(one.ended is not None for one in batches)
    if ended != seen.ended or all(map(_is_over, batches)):
        seen.ended = ended
        st.rerun()


def _batch(one: ApiBatch) -> None:
    rows = f"{one.lines:,} {'edit' if one.endpoint == 'edits' else 'row'}{'s' * (one.lines != 1)}"
    told = [one.model, rows, WORDS.get(one.status, one.status)]
    if one.completed or one.failed:
        told.append(f"{one.completed:,} done, {one.failed:,} failed")
    if one.cancelling and one.ended is None and one.status != "cancelling":
        told.append("canceling")
    with st.container(horizontal=True, vertical_alignment="center", key=f"api_batch_{one.id}"):
        st.caption(f"**Batch API** · {plain(' · '.join(told))}", help=plain(one.remote) if one.remote else None)
        st.space("stretch")
        _button(one)
    if one.trouble and one.status != "completed":
        st.warning(plain(one.trouble), icon=":material/warning:")
    if one.wrong:
        lines = one.wrong[:NAMED]
        cells = {"Line": [line for line, _ in lines], "Problem": [said for _, said in lines]}
        st.dataframe(
            cells, hide_index=True, height="content", key=f"api_wrong_{one.id}", alt="Lines that the server rejected"
        )


def _button(one: ApiBatch) -> None:
    if one.ended is None:
        st.button(
            "Cancel",
            key=f"api_cancel_{one.id}",
            on_click=_cancel,
            args=(one.id,),
            disabled=one.cancelling,
            help="Takes up to 10 minutes. Rows finished by then are charged, and their images still arrive.",
        )
    elif one.cleaned is None and one.status not in FOR_GOOD:
        st.button(
            "Remove files from the server",
            key=f"api_clean_{one.id}",
            type="tertiary",
            on_click=_clean,
            args=(one.id,),
            disabled=one.cleans,
            help="Deletes the uploaded file and the results on the server. Your images here stay. The server deletes "
            "them itself after 30 days.",
        )


def _cancel(id: str) -> None:  # noqa: A002 - the records' own word
    services().half_price.cancel(session().owner, id)


def _clean(id: str) -> None:  # noqa: A002
    half_price = services().half_price
    half_price.clean(session().owner, id)
    half_price.follow(session().account, session().owner)
