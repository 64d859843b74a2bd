"""The size of an edit's answer: that of the picture, or the nearest that the model draws."""

from typing import Any

import streamlit as st

from components.session import CUSTOM, session
from triptych.catalog import model
from triptych.parameters import Sizes, pixels
from triptych.request import ImageRequest

CLOSE = 0.01  # share by which the ratio of width to height may differ before it is worth a word


def follow(width: int, height: int) -> None:
    """Ask for an answer of this many pixels, or of as nearly this shape and size as the model draws."""
    sizes = model(str(session().value("model"))).sizes
    session().put(_widgets(nearest(sizes, width, height), sizes))


def ask_for(size: str) -> None:
    """Ask for an answer of this size, written as the API writes it, if the model draws it."""
    sizes = model(str(session().value("model"))).sizes
    if sizes.problem(size) is None:
        session().put(_widgets(size, sizes))


def size_notice(request: ImageRequest) -> None:
    """Say it where the answer will have another shape than the picture, and offer the nearest that is right."""
    edges, first = pixels(request.size), next(iter(request.images), None)
    if edges is None or first is None or abs(edges[0] * first.height / (edges[1] * first.width) - 1) <= CLOSE:
        return
    near = nearest(request.entry.sizes, first.width, first.height)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f":material/aspect_ratio: The picture is {first.size}; the answer will be {request.size}.")
        if near != request.size:
            st.button(f"Use {near}", key="follow_size", type="tertiary", on_click=follow,
                      args=(first.width, first.height))  # fmt: skip


def nearest(sizes: Sizes, width: int, height: int) -> str:
    """The size nearest to ``width`` x ``height`` pixels among those that are drawn."""
    if sizes.problem(f"{width}x{height}") is None:
        return f"{width}x{height}"
    if sizes.any_size:
        found = _scaled(sizes, width, height)
        if sizes.problem(found) is None:
            return found
    shapes = {preset: pixels(preset) or (1, 1) for preset in sizes.presets}
    return min(shapes, key=lambda preset: abs(shapes[preset][0] / shapes[preset][1] - width / height))


def _scaled(sizes: Sizes, width: int, height: int) -> str:
    """The picture's own shape, scaled into the limits and rounded to multiples."""
    area, step = width * height, sizes.multiple
    scale = min((sizes.most / area) ** 0.5, sizes.longest / max(width, height), max(1.0, (sizes.fewest / area) ** 0.5))
    edges = [max(step, round(edge * scale / step) * step) for edge in (width, height)]
    while edges[0] * edges[1] > sizes.most:
        edges[edges.index(max(edges))] -= step
    while edges[0] * edges[1] < sizes.fewest:
        edges[edges.index(min(edges))] += step
    return f"{edges[0]}x{edges[1]}"


def _widgets(size: str, sizes: Sizes) -> dict[str, Any]:
    edges = pixels(size)
    if edges and size not in sizes.presets:
        return {"size": CUSTOM, "width": edges[0], "height": edges[1]}
    return {"size": size}
