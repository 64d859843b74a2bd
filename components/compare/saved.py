"""The comparison a tab has open, and those its owner keeps: name, share as a file, take in, delete with a way back."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from components.compare.axes import left_out, show_axes
from components.compare.tab_state import NAME, PICTURED, CompareTab, begin_anew, turn_to
from components.compare.tabs import side_switch
from components.frame.navigation import page_title
from components.frame.news import tell, told
from components.frame.notice import plain
from components.image.actions import widgets_of
from components.run.saved_list import Saved, saved_list, title_of
from components.run.share import share_link
from components.state.account import session
from components.state.services import services
from components.state.tab import Values, put, tab
from components.state.widgets import PROMPT
from triptych.errors import InvalidRequest, Refused
from triptych.experiment import Experiment, Grid
from triptych.request.link import shareable
from triptych.servers import GENERIC
from triptych.store.saved import SavedExperiment
from triptych.studio import engine_of, place_of

LISTED = 50  # the newest
MOST_KB = 512  # of a file that describes a comparison


def opened() -> Grid | None:
    """The tab's comparison. A new tab without a prompt opens the owner's last one, running or not."""
    here = tab(CompareTab)
    if here.open is None:
        here.open = ""
        if not PROMPT.value and services().begun:
            with suppress(Refused):  # the sidebar says what is wrong with the records
                services().recovered  # noqa: B018 - what a crash left is settled before it is shown
                if saved := services().grids.every(session().owner):
                    open_one(saved[0].id)
    grid = grid_of(here.open)
    id, kind = here.described or ("", "")  # noqa: A001
    if grid and id == grid.id and kind != grid.server.id:
        # Its server was recognised since: the form has other settings now, and the pictures are still what it shows.
        put(described(grid.experiment))
    here.running = grid is not None and grid.running
    return grid


def grid_of(id: str) -> Grid | None:  # noqa: A002 - the records' own word
    """The owner's grid of that id on this tab's engine, None where there is none."""
    if not id:
        return None
    try:
        return services().grids.open(session().owner, id, session().account)
    except (KeyError, Refused):
        return None


def open_one(id: str) -> None:  # noqa: A002
    """Make it the tab's comparison, before the widgets are drawn."""
    _recognise(id)
    if grid := grid_of(id):
        put(described(grid.experiment))
        turn_to(id, grid.experiment.name)


def _recognise(id: str) -> None:  # noqa: A002
    """Take a server whose model list has not been read for what it was when that comparison was drawn there."""
    here = session()
    has_been_read = here.listing is not None and not here.listing.error
    with suppress(KeyError, Refused):  # whoever opens it finds out
        if here.account.recognised and here.account.server is GENERIC and not has_been_read:
            last = services().grids.open(here.owner, id)
            if place_of(last.engine) == place_of(engine_of(here.account)):
                here.recognise(last.server)


def described(experiment: Experiment) -> Values:
    """What the widgets hold that describe ``experiment``."""
    return {**widgets_of(experiment.base), **show_axes(experiment)}


def compare_saved(own: Grid | None) -> None:
    """Draw the page's title, and beside it what can be done with whole comparisons; ``own`` is the tab's."""
    saved = services().grids.every(session().owner) if services().begun else ()
    with st.container(key="compare_head", horizontal=True, vertical_alignment="center", gap="small"):
        page_title("Compare")
        side_switch(own)
        st.space("stretch")
        if own:
            _rename(own)
            st.button(
                "New",
                key="compare_new",
                icon=":material/add:",
                type="tertiary",
                on_click=begin_anew,
                help="Keep this comparison and start another.",
            )
        if saved:
            with st.popover(
                f"Saved · {len(saved)}", icon=":material/folder_open:", type="tertiary", key="compare_list"
            ):
                each = map(_listed, saved[:LISTED])
                saved_list(each, "compare", own.id if own else "", open_one, _delete)
        with st.popover("Share", icon=":material/share:", type="tertiary", key="compare_share"):
            _files(own)
        if tab(CompareTab).removed:
            st.button("Undo delete", key="compare_undelete", icon=":material/undo:", type="tertiary", on_click=_restore)
    if news := told():
        (st.error if isinstance(news, Refused) else st.success)(plain(str(news)))


def _rename(own: Grid) -> None:
    with st.popover("Name", icon=":material/edit:", type="tertiary", key="compare_naming"):
        if not NAME.is_set:
            NAME.put(own.experiment.name)
        title = title_of(own.experiment.name, own.experiment.base.prompt)
        st.text_input("Name of this comparison", key=NAME.key, max_chars=100, placeholder=title)
        st.button("Save name", key="compare_save_name", on_click=_save_name, args=(own,))


def _listed(one: SavedExperiment) -> Saved:
    title = title_of(one.name, str(one.document.get("base", {}).get("prompt", "")))
    return Saved(one.id, title, f"Last changed {one.changed.astimezone():%Y-%m-%d %H:%M}")


def _files(own: Grid | None) -> None:
    if own:
        st.download_button(
            "Download as JSON",
            partial(own.experiment.to_text),
            _file_name(),
            "application/json",
            key="compare_download",
            on_click="ignore",
            icon=":material/download:",
        )
        st.caption("What is compared, without images and votes. Anyone who imports it can run it.")
        share_link(without_images(own.experiment).to_json())
    file = st.file_uploader("Import comparison", "json", key=f"compare_file_{tab(CompareTab).imports}")
    st.button("Import", key="compare_take", disabled=not file, on_click=_take, args=(file,))


def without_images(experiment: Experiment) -> Experiment:
    """The comparison as a link may hold it."""
    axes = tuple(axis for axis in experiment.axes if axis.parameter != PICTURED)
    return replace(experiment, base=shareable(experiment.base), axes=axes)


def _file_name() -> str:
    return f"triptych-comparison-{datetime.now(UTC):%Y-%m-%d}.json"


def _save_name(own: Grid) -> None:
    name = (NAME.value or "").strip()
    try:
        here = session()
        services().grids.keep(here.owner, replace(own.experiment, name=name), here.account, own.id)
    except Refused as error:
        tell(error)


def _take(file: UploadedFile) -> None:
    tab(CompareTab).imports += 1
    if file.size > MOST_KB << 10:
        tell(InvalidRequest(f"A comparison file has at most {MOST_KB} kB."))
        return
    try:
        experiment = Experiment.from_text(file.getvalue())
    except Refused as error:
        tell(error)
        return
    take_in(experiment)


def take_in(experiment: Experiment) -> None:
    """Have the widgets describe it, and say what they cannot; nothing is sent."""
    put(described(experiment))
    begin_anew()
    tab(CompareTab).given = experiment.name
    lost = left_out(experiment)
    less = f" Left out, because it cannot be compared here: {lost}." if lost else ""
    tell(f"Imported. Click Compare to run it.{less}")


def _delete(id: str) -> None:  # noqa: A002 - the records' own word
    here = tab(CompareTab)
    if removed := services().grids.delete(session().owner, id):  # the second click of a double one removes nothing
        here.removed = removed
    if here.open == id:
        begin_anew()


def _restore() -> None:
    here = tab(CompareTab)
    if here.removed:
        services().grids.restore(here.removed)
        here.removed = None
