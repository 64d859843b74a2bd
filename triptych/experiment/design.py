"""An experiment as a frozen value: one request, the axes along which it varies, and the cells that come of it."""

import hashlib
import itertools
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from triptych.errors import InvalidRequest
from triptych.experiment.variants import differing, variants
from triptych.inputs import Attachment
from triptych.parameters import PARAMETERS
from triptych.request import ImageRequest, Problem
from triptych.servers import OPENAI, Server

MOST_CELLS = 5000  # of one experiment; the browser could not show more
MOST_REPEATS = 20
LONGEST_NAME = 200  # characters
FIELDS = tuple(field.name for field in fields(ImageRequest))
PICTURES = ("images", "mask", "markup")  # whose values are Attachments; for ``images`` the first input picture
LABELS = {"model": "Model", "size": "Size", "images": "Input image", "mask": "Mask", "markup": "Markup"}
HARMLESS = {"stream", "stream_each", "partial_images", "safety_identifier"}  # what does not change the picture
UNSET = "not set"  # what a value is called that is left to the API

Coordinates = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Axis:
    """A field of ``ImageRequest`` and the values it takes in turn; an Attachment is a value of images, mask, markup.

    Values that occur twice count once. Raises InvalidRequest for a field that does not exist or without any value.
    """

    parameter: str
    values: tuple[Any, ...]

    def __post_init__(self) -> None:
        if self.parameter not in FIELDS:
            raise InvalidRequest(f"There is no parameter {self.parameter!r} to vary.")
        if not self.values:
            raise InvalidRequest(f"{self.title} needs at least one value to compare.", param=self.parameter)
        object.__setattr__(self, "values", tuple(dict.fromkeys(self.values)))

    @property
    def title(self) -> str:
        """What people call the parameter."""
        known = PARAMETERS.get(self.parameter)
        return LABELS.get(self.parameter) or (known.label if known else self.parameter.replace("_", " ").capitalize())

    @property
    def labels(self) -> tuple[str, ...]:
        """Its values as headings have them; of prompts only the words in which they differ."""
        if self.parameter == "prompt":
            return differing(self.values)
        return tuple(shown(value) for value in self.values)

    def applied(self, request: ImageRequest, value: Any) -> ImageRequest:
        """``request`` with this value."""
        if self.parameter == "images":
            return replace(request, images=(value, *request.images[1:]))
        return replace(request, **{self.parameter: value})

    def to_json(self) -> dict[str, Any]:
        """Its fields as JSON values."""
        values = [value.to_json() if isinstance(value, Attachment) else value for value in self.values]
        return {"parameter": self.parameter, "values": values}

    @classmethod
    def from_json(cls, values: Any) -> "Axis":
        """What ``to_json`` wrote; raises InvalidRequest for anything else."""
        if not isinstance(values, Mapping) or set(values) != {"parameter", "values"}:
            raise InvalidRequest("An axis has a parameter and values, and nothing else.")
        name, listed = values["parameter"], values["values"]
        if not isinstance(name, str) or not isinstance(listed, list):
            raise InvalidRequest("An axis names one parameter and lists its values.")
        return cls(name, tuple(_value(name, each) for each in listed))


@dataclass(frozen=True)
class Cell:
    """One place of the grid. ``key`` names it as long as it asks for the same; ``problem`` is why it cannot be drawn.

    ``coordinates`` are the pairs (parameter, value), one of each axis in their order.
    """

    key: str
    coordinates: Coordinates
    request: ImageRequest
    problem: Problem | None = None

    def at(self, parameter: str) -> Any:
        """Its value on that axis; raises KeyError where there is no such axis."""
        return dict(self.coordinates)[parameter]

    @property
    def label(self) -> str:
        """Its coordinates as people read them: "gpt-image-2 · high"."""
        return " · ".join(shown(value) for _, value in self.coordinates) or self.request.model


@dataclass(frozen=True)
class Experiment:
    """``base`` varied along every axis at once, each cell drawn ``repeats`` times.

    A prompt with ``{red|blue}`` is an axis of its own unless one of the axes is the prompt. Raises InvalidRequest for
    two axes of one parameter, no or too many repeats, or more cells than can be shown.
    """

    name: str
    base: ImageRequest
    axes: tuple[Axis, ...] = ()
    repeats: int = 1

    def __post_init__(self) -> None:
        names = [axis.parameter for axis in self.axes]
        if len(set(names)) < len(names):
            raise InvalidRequest("Two axes vary the same parameter.")
        if not 1 <= self.repeats <= MOST_REPEATS:
            raise InvalidRequest(f"A cell is generated 1 to {MOST_REPEATS} times, not {self.repeats}.")
        prompts = variants(self.base.prompt)
        if len(prompts) > 1 and "prompt" not in names:
            object.__setattr__(self, "axes", (*self.axes, Axis("prompt", prompts)))
        if self.places > MOST_CELLS:
            raise InvalidRequest(f"This grid has {self.places:,} cells; {MOST_CELLS:,} are the most. Vary less.")

    @property
    def places(self) -> int:
        """How many cells there are, possible or not."""
        return math.prod(len(axis.values) for axis in self.axes)

    def axis(self, parameter: str) -> Axis | None:
        """The axis that varies the parameter."""
        return next((axis for axis in self.axes if axis.parameter == parameter), None)

    def cells(self, server: Server = OPENAI) -> tuple[Cell, ...]:
        """Every cell, the last axis changing fastest; those that ``server`` or a model cannot draw say why."""
        return tuple(self._cells(server))

    def to_json(self) -> dict[str, Any]:
        """Everything as JSON values."""
        axes = [axis.to_json() for axis in self.axes]
        told = {"name": self.name, "base": self.base.to_json(), "axes": axes, "repeats": self.repeats}
        return {"triptych_experiment": 1, **told}

    def to_text(self) -> str:
        """The same as the text of a file to be shared."""
        return json.dumps(self.to_json(), ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, values: Any) -> "Experiment":
        """What ``to_json`` wrote; raises InvalidRequest in words for anything else."""
        if not isinstance(values, Mapping) or values.get("triptych_experiment") != 1:
            raise InvalidRequest("This is no experiment of the playground, or one of a newer version.")
        told = {name: value for name, value in values.items() if name != "triptych_experiment"}
        if stray := set(told) - {"name", "base", "axes", "repeats"}:
            raise InvalidRequest(f"Unknown fields: {', '.join(sorted(map(str, stray)))}.")
        name, axes, repeats = told.get("name", ""), told.get("axes", []), told.get("repeats", 1)
        if not isinstance(name, str) or not isinstance(axes, list) or not _is_count(repeats) or "base" not in told:
            raise InvalidRequest("An experiment has a name, a base request, a list of axes and a number of repeats.")
        base = ImageRequest.from_json(told["base"])
        return cls(name[:LONGEST_NAME], base, tuple(Axis.from_json(each) for each in axes), repeats)

    @classmethod
    def from_text(cls, text: str | bytes) -> "Experiment":
        """What ``to_text`` wrote; raises InvalidRequest in words for anything else."""
        try:
            values = json.loads(text)
            json.dumps(values, ensure_ascii=False).encode()  # half a character can be neither kept nor shown
        except (ValueError, RecursionError):
            raise InvalidRequest("This file is no JSON, or it is damaged.") from None
        return cls.from_json(values)

    def _cells(self, server: Server) -> Iterator[Cell]:
        for values in itertools.product(*(axis.values for axis in self.axes)):
            request = self.base
            for axis, value in zip(self.axes, values, strict=True):
                request = axis.applied(request, value)
            coordinates = tuple((axis.parameter, value) for axis, value in zip(self.axes, values, strict=True))
            yield Cell(key_of(request), coordinates, request, _problem(request, coordinates, server))


def key_of(request: ImageRequest) -> str:
    """What names a cell: 16 hex digits of the SHA-256 of what it asks for."""
    return hashlib.sha256(json.dumps(request.to_json(), sort_keys=True).encode()).hexdigest()[:16]


def shown(value: Any) -> str:
    """A value as a heading has it."""
    if isinstance(value, Attachment):
        return f"{value.size} {value.format} {value.sha256[:6]}"
    return UNSET if value is None else ("no", "yes")[value] if isinstance(value, bool) else str(value)


def _problem(request: ImageRequest, coordinates: Coordinates, server: Server) -> Problem | None:
    """Why it cannot be drawn as it is asked: what would be left out in silence is a reason too."""
    own = _untaken(request, tuple(name for name, _ in coordinates), server)
    return next(itertools.chain(request.problems(server), own), None)


def _untaken(request: ImageRequest, varied: tuple[str, ...], server: Server) -> Iterator[Problem]:
    taken = request.entry.parameters
    for name in sorted(set(PARAMETERS) - HARMLESS - {"prompt", "n"}, key=lambda name: name not in varied):
        parameter, value = PARAMETERS[name], getattr(request, name)
        if value == parameter.default:
            continue
        who = request.model if name not in taken else server.label if not server.heeds(name) else None
        if who:
            sentence = f"{who} takes no {parameter.label.lower()}, so {value} would change nothing."
            yield Problem(name, sentence, {name: parameter.default}, "Leave it out")


def _value(parameter: str, value: Any) -> Any:
    """A value out of JSON; refused where no request could hold it, while one that a model does not take stays."""
    if parameter in PICTURES:
        return None if value is None and parameter != "images" else Attachment.from_json(value)
    request = ImageRequest.from_json({"model": "", "prompt": "", parameter: value})
    return getattr(request, parameter)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
