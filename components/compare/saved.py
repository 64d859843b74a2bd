"""The comparisons an owner has kept: open, name, share as a file, take in, and delete with a way back."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from components.compare.axes import left_out
from components.compare.keys import GIVEN, NAME, OPEN, WIDE, begin_anew, fresh
from components.compare.open import described, open_one
from components.compare.tabs import side_switch
from components.frame.navigation import page_title
from components.frame.notice import plain
from components.state.account import session
from components.state.services import services
from triptych.errors import InvalidRequest, Refused
from triptych.experiment import Experiment, Grid
from triptych.store.trials import SavedExperiment

REMOVED, ROUND = "compare_removed", "compare_round"
LISTED = 50  # the newest
TITLE = 60  # characters
MOST_KB = 512  # of a file that describes a comparison


def compare_saved(own: Grid | None) -> None:
    """Draw the page's title, and beside it what can be done with whole comparisons; ``own`` is the tab's."""
    saved = services().grids.every(session().owner) if services().begun else ()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        page_title("Compare")
        side_switch(own)
        st.space("stretch")
        if own:
            _rename(own)
            st.button("New", key="compare_new", icon=":material/add:", type="tertiary", on_click=begin_anew,
                      help="Leave this one as it is and begin another.")  # fmt: skip
        if saved:
            with st.popover(
                f"Saved · {len(saved)}", icon=":material/folder_open:", type="tertiary", key="compare_list"
            ):
                _list(saved[:LISTED], own)
        with st.popover("Share", icon=":material/share:", type="tertiary", key="compare_share"):
            _files(own)
        if session().value(REMOVED):
            st.button("Undo delete", key="compare_undelete", icon=":material/undo:", type="tertiary", on_click=_restore)
    if news := session().told():
        (st.error if isinstance(news, Refused) else st.success)(plain(str(news)))


def _title(grid: Grid) -> str:
    name = grid.experiment.name or " ".join(grid.experiment.base.prompt.split())
    return name if len(name) <= TITLE else f"{name[: TITLE - 1].rstrip()}…"


def _rename(own: Grid) -> None:
    with st.popover("Name", icon=":material/edit:", type="tertiary", key="compare_naming"):
        session().begin({NAME: own.experiment.name})
        st.text_input("Name of this comparison", key=NAME, max_chars=100, placeholder=_title(own))
        st.button("Save the name", key="compare_save_name", on_click=_save_name, args=(own,))


def _list(saved: tuple[SavedExperiment, ...], own: Grid | None) -> None:
    for one in saved:
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            prompt = " ".join(str(one.document.get("base", {}).get("prompt", "")).split())
            label = one.name or prompt
            short = label if len(label) <= TITLE else f"{label[: TITLE - 1].rstrip()}…"
            st.button(plain(short) or "Untitled", key=f"compare_open_{one.id}", type="tertiary", on_click=open_one,
                      args=(one.id,), disabled=own is not None and own.id == one.id,
                      help=plain(f"Last changed {one.changed.astimezone():%Y-%m-%d %H:%M}"))  # fmt: skip
            st.space("stretch")
            st.button(":material/delete:", key=f"compare_delete_{one.id}", type="tertiary", on_click=_delete,
                      args=(one.id,), help="Delete it. Its pictures stay in the history.")  # fmt: skip


def _files(own: Grid | None) -> None:
    if own:
        st.download_button("Download as JSON", partial(own.experiment.to_text), _file_name(), "application/json",
                           key="compare_download", on_click="ignore", icon=":material/download:")  # fmt: skip
        st.caption("What is compared, without pictures and votes. Whoever takes it in can run it.")
    file = st.file_uploader("A comparison to take in", "json", key=f"compare_file_{session().value(ROUND) or 0}")
    st.button("Take it in", key="compare_take", disabled=not file, on_click=_take, args=(file,))


def _file_name() -> str:
    return f"triptych-comparison-{datetime.now(UTC):%Y-%m-%d}.json"


def _save_name(own: Grid) -> None:
    name = str(session().value(NAME) or "").strip()
    try:
        here = session()
        services().grids.keep(here.owner, replace(own.experiment, name=name), here.account, own.id)
    except Refused as error:
        session().tell(error)


def _take(file: UploadedFile) -> None:
    here = session()
    here.put({ROUND: (here.value(ROUND) or 0) + 1})
    if file.size > MOST_KB << 10:
        here.tell(InvalidRequest(f"A file that describes a comparison has at most {MOST_KB} kB."))
        return
    try:
        experiment = Experiment.from_text(file.getvalue())
    except Refused as error:
        here.tell(error)
        return
    here.put({OPEN: "", **described(experiment), **fresh(), GIVEN: experiment.name, WIDE: True})
    lost = left_out(experiment)
    less = f" Left out, for it cannot be compared here: {lost}." if lost else ""
    here.tell(f"Taken in. Nothing is drawn before you press the button.{less}")


def _delete(id: str) -> None:  # noqa: A002 - the records' own word
    here = session()
    if removed := services().grids.delete(here.owner, id):  # the second click of a double one removes nothing
        here.put({REMOVED: removed})
    if here.value(OPEN) == id:
        begin_anew()


def _restore() -> None:
    here = session()
    if removed := here.value(REMOVED):
        services().grids.restore(removed)
        here.put({REMOVED: None})
