"""Files for downloads that are made when they are asked for."""

import tempfile
from collections.abc import Callable
from typing import IO, Literal

import streamlit as st

from components.frame.streamed import Pieces, link
from components.state.account import session


def made_file(write: Callable[[IO[bytes]], object]) -> bytes:
    """What ``write`` writes. It is put together on disk, so that it is in memory once only."""
    with tempfile.TemporaryFile() as out:
        write(out)
        out.seek(0)
        return out.read()


def file_button(
    label: str,
    key: str,
    name: str,
    pieces: Pieces,
    *,
    media_type: str = "application/zip",
    type: Literal["secondary", "tertiary"] = "secondary",  # noqa: A002 - Streamlit's own word
    icon: str = ":material/download:",
    disabled: bool = False,
    help: str | None = None,  # noqa: A002
) -> None:
    """Draw the button for a file of the visitor's own, however large: it is sent while it is made.

    Where the pages are served without the route for that, all of it is made first and held in memory.
    """
    if address := link(key, session().owner, name, pieces, media_type):
        st.link_button(label, address, key=key, type=type, icon=icon, disabled=disabled, help=help)
        return
    st.download_button(
        label,
        lambda: made_file(lambda out: out.writelines(pieces())),
        name,
        media_type,
        key=key,
        on_click="ignore",
        type=type,
        icon=icon,
        disabled=disabled,
        help=help,
    )
