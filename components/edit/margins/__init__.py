"""The image in the room that Extend adds around it: the new area is chequered, and each side is a handle to drag."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from components.image.viewer import Look, seen
from components.state.tab import Widget

HERE = Path(__file__).parent
JS, CSS, HTML = (HERE.joinpath(f"margins.{kind}").read_text("utf-8") for kind in ("js", "css", "html"))
DRAGGED = Widget[Any]("extend_margins", None)
SIDES = ("Top", "Right", "Bottom", "Left")  # in the order of amounts, everywhere

_margins = st.components.v2.component("triptych_margins", html=HTML, css=CSS, js=JS)

Amounts = tuple[int, int, int, int]
Box = tuple[int, int, int, int]


def margins_frame(  # noqa: PLR0917 - an image, where it lies, and what its sides grow by
    image: Look,
    size: tuple[int, int],
    box: Box,
    amounts: Amounts,
    unit: str,
    most: int,
    drag: Callable[[Amounts], None],
) -> None:
    """Draw ``image`` at ``box`` (left, top, right, bottom) of ``size`` pixels, growing by ``amounts`` of ``unit``.

    ``drag`` is called with the amounts that a hand or a key has asked for, each from 0 to ``most``. Raises KeyError
    where the image is gone.
    """
    data = {
        "image": seen(image, "extend", sharp=False),
        "size": size,
        "box": box,
        "amounts": amounts,
        "unit": unit,
        "most": most,
        "sides": SIDES,
    }
    _margins(data=data, key=DRAGGED.key, on_amounts_change=partial(_dragged, most, drag))


def _dragged(most: int, drag: Callable[[Amounts], None]) -> None:
    asked = (DRAGGED.value or {}).get("amounts")
    if isinstance(asked, Sequence) and len(asked) == len(SIDES) and all(type(one) is int for one in asked):
        top, right, bottom, left = (max(0, min(one, most)) for one in asked)
        drag((top, right, bottom, left))
