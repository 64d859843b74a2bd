"""A picture on the page, whatever its format: nothing in it runs, a gif moves, and no other's is shown in its place."""

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path
from string import Template
from typing import Literal

import streamlit as st

from components.image.protocol import Shown
from triptych.store import as_shown

SAMPLED = 1 << 20  # bytes; Streamlit tells larger files apart by samples of them only
WIDEST = 1460  # pixels; Streamlit scales what is wider and re-encodes it, unless told its width
MOST_SVG = 8 << 20  # bytes of an svg that is sent to the page
SLOT = Template(Path(__file__).with_name("slot.svg").read_text("utf-8"))


def picture(data: bytes, form: str, size: tuple[int, int], alt: str) -> None:
    """Draw ``data``, a picture of the format ``form`` and of ``size`` pixels, as wide as its place.

    Raises ValueError, saying why, where it cannot be shown.
    """
    width: int | Literal["stretch"] = size[0] if size[0] > WIDEST else "stretch"
    if form == "svg" and len(data) > MOST_SVG:
        st.caption(f":material/image: An svg of {len(data) >> 20} MB is not shown; download it.")
    elif form == "svg":
        st.image(vector(data), alt=alt, width=width)
    else:
        data = as_shown(data, form)
        try:
            st.image(distinct(data), alt=alt, width=width, output_format="PNG" if data[1:4] == b"PNG" else "auto")
        except (OSError, SyntaxError):  # Streamlit opens it, too
            raise ValueError("it cannot be decoded") from None


def finished(shown: Shown, read: Callable[[], bytes]) -> None:
    """Draw a finished picture from the bytes that ``read`` gives, or say why it cannot be shown."""
    try:
        picture(read(), shown.format, shown.pixels, shown.alt)
    except KeyError:
        st.error(f"{shown.file_name} is missing.", title="Add the image again")
    except ValueError as reason:
        st.caption(no_preview(reason))


def no_preview(reason: ValueError) -> str:
    """Why there is no preview, and that nothing is lost by it."""
    said = str(reason)
    return f":material/hide_image: {said[:1].upper()}{said[1:]}. The original is safe: download it."


def empty_slot(size: tuple[int, int], alt: str, *, drawing: bool = True) -> None:
    """Draw the grey place of a picture of ``size`` pixels, breathing while it is being drawn."""
    svg = SLOT.substitute(width=size[0], height=size[1], state="drawing" if drawing else "still")
    st.image(vector(svg.encode()), alt=alt, width="stretch")


def vector(svg: bytes) -> str:
    """The svg as a data URL: as an <img> it can neither run a script nor load anything.

    Raises ValueError where it is too large for the page.
    """
    if len(svg) > MOST_SVG:
        raise ValueError(f"an svg of {len(svg) >> 20} MB is too large for the page")
    return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"


def distinct(data: bytes) -> bytes:
    """``data``, if it is large with its hash behind its end, where decoders no longer look but samples do."""
    return data + hashlib.sha256(data).digest() if len(data) > SAMPLED else data
