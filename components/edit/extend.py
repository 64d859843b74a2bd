"""Extending a picture beyond its edges: by how much on which side, and what will be sent for it."""

from dataclasses import replace
from functools import partial

import streamlit as st

from components.edit.margins import SIDES, Amounts, margins_frame
from components.edit.modes import EXTEND, mode
from components.frame.notice import error_notice, plain
from components.image.viewer import Look
from components.inputs.inputs import inputs, read
from components.run.submit import Outgoing
from components.state.returning import values_return
from components.state.tab import Widget, put
from components.state.widgets import MODEL
from triptych.catalog import model
from triptych.errors import Refused
from triptych.inputs import Attachment
from triptych.masks import Outpaint, encode, outpaint
from triptych.masks.extend import Margins
from triptych.parameters import pixels
from triptych.request import Extension, ImageRequest
from triptych.request.extension import MOST, Unit

UNITS: tuple[Unit, ...] = ("%", "px")
UNIT = Widget[Unit]("extend_unit", "%")
FIRST = (0, 25, 0, 25)  # of each side, in the first unit
AMOUNTS = {side: Widget(f"extend_{side.lower()}", first) for side, first in zip(SIDES, FIRST, strict=True)}
values_return(UNIT, *AMOUNTS.values())
PROMPT = "Continue the image naturally beyond its edges: same scene, light and style, no border, no frame."
CACHED = 4  # extended pictures kept in memory


def extend_panel(first: Attachment) -> None:
    """Draw the amounts, the image in its new room, which can be dragged, and the size that comes of it."""
    unit = _begun()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        for side in SIDES:
            st.number_input(
                side,
                0,
                MOST[unit],
                key=AMOUNTS[side].key,
                width=84,
                step=5 if unit == "%" else 16,
                persist_state="session",
            )
        st.segmented_control(
            "Unit",
            UNITS,
            key=UNIT.key,
            required=True,
            label_visibility="collapsed",
            on_change=_other_unit,
            persist_state="session",
        )
    amounts, size = _amounts(), (first.width, first.height)
    look = Look.at(first, partial(read, first), "The image to extend")
    drag = partial(_drag, first)
    if not any(amounts):
        margins_frame(look, size, (0, 0, *size), amounts, unit, MOST[unit], drag)
        st.caption("Nothing is added yet. Extend at least one side.")
        return
    try:
        made = _made(first, _margins(first), MODEL.value)
    except Refused as error:
        margins_frame(look, size, (0, 0, *size), amounts, unit, MOST[unit], drag)
        error_notice(error)
        return
    margins_frame(look, pixels(made.size) or size, made.box, amounts, unit, MOST[unit], drag)
    st.caption(plain(" ".join((f"{first.size} becomes {made.size}; the new area is the mask.", *made.notes))))


def extended_size(pictures: tuple[Attachment, ...]) -> str:
    """What the form says in the place of the size while the first of ``pictures`` is extended; else nothing."""
    if mode() != EXTEND:
        return ""
    try:
        made = _made(pictures[0], _margins(pictures[0]), MODEL.value) if pictures else None
    except (Refused, KeyError):  # the panel says it
        made = None
    return f"{made.size}, set by Extend" if made else "Set by Extend"


def extended_shape(request: ImageRequest) -> ImageRequest:
    """``request`` with the size that the picture will have, and a prompt where nobody wrote one."""
    request = replace(request, prompt=request.prompt if request.prompt.strip() else PROMPT)
    try:
        made = _made(request.images[0], _margins(request.images[0]), request.model) if request.images else None
    except (Refused, KeyError):
        return request  # the panel and the click say it
    return replace(request, size=made.size) if made else request


def extended(request: ImageRequest, pictures: tuple[Attachment, ...]) -> Outgoing:
    """``request`` with the first of ``pictures`` in its new room and the mask of it, and the bytes of both.

    Raises InvalidRequest where nothing is to be added, BadFile for a picture that is none.
    """
    made = _made(pictures[0], _margins(pictures[0]), request.model)
    data = made.picture, encode(made.paint)
    picture, mask = map(Attachment.of, data)
    given = Extension(pictures[0], _amounts(), UNIT.value)
    asked = replace(request, images=(picture, *pictures[1:]), mask=mask, size=made.size, extension=given)
    return Outgoing(asked, dict(zip((picture.sha256, mask.sha256), data, strict=True)))


def extend_as(extension: Extension) -> None:
    """Have the amounts be those of ``extension``; called before they are drawn, or in a callback."""
    put({UNIT: extension.unit, **dict(zip(AMOUNTS.values(), extension.amounts, strict=True))})


def _amounts() -> Amounts:
    top, right, bottom, left = (AMOUNTS[side].value for side in SIDES)
    return top, right, bottom, left


def _drag(first: Attachment, amounts: Amounts) -> None:
    """Grow by ``amounts``, unless another image has taken the place of the one that was dragged."""
    if inputs()[:1] == (first,):
        put(dict(zip(AMOUNTS.values(), amounts, strict=True)))


def _margins(first: Attachment) -> Margins:
    """Top, right, bottom and left in pixels of the picture."""
    unit = _begun()
    found = []
    for side in SIDES:
        amount = AMOUNTS[side].value
        edge = first.height if side in {"Top", "Bottom"} else first.width
        found.append(round(edge * amount / 100) if unit == "%" else amount)
    top, right, bottom, left = found
    return top, right, bottom, left


def _begun() -> Unit:
    """Give the widgets their first values where they hold none; the unit of the amounts."""
    UNIT.begin()
    for amount in AMOUNTS.values():
        amount.begin()
    return UNIT.value


def _other_unit() -> None:
    """Keep the amounts what they are in the new unit."""
    pictures = inputs()
    if not pictures:
        return
    to_pixels = UNIT.value == "px"
    for side in SIDES:
        edge = pictures[0].height if side in {"Top", "Bottom"} else pictures[0].width
        amount = AMOUNTS[side].value
        converted = round(edge * amount / 100) if to_pixels else round(100 * amount / edge)
        AMOUNTS[side].put(min(converted, MOST["px" if to_pixels else "%"]))


@st.cache_resource(max_entries=CACHED, show_spinner=False, hash_funcs={Attachment: lambda one: one.sha256})
def _made(first: Attachment, margins: Margins, name: str) -> Outpaint:
    return outpaint(read(first), margins, model(name).sizes)
