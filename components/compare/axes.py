"""What to vary and over which values: the editor of a comparison's axes."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import streamlit as st

from components.compare.inputs import inputs_axis
from components.compare.tab_state import FIRST, PICTURED, PICTURES, REPEATS, VARY, values_of
from components.frame.notice import plain
from components.state.account import session
from components.state.tab import Values
from components.state.widgets import parameter
from triptych.catalog import MODELS
from triptych.experiment import Axis, Experiment, shown, variants
from triptych.experiment.design import MOST_REPEATS
from triptych.inputs import Attachment
from triptych.model import Model
from triptych.parameters import PARAMETERS, Choice, Number, Parameter
from triptych.servers import Server

PLURAL = {"model": "Models", "size": "Sizes", "quality": "Qualities"}  # the sidebar has the singular
MOST_TYPED = 40  # values of one axis
LONG = 60  # characters of a heading
RANGE = re.compile(r"(\d{1,7})(?:\s*[-–]\s*(\d{1,7})(?:\s*/\s*(\d{1,7}))?)?")
LINES = 88  # pixels, of the box that takes prompts
LEFT_OUT = {"n", "stream", "partial_images", "safety_identifier", "svg_model", "svg_effort"}  # make no other picture
VARIED = {"model", "size", PICTURED, *PARAMETERS} - LEFT_OUT


def axes_editor(server: Server) -> None:
    """Draw the choice of axes and repeats, and the values of each axis, as far as ``server`` heeds them."""
    chosen = _vary(server)
    with st.grid(2, min_column_width=300, gap=("xsmall", "medium")) as cells:
        for name in chosen:
            with cells.cell():
                _values(name)


def axes_held() -> tuple[Axis, ...]:
    """What the editor's widgets hold: the axes that have values, in the order in which they were chosen."""
    return tuple(Axis(name, values) for name in VARY.value if (values := _held(name)))


def endpoint() -> str:
    """Where what the widgets describe is sent: with input pictures it is an edit."""
    return "edits" if PICTURED in VARY.value and _held(PICTURED) else "generations"


def _vary(server: Server) -> list[str]:
    with st.container(key="compare_vary_row", horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.multiselect(
            "Vary",
            _offered(server),
            format_func=title_of,
            key=VARY.begin(),
            persist_state="session",
            placeholder="Choose what to compare",
            help="The first becomes the rows, the second the columns. {red|blue} in the prompt varies its words too.",
        )
        st.number_input(
            "Images of each",
            1,
            MOST_REPEATS,
            key=REPEATS.begin(),
            width=160,
            persist_state="session",
            help="Results vary from run to run. More images of each make the comparison more reliable.",
        )
    return VARY.value


def title_of(name: str) -> str:
    """What people call a parameter."""
    return Axis(name, (None,)).title


def show_axes(experiment: Experiment) -> Values:
    """What the editor's widgets hold for ``experiment``; what the prompt's braces say stays in the prompt."""
    kept = [axis for axis in _described(experiment) if _put(axis)]
    values = {values_of(axis.parameter): _put(axis) for axis in kept}
    return {VARY: [axis.parameter for axis in kept], REPEATS: experiment.repeats, **values}


def left_out(experiment: Experiment) -> str:
    """What of ``experiment`` the editor cannot hold, in words."""
    strange = [
        f"{axis.title} {described(value)}"
        for axis in _described(experiment)
        for value in axis.values
        if not _holds(axis, value)
    ]
    return ", ".join([axis.title for axis in experiment.axes if axis.parameter not in VARIED] + strange)


def _described(experiment: Experiment) -> list[Axis]:
    """The axes that the editor has; the one that the prompt's braces make is not among them."""
    spelled = Axis("prompt", variants(experiment.base.prompt))
    return [axis for axis in experiment.axes if axis != spelled and axis.parameter in VARIED]


def _holds(axis: Axis, value: Any) -> bool:
    """Whether a widget can hold the value: one that offers words takes no other."""
    parameter = PARAMETERS.get(axis.parameter)
    return not isinstance(parameter, Choice) or value in _words(axis.parameter, parameter)


def show_input(pictures: tuple[Attachment, ...]) -> Values:
    """What the widgets hold where ``pictures`` are compared; without any the prompt alone is drawn."""
    others = [name for name in VARY.value or FIRST if name != PICTURED]
    return {VARY: [*others, PICTURED] if pictures else others, PICTURES: pictures}


def _offered(server: Server) -> tuple[str, ...]:
    """What can be varied there; what was chosen stays, for a server may be recognised only later."""
    heeded = (name for name in PARAMETERS if name not in LEFT_OUT and server.heeds(name, endpoint()))
    pictured = (PICTURED,) if server.edits else ()
    return tuple(dict.fromkeys(("model", "size", *pictured, *heeded, *VARY.value)))


def _held(name: str) -> tuple[Any, ...]:
    """What the widget of this axis holds."""
    held = values_of(name).value
    if isinstance(PARAMETERS.get(name), Number):
        return numbers(str(held or ""))
    if name == "prompt":
        return tuple(line.strip() for line in str(held or "").splitlines() if line.strip())
    return tuple(held or ())


def _put(axis: Axis) -> Any:
    if isinstance(PARAMETERS.get(axis.parameter), Number):
        return written(axis.values)
    if axis.parameter == "prompt":
        return "\n".join(axis.values)
    if axis.parameter == PICTURED:  # a file may name one twice, with other claims
        return list({one.sha256: one for one in axis.values}.values())
    return [value for value in axis.values if _holds(axis, value)]


def _values(name: str) -> None:
    key, title, parameter = values_of(name).key, PLURAL.get(name, f"{title_of(name)} values"), PARAMETERS.get(name)
    if name == PICTURED:
        inputs_axis()
    elif isinstance(parameter, Number):
        _numbers(parameter, key)
    elif name == "prompt":
        st.text_area(
            "Prompts, one per line",
            key=key,
            height=LINES,
            persist_state="session",
            placeholder="Each replaces the prompt above",
        )
    elif isinstance(parameter, Choice):
        _begin(name, _words(name, parameter))
        st.pills(
            title,
            _words(name, parameter),
            selection_mode="multi",
            key=key,
            persist_state="session",
            format_func=described,
            wrap=True,
        )
    else:
        options = tuple(entry.id for entry in _alive()) if name == "model" else _sizes()
        _begin(name, options)
        st.multiselect(
            title,
            options,
            key=key,
            accept_new_options=True,
            persist_state="session",
            wrap=True,
            placeholder="Choose, or enter another",
        )


def _numbers(parameter: Number, key: str) -> None:
    unit = f" ({parameter.unit})" if parameter.unit else ""
    text = st.text_input(
        f"{parameter.label} values{unit}",
        key=key,
        persist_state="session",
        placeholder="60, 80-100/10",
        help="Numbers, and ranges written as first-last/step.",
    )
    read = numbers(text or "")
    if text and not read:
        st.markdown(f":small[:red[:material/error: Enter up to {MOST_TYPED} numbers, like 60, 80\\-100/10.]]")
    else:
        st.caption(plain(", ".join(map(str, read)) or "No values yet"))


def _words(name: str, parameter: Parameter) -> tuple[Any, ...]:
    known = tuple(dict.fromkeys(word for entry in _alive() for word in entry.options.get(name, ())))
    return known if parameter.default in known else (parameter.default, *known)


def _sizes() -> tuple[str, ...]:
    return tuple(dict.fromkeys(size for entry in _alive() for size in entry.sizes.presets))


def _alive() -> tuple[Model, ...]:
    today, retires = datetime.now(UTC).date(), session().account.server.retires
    return tuple(entry for entry in MODELS.values() if not (retires and entry.retired(today)))


def _begin(name: str, options: tuple[Any, ...]) -> None:
    """Give a new axis its values: those of a new tab, else the one that the form has."""
    if not values_of(name).is_set:
        held = parameter(name).value
        values_of(name).put([*FIRST.get(name, (held,) if held in options else ())])


def numbers(text: str) -> tuple[int, ...]:
    """The numbers that "60, 80-100/10" names, each once; none where a piece is no number, or they are too many."""
    pieces = [RANGE.fullmatch(piece.strip()) for piece in text.split(",") if piece.strip()]
    found = [piece for piece in pieces if piece]
    read = tuple(dict.fromkeys(islice((number for piece in found for number in _spelled(piece)), 10 * MOST_TYPED)))
    return read if len(found) == len(pieces) and len(read) <= MOST_TYPED else ()


def written(values: Sequence[Any]) -> str:
    """Numbers as ``numbers`` reads them."""
    return ", ".join(str(value) for value in values)


def described(value: Any) -> str:
    """A value as a heading or a button has it, cut where it is long."""
    text = shown(value)
    return text if len(text) <= LONG else f"{text[: LONG - 1]}…"


def _spelled(piece: re.Match[str]) -> Iterator[int]:
    first, last, step = piece.groups()
    if last is None:
        yield int(first)
    else:
        yield from range(int(first), int(last) + 1, max(1, int(step or 1)))
