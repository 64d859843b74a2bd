"""The batch as it runs: how far it is, the table of its rows, and what goes on from a row that is clicked."""

from dataclasses import dataclass, field
from functools import partial

import streamlit as st

from components.batch.downloads import downloads
from components.batch.rows_table import Addresses, filters, rows_table, said_of, words_of
from components.batch.tab_state import BatchTab
from components.frame.formats import duration, money
from components.frame.long_text import long_text
from components.frame.notice import plain
from components.image.actions import download, enlarge_button
from components.image.from_record import RecordImage
from components.image.image import finished
from components.image.large_view import fact_table, large_view, run_facts
from components.image.open_image import opened
from components.image.send_to import go_to, send_buttons
from components.state.account import session
from components.state.services import services
from components.state.tab import tab
from triptych.batch.batch import Batch, RowState
from triptych.many import Progress
from triptych.ranges import exactly

SLICE = 0.25  # seconds a run of the view waits for news
LOOK = 5.0  # seconds between two looks at what another process runs
TICK = 1.0  # seconds between two drawings of a table of thousands of rows


@dataclass(slots=True)
class Seen:
    """The version of the batch that the last slice has shown, -1 before any, and where its images are."""

    version: int = -1
    addresses: Addresses = field(default_factory=dict)


def batch_view(own: Batch | None) -> None:
    """Draw the table, live while any row is being run, its files, and the row that was clicked.

    What has ended since the page began is told by the first slice, so that the page says it all over.
    """
    if own is None:
        return
    if tab(BatchTab).running or own.running:
        st.fragment(_live, run_every=TICK)(own, Seen())
        return
    if before := tab(BatchTab).elsewhere:
        st.fragment(_elsewhere, run_every=LOOK)(own, before)
    with st.container():  # as a fragment has one
        now = own.progress
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(plain(said_of(own, now)))
            st.space("stretch")
            if now.count("done"):
                downloads(own)
                st.page_link("pages/history.py", label="Open History", icon=":material/photo_library:")
        filters(own, now)
        above = st.container()  # a row that was clicked at the end of a long table is seen
        if picked := rows_table(own):
            with above, st.container(key="batch_row"):
                _row(own, picked)
        _large(own)


def _live(own: Batch, seen: Seen) -> None:
    """One slice: wait for news, show how it stands, and once all has ended tell the page."""
    own.wait(seen.version, SLICE)
    seen.version = own.version
    now, left = own.progress, own.seconds_left
    pausing = " · pausing, requests in flight continue" if own.paused else ""
    clock = f" · about {duration(exactly(left))} left" if left is not None and not own.paused else ""
    would = "" if own.server.charged else "would have cost "
    told = f"{now.ended:,} of {now.possible:,} · {would}{money(now.dollars)} so far{clock}{pausing}"
    st.progress(now.ended / max(1, now.possible), text=plain(told))
    filters(own, now)
    rows_table(own, seen.addresses)
    if not own.running:
        st.rerun()


def _elsewhere(own: Batch, before: Progress) -> None:
    """Look now and then how far another process is with its rows, and tell the page where it says something else."""
    services().batches.refresh(own)
    if own.progress != before:
        st.rerun()


def _row(own: Batch, state: RowState) -> None:
    """Draw one row with its images, or why there are none, and the ways that go on from it."""
    if state.status == "done" and not state.record_ids:  # a run that ended here does not know its records yet
        services().batches.refresh(own)
        state = own.state(state.place)
    images, facts = st.columns([3, 2]) if state.record_ids else (st.container(), st.container())
    with facts:
        st.header(f"Row {state.row.number} · {words_of(own)[state.status]}")
        long_text(own.requests[state.place].prompt)
        if state.reason:
            st.error(plain(state.reason[1]), title=state.reason[0], icon=":material/error:")
    for id in state.record_ids:  # noqa: A001
        shown = _image(id)
        if shown is None:
            continue
        with images, st.container(gap="xsmall"):
            finished(shown, partial(services().store.original, shown.sha256, shown.format))
            enlarge_button(shown)
        with facts, st.container(horizontal=True):
            download(shown, "batch")
            if page := send_buttons(shown, "batch"):
                go_to(page)


def _large(own: Batch) -> None:
    """Draw the window if it is open on an image of the batch; it goes through those of all rows, in their order."""
    if not opened():
        return
    rows = {id: state for state in own.states for id in state.record_ids if state.status == "done"}  # noqa: A001

    def known(key: str) -> None:
        state = rows[key]
        request = own.requests[state.place]
        asked = (("Row", f"{state.row.number:,}"), ("Model", plain(request.model)), ("Quality", request.quality))
        fact_table([*asked, *run_facts(state)])
        long_text(request.prompt)

    large_view(tuple(rows), _image, known, reusable=False)  # a batch's prompts are its rows'


def _image(record_id: str) -> RecordImage | None:
    record = services().store.history.get(session().owner, record_id)
    return RecordImage(record) if record and record.stored else None
