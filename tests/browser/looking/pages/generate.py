"""A red picture and its blue edit, and four in a row: what they show is known to the pixel."""

import hashlib
import io

import streamlit as st
from PIL import Image

from components.image.before_after import before_after
from components.image.side_by_side import side_by_side
from components.image.viewer import Look

SIZE = (1536, 1024)
QUALITIES = ("low", "medium", "high", "max")


@st.cache_data
def png(colour: str, size: tuple[int, int], patch: str | None = None) -> bytes:
    """One colour, with a patch of another from the middle to the lower right corner."""
    picture = Image.new("RGB", size, colour)
    if patch:
        picture.paste(patch, (size[0] // 2, size[1] // 2, *size))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


@st.cache_data
def heat() -> bytes:
    """Green in the upper left quarter, transparent elsewhere."""
    picture = Image.new("RGBA", SIZE)
    picture.paste("#00ff00", (0, 0, SIZE[0] // 2, SIZE[1] // 2))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def look(alt: str, data: bytes, size: tuple[int, int] = SIZE) -> Look:
    return Look(hashlib.sha256(data).hexdigest(), "png", size, alt, lambda: data)


st.session_state.runs = st.session_state.get("runs", 0) + 1
with st.columns(2)[0]:
    door = png("#ff0000", SIZE, "#0000ff")
    before_after(look("a wall", png("#ff0000", SIZE)), look("a door", door), "pair", heat=look("a map", heat()))
st.button("Again")
st.text(f"Run {st.session_state.runs}")
side_by_side(
    [
        look(f"wall {name}", png("#00ff00", (2048, 2048 + 16 * n)), (2048, 2048 + 16 * n))
        for n, name in enumerate(QUALITIES)
    ],
    "row",
    facts=[{"Model": "gpt-image-2", "Quality": name} for name in QUALITIES],
)
