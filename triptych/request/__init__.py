"""One request for pictures as a frozen value: from it come problems, price, API call, fingerprint, record and code."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from triptych import parameters
from triptych.catalog import model
from triptych.errors import InvalidRequest
from triptych.inputs import Attachment
from triptych.model import Model
from triptych.parameters import PARAMETERS, Parameter, Sizes
from triptych.request.extension import Extension
from triptych.request.problem import Problem
from triptych.request.rules import every_problem
from triptych.request.turns import TurnOptions, chat_kwargs, turn_kwargs
from triptych.servers import OPENAI, Server

__all__ = ["Extension", "ImageRequest", "Problem", "TurnOptions"]


@dataclass(frozen=True, kw_only=True)
class ImageRequest:
    """What to draw. Every default is the API's own, so what is left alone is not sent.

    With ``images`` it is an edit of the first of them, guided by ``mask`` (transparent where to paint) or ``markup``
    (drawn over it). ``variation`` asks the retired endpoint for variations of the only image. ``stream_each`` asks for
    several pictures as that many requests of one each, because the API streams only one. ``successor_of`` is the model
    that was asked for, where that has shut down and ``model`` follows it. ``extension`` says what the first image was
    extended from. With a ``turn`` it is a turn of a conversation: the Responses API's text model gets prompt and
    images, and calls the image tool.
    """

    model: str
    prompt: str
    n: int = 1
    size: str = "auto"
    quality: str = "auto"
    background: str = "auto"
    output_format: str = "png"
    output_compression: int = 100
    moderation: str = "auto"
    complexity: str | None = None
    frame_count: int = 9
    frame_duration_ms: int = 200
    partial_images: int = 0
    stream: bool = False
    stream_each: bool = False
    svg_model: str | None = None
    svg_effort: str | None = None
    safety_identifier: str | None = None
    images: tuple[Attachment, ...] = ()
    mask: Attachment | None = None
    markup: Attachment | None = None
    input_fidelity: str | None = None
    variation: bool = False
    successor_of: str | None = None
    extension: Extension | None = None
    turn: TurnOptions | None = None

    @property
    def endpoint(self) -> str:
        """Where it goes: "generations", "edits", "responses" or, on servers that still have it, "variations"."""
        if self.turn:
            return "responses"
        return "variations" if self.variation else "edits" if self.images else "generations"

    @property
    def attachments(self) -> tuple[tuple[str, Attachment], ...]:
        """What goes with it, each with its role: image, mask or markup; the first image is the one they are for."""
        others = (("mask", self.mask), ("markup", self.markup))
        return (*(("image", one) for one in self.images), *((role, one) for role, one in others if one))

    @property
    def kept(self) -> tuple[tuple[str, Attachment], ...]:
        """What is kept with it: what goes with it, and the original of an extended image."""
        return (*self.attachments, *((("original", self.extension.original),) if self.extension else ()))

    @property
    def named(self) -> tuple[tuple[str, str, Attachment], ...]:
        """The same with the names under which the files are sent and exported: input-1.png, mask.png, markup.png."""
        counted = enumerate(self.attachments, start=1)  # the images come first
        return tuple(
            (f"{f'input-{number}' if role == 'image' else role}.{one.suffix}", role, one)
            for number, (role, one) in counted
        )

    @property
    def entry(self) -> Model:
        """The catalog's entry of the model."""
        return model(self.model)

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """The parameters that the model takes at the endpoint, by name; size is in ``sizes``."""
        return self.entry.at(self.endpoint)

    @property
    def sizes(self) -> Sizes:
        """The sizes that can be asked for."""
        return parameters.VARIATION_SIZES if self.variation else self.entry.sizes

    @property
    def streams(self) -> bool:
        """Whether the answer is asked for as a stream."""
        return self.stream or self.partial_images > 0

    def saying(self, prompt: str) -> "ImageRequest":
        """The same with that prompt, for the rows of a batch: `replace` would look at each field of each of them."""
        other = object.__new__(type(self))
        vars(other).update(vars(self), prompt=prompt)
        return other

    def at(self, server: Server) -> "ImageRequest":
        """What ``server`` is really sent: this one, or where it has no Responses API the turn as an edit of its images,
        and without any as a new image. A turn of words stays one, and goes as a chat."""
        if self.turn is None or self.turn.words_only or server.responses:
            return self
        words = "\n\n".join(filter(None, [self.prompt, self.turn.style.strip()]))
        return replace(self, prompt=words, turn=None)

    def parts(self) -> tuple["ImageRequest", ...]:
        """The requests that are really sent: this one, or with ``stream_each`` one for each picture."""
        if self.n > 1 and self.streams and self.stream_each:
            return (replace(self, n=1, stream_each=False),) * self.n
        return (self,)

    def problems(self, server: Server = OPENAI, today: date | None = None) -> tuple[Problem, ...]:
        """Everything that keeps this request from being sent to ``server``, in the order of the form."""
        today = today or datetime.now(UTC).date()
        return tuple(every_problem(self, server, today))

    def check(self, server: Server = OPENAI) -> None:
        """Raise InvalidRequest with the first problem's sentence, if there is one."""
        for problem in self.problems(server):
            raise InvalidRequest(problem.sentence, param=problem.parameter)

    def api_kwargs(self, server: Server = OPENAI) -> dict[str, Any]:
        """The arguments of the SDK's method but its files: only what differs from the API's default and is heeded."""
        if self.turn and self.turn.words_only and not server.responses:
            return chat_kwargs(self, self.turn)
        if self.turn:
            asked = self.at(server)
            return turn_kwargs(asked, asked.turn, server) if asked.turn else asked.api_kwargs(server)
        known = self.parameters
        sent: dict[str, Any] = {"model": self.model, "prompt": self.prompt}
        if "prompt" not in known:
            del sent["prompt"]
        if self.size != "auto":
            sent["size"] = self.size
        for name, parameter in known.items():
            value = getattr(self, name)
            special = name in {"prompt", "svg_model", "svg_effort"}
            if not special and server.heeds(name, self.endpoint) and value != parameter.default:
                sent[name] = value
        if self.streams and "stream" in known and server.streams:
            sent["stream"] = True
        if self.svg_model and "svg_model" in known and server.heeds("svg_model"):
            effort = {"reasoning": {"effort": self.svg_effort}} if self.svg_effort else {}
            sent["svg"] = {"model": self.svg_model, **effort}
        if server.response_format:
            sent["response_format"] = "b64_json"
        return sent

    def fingerprint(self) -> str:
        """SHA-256, in hex, of what decides the picture; equal for requests that ask for the same."""
        before, after = _around_prompt(self.saying(""))
        return hashlib.sha256(f"{before}{json.dumps(self.prompt)}{after}".encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """The fields that differ from their defaults, and model and prompt, as JSON values."""
        return {
            field.name: _plain(value) for field in fields(self) if (value := getattr(self, field.name)) != field.default
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "ImageRequest":
        """The request that ``to_json`` wrote; raises InvalidRequest for anything else."""
        if not isinstance(values, Mapping):
            raise InvalidRequest("A request is a set of named values.")
        names = {field.name for field in fields(cls)}
        if stray := set(values) - names:
            raise InvalidRequest(f"Unknown fields: {', '.join(sorted(stray))}.")
        if not isinstance(values.get("model"), str) or not isinstance(values.get("prompt"), str):
            raise InvalidRequest("A request needs a model and a prompt, both as text.")
        if not isinstance(values.get("successor_of"), str | None):
            raise InvalidRequest("What a model is the successor of is text.")
        if not isinstance(values.get("size", ""), str) or not isinstance(values.get("stream_each", False), bool):
            raise InvalidRequest("Size must be text and stream_each yes or no.")
        request = cls(**{**values, **_attached(values)})
        for name, parameter in PARAMETERS.items():
            if not _right_type(parameter, getattr(request, name)):
                raise InvalidRequest(f"{parameter.label} has a value of the wrong kind.", param=name)
        return request


@lru_cache(maxsize=256)  # the rows of a batch differ in their prompts, and in few settings
def _around_prompt(request: ImageRequest) -> tuple[str, str]:
    """What decides the picture as JSON, its names in order: what stands before the prompt, and what after it."""
    decisive = {**request.to_json(), "stream": None, "stream_each": None, "partial_images": None}
    for name in ("successor_of", "extension"):  # whatever was asked for, or given, this model makes it of this image
        decisive.pop(name, None)
    parts = (
        {name: value for name, value in decisive.items() if side(name)} for side in ("prompt".__gt__, "prompt".__lt__)
    )
    before, after = (json.dumps(part, sort_keys=True) for part in parts)  # model stands before it and stream after it
    return f'{before[:-1]}, "prompt": ', f", {after[1:]}"


def _plain(value: Any) -> Any:
    """A field as a JSON value; `dataclasses.asdict` copies every one of them deeply, which takes ten times as long."""
    if isinstance(value, tuple):
        return tuple(one.to_json() for one in value)
    return value.to_json() if isinstance(value, Attachment | Extension | TurnOptions) else value


def _attached(values: Mapping[str, Any]) -> dict[str, Any]:
    """The input pictures among ``values``; raises InvalidRequest where they are none."""
    images = values.get("images", ())
    if not isinstance(images, list | tuple) or not isinstance(values.get("variation", False), bool):
        raise InvalidRequest("Images must be a list and variation yes or no.")
    single = {name: values.get(name) for name in ("mask", "markup")}
    return {
        "images": tuple(Attachment.from_json(one) for one in images),
        **{name: Attachment.from_json(one) if one is not None else None for name, one in single.items()},
        "extension": Extension.from_json(values["extension"]) if values.get("extension") is not None else None,
        "turn": TurnOptions.from_json(values["turn"]) if values.get("turn") is not None else None,
    }


def _right_type(parameter: Parameter, value: Any) -> bool:
    kind: type = {parameters.Number: int, parameters.Flag: bool}.get(type(parameter), str)
    return value is parameter.default or (isinstance(value, kind) and isinstance(value, bool) == (kind is bool))
