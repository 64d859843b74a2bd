"""One widget for one API parameter; its key is the parameter's name and its value stays across pages.

Each says at every run what it holds: where a connection broke while a run was drawn, the browser makes the widgets anew
and would begin with their first values, which the next click would send.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from components.frame.parts import BY_SETTING, draw_only
from components.state.tab import Values, Widget, put
from components.state.widgets import CUSTOM, HEIGHT, MODEL, SIZE, WIDTH
from components.state.widgets import parameter as widget_of
from triptych.catalog import MODELS, model
from triptych.parameters import Choice, Number, Parameter, Sizes, Text, pixels

LONGEST = 999_999  # pixels that can be typed: far more than any model draws, so that the rule's own words refuse them
DECIDING = {"output_format"}  # parameters by which others stand in the form, beside model and size
PILLS = 7  # choices: up to so many stand side by side, more go into a list


def field(parameter: Parameter) -> None:
    """Draw the widget of ``parameter`` with what the tab holds for it."""
    _mend(parameter)
    match parameter:
        case Choice():
            _choice(parameter)
        case Number():
            _number(parameter)
        case Text():
            st.text_input(
                parameter.label,
                widget_of(parameter.name).value,
                key=parameter.name,
                max_chars=parameter.limit,
                help=parameter.help or None,
                persist_state="session",
                on_change=_changed(parameter),
            )


def model_field(options: tuple[str, ...], others: bool) -> None:
    """Draw the list of models; their texts are the API's ids. ``others`` lets a person type one that is not listed."""
    chosen = MODEL.value
    typed = others and chosen and chosen not in MODELS  # a deployment's or an alias's name, which no list may hold
    if chosen not in options and not typed:
        MODEL.put(options[0])
    MODEL.keep()
    listed = (chosen, *options) if typed and chosen not in options else options
    st.selectbox(
        "Model",
        listed,
        _index(listed, MODEL),
        key=MODEL.key,
        accept_new_options=others,
        help="Enter any model your server supports." if others else None,
        persist_state="session",
        on_change=_form_changed,
    )


def size_field(sizes: Sizes, auto: bool) -> None:
    """Draw the list of sizes, and with Custom the two edges under it with what the rules say of them."""
    options = (*(("auto",) if auto else ()), *sizes.presets, *((CUSTOM,) if sizes.any_size else ()))
    if SIZE.value not in options:
        SIZE.put(sizes.presets[0])
    SIZE.keep()
    st.selectbox(
        "Size",
        options,
        _index(options, SIZE),
        key=SIZE.key,
        help="Width x height in pixels. Square is fastest.",
        persist_state="session",
        on_change=_form_changed,
    )
    if SIZE.value == CUSTOM:
        _edges(sizes)


def size_values(size: str, sizes: Sizes) -> Values:
    """What the widgets of a size hold where ``size`` is asked for."""
    edges = pixels(size)
    if edges and size not in sizes.presets and sizes.any_size:
        return {SIZE: CUSTOM, WIDTH: edges[0], HEIGHT: edges[1]}
    return {SIZE: size}


def follow(width: int, height: int) -> None:
    """Ask for an answer of this many pixels, or of as nearly this shape and size as the model draws."""
    sizes = model(MODEL.value).sizes
    put(size_values(sizes.nearest(width, height), sizes))


def ask_for(size: str) -> None:
    """Ask for an answer of this size, written as the API writes it, if the model draws it."""
    sizes = model(MODEL.value).sizes
    if sizes.problem(size) is None:
        put(size_values(size, sizes))


def _edges(sizes: Sizes) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for label, edge in (("Width", WIDTH), ("Height", HEIGHT)):
            edge.keep()
            st.number_input(
                label,
                1,
                LONGEST,
                edge.value,
                step=sizes.multiple,
                key=edge.key,
                persist_state="session",
                on_change=_form_changed,
            )
    size = f"{WIDTH.value}x{HEIGHT.value}"
    edges = pixels(size)
    problem, note = sizes.problem(size), sizes.note(size)
    total = f"{edges[0] * edges[1] / 1e6:.2f} megapixels." if edges else ""
    st.caption(f":red[:material/error: {problem}]" if problem else f":material/check: {total} {note or ''}")


def _mend(parameter: Parameter) -> None:
    """Put a value that this model does not know back to what a new tab has, or to the API's default."""
    widget = widget_of(parameter.name)
    if isinstance(parameter, Number | Choice) and parameter.problem(widget.value):
        widget.put(parameter.default if parameter.problem(widget.first) else widget.first)
    widget.keep()


def _choice(parameter: Choice) -> None:
    defaulted = parameter.default is not None and parameter.default not in parameter.options
    options = (parameter.default, *parameter.options) if defaulted else parameter.options
    help_text = parameter.help or None
    if len(options) > PILLS:
        held = _index(options, widget_of(parameter.name))
        st.selectbox(
            parameter.label,
            options,
            held,
            key=parameter.name,
            help=help_text,
            persist_state="session",
            on_change=_changed(parameter),
        )
        return
    st.pills(
        parameter.label,
        options,
        default=widget_of(parameter.name).value,
        key=parameter.name,
        required=parameter.default is not None,
        help=help_text,
        wrap=True,
        persist_state="session",
        on_change=_changed(parameter),
    )


def _number(parameter: Number) -> None:
    label = f"{parameter.label} ({parameter.unit})" if parameter.unit else parameter.label
    # A slider has at most 100 steps, and at least one: some models draw one picture only.
    draw = st.slider if 0 < parameter.high - parameter.low <= 100 else st.number_input  # noqa: PLR2004
    draw(
        label,
        parameter.low,
        parameter.high,
        widget_of(parameter.name).value,
        step=parameter.step,
        key=parameter.name,
        help=parameter.help or None,
        persist_state="session",
        on_change=_changed(parameter),
    )


def _changed(parameter: Parameter) -> Callable[[], None]:
    """What a new value of ``parameter`` has drawn: the form stays as it is unless it decides what stands in it."""
    return _form_changed if parameter.name in DECIDING else partial(draw_only, BY_SETTING)


def _form_changed() -> None:
    """Nothing more: the whole page is drawn."""


def _index(options: Sequence[Any], widget: Widget[Any]) -> int | None:
    """Where what the widget holds stands among its options, None where it holds nothing."""
    held = widget.value
    return options.index(held) if held in options else None
