"""Small images that an empty page shows of what it makes; tools/samples.py makes them with the demo engine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from components.image.image import picture
from components.state.account import session
from triptych.servers import DEMO

EDGE = 512  # pixels, of each file
NARROW = 96  # pixels: three stand side by side on a phone


@dataclass(frozen=True)
class Sample:
    """A file, the Markdown under it, and what it shows for who does not see it."""

    file: Path
    caption: str
    alt: str


def samples(each: Sequence[Sample], key: str, columns: int = 3) -> None:
    """Draw them side by side, fewer in a row where there is no room for ``columns``."""
    with st.grid(columns, min_column_width=NARROW, gap="small", key=key) as cells:
        for one in each:
            with cells.cell(), st.container(gap="xsmall"):
                picture(one.file.read_bytes(), "jpeg", (EDGE, EDGE), one.alt)
                st.caption(one.caption)


def example_button(page: str, use: Callable[[], None]) -> None:
    """Draw the button that has the example of ``page`` made where that is free, and else put into the form."""
    free = session().account.server is DEMO
    st.button(
        "Run this example" if free else "Use this example",
        key=f"{page}_example",
        icon=":material/play_arrow:" if free else ":material/edit:",
        on_click=use,
    )
