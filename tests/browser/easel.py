"""A page with nothing but the canvas, for its tests: `?size=1024x1024`; a click on Send writes the mask it sends.

Another page is drawn at once; an endless one is drawn until a click leads back from it.
"""

import io
import os
from itertools import count
from pathlib import Path
from threading import Event

import streamlit as st
from PIL import Image

from components import frame
from components.frame.drawing import configure
from components.mask.canvas import mask_canvas
from components.mask.easels import current_painting
from triptych.inputs import Attachment
from triptych.masks import encode

configure()  # as the pages are
st.set_page_config(layout="wide")
st.html(Path(frame.__file__).with_name("style.css"))


@st.cache_data
def gradient(size: str) -> bytes:
    """A picture that is lighter towards its foot."""
    width, height = map(int, size.split("x"))
    out = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(out, "PNG", compress_level=1)
    return out.getvalue()


def send() -> None:
    """Write what is on the canvas at this click."""
    target.with_suffix(".part").write_bytes(encode(current_painting(picture).paint()))
    target.with_suffix(".part").rename(target)


target = Path(os.environ["EASEL"], f"{st.query_params['size']}.png")
data = gradient(st.query_params["size"])
picture = Attachment.of(data)
with st.sidebar:
    prompt = st.text_input("Prompt")
    st.button("Send", on_click=send)
    away = st.toggle("Another page")
    endless = st.toggle("An endless page")
if endless:
    for line in count():
        st.text(f"line {line}")
        Event().wait(0.1)
elif not away:
    mask_canvas(picture, lambda: data)
st.text(f"{prompt}, drawn")
st.text("A mask was sent" if target.exists() else "Nothing was sent")
