"""The size of an edit's answer: that of the picture, or the nearest that the model draws."""

import streamlit as st

from components.form.fields import size_values
from components.state.account import session
from triptych.catalog import model
from triptych.parameters import pixels
from triptych.request import ImageRequest

CLOSE = 0.01  # share by which the ratio of width to height may differ before it is worth a word


def follow(width: int, height: int) -> None:
    """Ask for an answer of this many pixels, or of as nearly this shape and size as the model draws."""
    sizes = model(str(session().value("model"))).sizes
    session().put(size_values(sizes.nearest(width, height), sizes))


def ask_for(size: str) -> None:
    """Ask for an answer of this size, written as the API writes it, if the model draws it."""
    sizes = model(str(session().value("model"))).sizes
    if sizes.problem(size) is None:
        session().put(size_values(size, sizes))


def size_notice(request: ImageRequest) -> None:
    """Say it where the answer will have another shape than the picture, and offer the nearest that is right."""
    edges, first = pixels(request.size), next(iter(request.images), None)
    if edges is None or first is None or abs(edges[0] * first.height / (edges[1] * first.width) - 1) <= CLOSE:
        return
    near = request.entry.sizes.nearest(first.width, first.height)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f":material/aspect_ratio: The picture is {first.size}; the answer will be {request.size}.")
        if near != request.size:
            st.button(f"Use {near}", key="follow_size", type="tertiary", on_click=follow,
                      args=(first.width, first.height))  # fmt: skip
