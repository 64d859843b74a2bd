"""Small images of styles and templates, as the demo drew them, each over the button of its name."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import streamlit as st

from components.frame.notice import plain
from triptych import prompts
from triptych.prompts import Style, Template

FOLDER = Path(prompts.__file__).parent / "library" / "previews"
EDGE = 84  # pixels: four in a row
Entry = TypeVar("Entry", Style, Template)


def tiles(entries: Sequence[Entry], pick: Callable[[Entry], None]) -> None:
    """Draw one tile for each entry; a click gives it to ``pick``, in a callback."""
    if not entries:
        st.caption("No results.")
    with st.container(horizontal=True, gap="small"):
        for entry in entries:
            with st.container(width=EDGE, gap="xxsmall", key=f"prompt_tile_{entry.id}"):  # all of it is the button
                preview(entry.id)
                st.button(
                    f":small[{plain(entry.label)}]",
                    key=f"pick_{entry.id}",
                    type="tertiary",
                    on_click=pick,
                    args=(entry,),
                )


def preview(name: str) -> None:
    """Draw the image of a style or template of the library; nothing for one that is somebody's own."""
    path = FOLDER / f"{name}.jpg"
    if path.is_file():
        st.image(path, width=EDGE, alt="")
