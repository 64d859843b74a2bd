"""A comparison as files: a sheet of pictures, a table, everything as JSON, and the originals."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from components.compare.pivot import View
from components.image.downloads import file_button
from components.state.services import services
from triptych.experiment import Grid, Grids, table
from triptych.store import Store, Stored

EDGES = {"Small": 256, "Medium": 512, "Full size": None}  # pixels a picture


def compare_export(grid: Grid, view: View) -> None:
    """Draw the menu of files; each is made when it is clicked."""
    process, original = services(), partial(_original, services().store)
    across, down = (axis.parameter if axis else None for axis in (view.across, view.down))
    with st.popover("Export", icon=":material/download:", type="tertiary", key="compare_export"):
        edge = EDGES[st.selectbox("Image size", tuple(EDGES), key="compare_edge", width=200)]
        st.caption("The contact sheet is a new image without the C2PA manifests of its images. The ZIP keeps them.")
        _file(
            "Contact sheet",
            "png",
            "image/png",
            partial(table.as_png, grid.experiment, grid.states, original, columns=across, down=down, edge=edge),
        )
        _file("Table as CSV", "csv", "text/csv", partial(table.as_csv, grid.states))
        _file("Everything as JSON", "json", "application/json", partial(_json, process.grids, grid))
        file_button(
            "Images as ZIP", "compare_export_zip", _name("zip"), partial(process.grids.zip_of, grid), type="tertiary"
        )


def _file(label: str, kind: str, media_type: str, make: Callable[[], bytes | str]) -> None:
    st.download_button(
        label,
        make,
        _name(kind),
        media_type,
        key=f"compare_export_{kind}",
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
    )


def _name(kind: str) -> str:
    return f"triptych-comparison-{datetime.now(UTC):%Y-%m-%d}.{kind}"


def _original(store: Store, stored: Stored) -> bytes:
    return store.original(stored.sha256, stored.format)


def _json(grids: Grids, grid: Grid) -> str:
    return table.as_json(grid.experiment, grid.states, grids.ballots(grid))
