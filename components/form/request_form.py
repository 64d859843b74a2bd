"""The sidebar's form, drawn from the catalog: one widget for each parameter that model and server take."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import streamlit as st

from components.form.fields import field, model_field, size_field
from components.state.account import session
from components.state.form import form_request, suits_format
from components.state.tab import Widget
from components.state.widgets import MODEL
from triptych.catalog import MODELS, model
from triptych.model import Model
from triptych.parameters import Parameter
from triptych.request import ImageRequest
from triptych.servers import Server, drawing_ids

SET_SIZE = Widget[str]("set_size", "")  # what stands in the place of a size that nobody chooses
BEFORE = ("quality", "input_fidelity", "n", "background", "output_format", "partial_images")
AFTER = (
    "output_compression",
    "moderation",
    "complexity",
    "frame_count",
    "frame_duration_ms",
    "svg_model",
    "svg_effort",
    "safety_identifier",
)


def request_form(
    endpoint: str = "generations", without: tuple[str, ...] = (), *, relevant: bool = False, size: str = ""
) -> ImageRequest:
    """Draw the form for ``endpoint`` in the sidebar, ``without`` some parameters, and return what it holds.

    With ``relevant`` there is nothing in it that does nothing for the chosen format. ``size`` says in words what sets
    the size where the page does and nobody chooses it.
    """
    server = session().account.server
    with st.sidebar:
        if "model" not in without:
            model_field(_offered(server), others=not server.retires)
            st.caption(_about(model(MODEL.value), server))
        entry = model(MODEL.value)
        if size:
            SET_SIZE.put(size)
            st.text_input("Size", key=SET_SIZE.key, disabled=True)
        elif "size" not in without:
            size_field(entry.sizes, server.auto_size)
        taken = {name: one for name, one in entry.at(endpoint).items() if server.heeds(name, endpoint)}
        taken = {name: one for name, one in taken.items() if name not in without}
        _fields(taken, BEFORE)
        if relevant:  # by the format that has just been drawn
            taken = {name: one for name, one in taken.items() if suits_format(name)}
        if any(name in taken for name in AFTER):
            with st.popover("More", icon=":material/tune:", width="stretch"):  # the browser draws it when it is opened
                _fields(taken, AFTER)
        if server.note:
            st.caption(server.note)
    return form_request(endpoint, relevant=relevant)


def _fields(taken: Mapping[str, Parameter], names: tuple[str, ...]) -> None:
    for name in names:
        if name in taken:
            field(taken[name])


def _offered(server: Server) -> tuple[str, ...]:
    """The ids to choose from: where OpenAI retires models what lives stands first; else what the server lists."""
    today = datetime.now(UTC).date()
    listed = drawing_ids(server, session().listed)
    if not server.retires and not server.priced:
        return listed or (MODEL.value,)
    alive = tuple(name for name, entry in MODELS.items() if not (server.retires and entry.retired(today)))
    retired = tuple(name for name in MODELS if name not in alive)
    return (*alive, *(name for name in listed if name not in MODELS), *retired)


def _about(entry: Model, server: Server) -> str:
    """One line on the chosen model: that it is gone or going, by catalog or by the server's list, or its price."""
    today = datetime.now(UTC).date()
    if server.retires and entry.retired(today):
        return f":gray[:material/block: Retired on {entry.shuts_down:%Y-%m-%d}. Replacement: {entry.replaced_by}.]"
    listing = session().listing
    told = listing.shuts_down(entry.id) if listing else None
    days = replace(entry, shuts_down=told or entry.shuts_down).days_left(today)
    if days is not None:
        return f":orange[:material/timer: Retires in {days} day{'s' * (days > 1)}.{_successor(entry)}]"
    if entry.rates.image_out is None or not server.priced:
        return "Price unknown"
    return f"\\${entry.rates.image_out:g} per million output tokens"


def _successor(entry: Model) -> str:
    return f" Replacement: {entry.replaced_by}." if entry.replaced_by else ""
