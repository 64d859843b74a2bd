"""A batch as files: its images with their sidecars, and its rows with what came of them."""

from collections.abc import Callable, Generator
from datetime import UTC, datetime
from functools import partial
from typing import IO, Literal

import streamlit as st

from components.batch.tab_state import PATTERN_OF
from components.frame.notice import plain
from components.image.downloads import file_button, made_file
from components.state.services import services
from triptych.batch.batch import Batch
from triptych.batch.exports import csv_of, jsonl_of, zip_of
from triptych.batch.naming import PATTERN, check_pattern, safe_name
from triptych.errors import InvalidRequest
from triptych.many import TO_RUN


def downloads(own: Batch) -> None:
    """Draw the menu of files, the next step once all is done; each is made when it is clicked."""
    kind: Literal["primary", "tertiary"] = "tertiary" if own.running or own.places(*TO_RUN) else "primary"
    with st.popover("Download", icon=":material/download:", type=kind, key="batch_downloads"):
        st.text_input("File names", key=PATTERN_OF.begin(), help="{row:03}, {prompt}, {model} and every column's name.")
        pattern = PATTERN_OF.value or PATTERN
        try:
            check_pattern(pattern, own.plan.columns)
        except InvalidRequest as error:
            st.warning(plain(error.message), icon=":material/warning:")
            return
        called = safe_name(own.input.name or "triptych-batch")
        name = f"{called}-{datetime.now(UTC):%Y-%m-%d}.zip"
        file_button("Images as ZIP", "batch_zip", name, partial(_images, own, pattern), type="tertiary")
        _file(own, "Rows as CSV", "csv", "text/csv", lambda out: csv_of(own, out, pattern))
        _file(own, "Rows as JSONL", "jsonl", "application/jsonl", lambda out: jsonl_of(own, out, pattern))


def _file(own: Batch, label: str, kind: str, media_type: str, write: Callable[[IO[bytes]], object]) -> None:
    st.download_button(
        label,
        partial(_made, own, write),
        f"triptych-batch-{datetime.now(UTC):%Y-%m-%d}.{kind}",
        media_type,
        key=f"batch_{kind}",
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
    )


def _images(own: Batch, pattern: str) -> Generator[bytes, None, None]:
    services().batches.refresh(own)  # by which an image has its record's id
    yield from zip_of(own, services().store, pattern)


def _made(own: Batch, write: Callable[[IO[bytes]], object]) -> bytes:
    services().batches.refresh(own)
    return made_file(write)
