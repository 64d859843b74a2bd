"""The models one can use today, one line each: until when, what an image costs, and how one's own look."""

import re
from datetime import UTC, datetime

import streamlit as st

from components.frame.notice import plain
from components.image.from_record import RecordImage
from components.image.image import finished
from components.image.send_to import compare_models, go_to
from components.models.prices import price
from components.models.table import NOT_TAKEN, UNKNOWN, shutdown
from components.state.account import session
from components.state.runs import COMPARE, GENERATE
from components.state.services import services
from components.state.tab import Widget, overwrite
from components.state.widgets import MODEL
from triptych.catalog import MODELS
from triptych.model import Model
from triptych.store import Query, Record

QUALITIES = ("low", "medium", "high")
SNAPSHOT = re.compile(r".*-\d{4}-\d\d-\d\d")
EDGE, LEAST = 64, 92  # pixels, of an own image, and of its column at least
NEWEST = 96  # of the owner's images, among which one of each model and quality is looked for
SIZE = Widget[str]("models_size", "1024x1024")


def models_overview() -> None:
    """Draw a line for each model that is neither retired nor a snapshot of another."""
    today = datetime.now(UTC).date()
    shown = [entry for entry in MODELS.values() if not entry.retired(today) and not SNAPSHOT.fullmatch(entry.id)]
    sizes = tuple(dict.fromkeys(size for entry in shown for size in entry.sizes.presets))
    size = st.selectbox("Prices for one image of", sizes, key=SIZE.begin(), width=240)
    own = _own_images()
    with (
        st.container(key="models_head"),
        st.grid(len(QUALITIES), min_column_width=LEAST, wrap=False, gap="small") as cells,
    ):
        for quality in QUALITIES:
            with cells.cell():
                st.caption(quality)
    for entry in shown:
        _line(entry, size, own)
    st.caption(
        "US dollars for the output of one image; the prompt and input images cost extra. – means the model does not "
        "offer it. The images are your newest at each quality."
    )


def _line(entry: Model, size: str, own: dict[tuple[str, str], Record]) -> None:
    listing = session().listing
    with st.container(key=f"model_{entry.id.replace('.', '_')}", gap=None):
        with st.container(key=f"about_{entry.id}", gap="xxsmall"):
            st.markdown(f"**{plain(entry.id)}**")
            ends = shutdown(entry, datetime.now(UTC).date(), listing.shuts_down(entry.id) if listing else None)
            next_one = f" · then {plain(entry.replaced_by)}" if entry.replaced_by else ""
            st.caption("No retirement date" if ends == "no date" else f"Retires {ends}{next_one}")
        with (
            st.container(key=f"costs_{entry.id}"),
            st.grid(len(QUALITIES), min_column_width=LEAST, wrap=False, gap="small") as cells,
        ):
            for quality in QUALITIES:
                with cells.cell(), st.container(horizontal=True, vertical_alignment="center", gap="small"):
                    _cost(entry, size, quality, own.get((entry.id, quality)))
        with st.container(key=f"moves_{entry.id}", horizontal=True, horizontal_alignment="right", gap="small"):
            _moves(entry)


def _moves(entry: Model) -> None:
    if st.button("Use", key=f"use_{entry.id}", on_click=_use, args=(entry.id,), help=f"Generate with {entry.id}"):
        go_to(GENERATE)
    if st.button(
        "Compare",
        key=f"compare_{entry.id}",
        type="tertiary",
        on_click=compare_models,
        args=(tuple(dict.fromkeys((MODEL.value, entry.id))),),
        help=f"Compare {entry.id} with the model in use",
    ):
        go_to(COMPARE)


def _cost(entry: Model, size: str, quality: str, record: Record | None) -> None:
    dollars = price(entry, size, quality)
    known = dollars not in {NOT_TAKEN, UNKNOWN}
    with st.container(key=f"price_{quality}_{entry.id}", width="content", gap="xxsmall"):
        st.caption(quality)
        st.markdown(plain(f"${dollars}" if known else dollars))
    if record:
        one = RecordImage(record)
        with st.container(width=EDGE):
            finished(one, one.thumbnail)


def _own_images() -> dict[tuple[str, str], Record]:
    """The newest image of each model and quality, of the owner's newest."""
    if not services().begun:
        return {}
    found = services().store.history.search(session().owner, Query(status="done"), 1, NEWEST).records
    return {(one.request.model, one.request.quality): one for one in reversed(found) if one.stored}


def _use(model_id: str) -> None:
    overwrite({MODEL: model_id})
