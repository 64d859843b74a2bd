"""Templates and styles of one's own: saved by a name, used, deleted, imported and exported."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components.frame.notice import error_notice, plain
from components.state.account import session
from components.state.services import services
from components.state.tab import Widget, tab
from components.state.widgets import PROMPT
from triptych.errors import Refused
from triptych.prompts import style_of
from triptych.prompts.saved import MOST_BYTES, SavedPrompt, exported, imported

NAME = Widget[str]("saved_name", "")
AS_STYLE = Widget[bool]("saved_as_style", first=False)
FILE = "prompts_library_file"
MOST_ROWS = 30  # drawn at once, however many are saved


@dataclass
class SavedTab:
    """What came of the last save, deletion or import, and how many files were imported: each begins a field anew."""

    error: Refused | None = None
    said: str = ""
    deleted: SavedPrompt | None = None  # until something else is done
    imports: int = 0


def saved_prompts(words: Sequence[str], pick: Callable[[SavedPrompt], None]) -> None:
    """Draw what the visitor has saved and that holds all of these words, in small letters, each to be picked in a
    callback, and the fields that save, import and export.
    """
    try:
        saved = services().store.prompts.every(session().owner)
    except Refused as error:
        error_notice(error)
        return
    found = [one for one in saved if found_in(words, one.name, one.kind, one.text)]
    for one in found[:MOST_ROWS]:
        _row(one, pick)
    if len(found) > MOST_ROWS:
        st.caption(f"and {len(found) - MOST_ROWS:,} more. Search to find them.")
    elif saved and not found:
        st.caption("No results.")
    if not saved:
        st.caption("Save the current prompt as a template or a style. Gaps are written {subject} or {color=red|blue}.")
    st.text_input("Name", key=NAME.key, placeholder="Name", label_visibility="collapsed")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Save current prompt", key="save_prompt", on_click=_save, icon=":material/bookmark_add:")
        st.checkbox("As style", key=AS_STYLE.key, help="Saves only what stands behind “Style:”, if anything does.")
    _outcome()
    st.file_uploader("Import", "json", key=_file().key, on_change=_import, max_upload_size=MOST_BYTES >> 20)
    if saved:
        st.download_button(
            "Export",
            exported(saved),
            "triptych-prompts.json",
            "application/json",
            key="export_prompts",
            on_click="ignore",
            icon=":material/download:",
        )


def _outcome() -> None:
    """Draw what came of the last save, deletion or import, with the way back from a deletion."""
    here = tab(SavedTab)
    if here.error:
        error_notice(here.error)
    elif here.said:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(plain(here.said), width="content")
            if here.deleted:
                st.button("Undo", key="undelete_prompt", on_click=_bring_back, args=(here.deleted,), type="tertiary")


def found_in(words: Sequence[str], *texts: str) -> bool:
    """Whether every word, in small letters, stands somewhere in the texts."""
    text = " ".join(texts).casefold()
    return all(word in text for word in words)


def _row(one: SavedPrompt, pick: Callable[[SavedPrompt], None]) -> None:
    icon = ":material/brush:" if one.kind == "style" else ":material/dashboard:"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(width="stretch"):
            st.button(plain(one.name), key=f"saved_{one.id}", on_click=pick, args=(one,), type="tertiary", icon=icon)
        st.button(
            "",
            key=f"unsave_{one.id}",
            on_click=_delete,
            args=(one,),
            type="tertiary",
            icon=":material/delete:",
            help=plain(f"Delete {one.name}"),
        )


def _file() -> Widget[Any]:
    return Widget(f"{FILE}_{tab(SavedTab).imports}", None)


def _save() -> None:
    text = PROMPT.value or ""
    kind, text = ("style", style_of(text)) if AS_STYLE.value else ("template", text)
    if _kept(SavedPrompt("style" if kind == "style" else "template", NAME.value or "", text)):
        tab(SavedTab).said = f"Saved {NAME.value}."
        NAME.put("")


def _import() -> None:
    here, file = tab(SavedTab), _file().value
    if file is None:
        return
    try:
        found = imported(file.getvalue())
    except Refused as error:
        here.error = error
        return
    if _kept(*found):
        here.said = f"Imported {len(found)}."
        here.imports += 1


def _kept(*saved: SavedPrompt) -> bool:
    here = tab(SavedTab)
    here.error, here.said, here.deleted = None, "", None
    try:
        services().store.prompts.save(session().owner, saved)
    except Refused as error:
        here.error = error
        return False
    return True


def _delete(one: SavedPrompt) -> None:
    here = tab(SavedTab)
    here.error, here.said, here.deleted = None, "", None
    try:
        services().store.prompts.delete(session().owner, one.id)
    except Refused as error:
        here.error = error
    else:
        here.said, here.deleted = f"Deleted {one.name}.", one


def _bring_back(one: SavedPrompt) -> None:
    if _kept(one):
        tab(SavedTab).said = f"{one.name} is back."
