"""Small images that an empty page shows of what it makes; tools/samples.py makes them with the demo engine."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from components.image.image import picture

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
