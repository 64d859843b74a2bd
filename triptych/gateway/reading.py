"""A request that a program sent, as one of ours: old models by their successors, variations by an edit, any mask."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from triptych.catalog import MODELS, model
from triptych.errors import BadFile, InvalidRequest, Refused
from triptych.inputs import MOST_IMAGE_BYTES, MOST_IMAGES, Attachment, admit
from triptych.prompts.variations import variation_prompt
from triptych.request import ImageRequest
from triptych.servers import Server
from triptych.wire.asks import KNOWN, Ask, Upload
from triptych.wire.refusals import invalid, missing

ELSEWHERE = {"response_format", "user", "svg", "model", "prompt"}  # what has no field of its own name
FORMERLY = {"response_format", "style"}  # of models that have shut down
OLD_QUALITIES = {"standard": "medium", "hd": "high"}  # as models that have shut down named them
LONGEST_HEADER = 200  # characters of a model's name
BLACK_AND_WHITE = "black-and-white; white=edit"


@dataclass(frozen=True)
class Asked:
    """The request, the bytes by SHA-256 that go with it, and in what form the answer is wanted.

    ``told`` are the headers that say what was made of what came; ``body`` is the SHA-256 of it.
    """

    request: ImageRequest
    body: str
    response_format: str | None = None
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    told: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """What its events are called by: "generation" or "edit"."""
        return "edit" if self.request.images else "generation"


def understood(ask: Ask, server: Server, *, successors: bool = True, today: date | None = None) -> Asked:
    """The request that ``ask`` stands for at ``server``. Raises Refusal in the API's words or ours."""
    for name in ask.fields:
        if name not in KNOWN[ask.kind] | FORMERLY:
            raise invalid(name, f"Unknown parameter: '{name}'.", "unknown_parameter")
    form = ask.get("response_format")
    if form not in {None, "url", "b64_json"}:
        raise invalid("response_format", "Supported values are: 'url', 'b64_json'.")
    try:
        request, told = _modelled(ask, server, successors, today or datetime.now(UTC).date())
        request, files, masked = _with_files(request, ask)
    except Refused as error:
        raise invalid(error.param or "image", error.message) from None
    if request.successor_of or not ask.get("model"):
        request = _of_today(request)
    return Asked(request, _body(ask), form, files, {**told, **masked, "x-triptych-model": _plain(request.model)})


def _modelled(ask: Ask, server: Server, successors: bool, today: date) -> tuple[ImageRequest, dict[str, str]]:
    """The request without its files, for a model that there is."""
    prompt = variation_prompt("moderate") if ask.kind == "variation" else ask.get("prompt")
    if prompt is None or prompt == "":
        raise missing("prompt")
    name = ask.get("model") or (_first(today) if server.priced else None)
    if not isinstance(name, str):
        raise missing("model")
    follower = _successor(name, today) if successors and server.retires else None
    is_old = follower is not None or not ask.get("model")
    drawing = model(follower or name)
    taken = drawing.at("generations" if ask.kind == "generation" else "edits")
    values: dict[str, Any] = {"model": drawing.id, "prompt": prompt, "successor_of": name if follower else None}
    for parameter, value in ask.fields.items():
        if value is None or parameter in ELSEWHERE:
            continue
        if parameter in taken or parameter == "size":
            values[parameter] = OLD_QUALITIES.get(value, value) if is_old and isinstance(value, str) else value
        elif not is_old:
            raise invalid(parameter, f"The model '{drawing.id}' does not support the '{parameter}' parameter here.")
    told = {"x-triptych-successor-of": _plain(name)} if follower else {}
    return ImageRequest.from_json({**values, **_author(ask), **_who(ask)}), told


def _plain(text: str) -> str:
    """A text as a header can carry it."""
    return "".join(letter if letter.isascii() and letter.isprintable() else "?" for letter in text[:LONGEST_HEADER])


def _first(today: date) -> str:
    """The model of whoever names none."""
    return next(one.id for one in MODELS.values() if not one.retired(today))


def _successor(name: str, today: date) -> str | None:
    """What follows a model that has shut down, and what follows that; None where it is there, or nothing follows."""
    found, seen = name, {name}
    while (entry := model(found)).retired(today) and entry.replaced_by and entry.replaced_by not in seen:
        found = entry.replaced_by
        seen.add(found)
    return found if found != name else None


def _author(ask: Ask) -> dict[str, Any]:
    svg = ask.get("svg")
    if svg is None:
        return {}
    if not isinstance(svg, dict) or not isinstance(svg.get("model"), str):
        raise missing("svg.model")
    reasoning = svg.get("reasoning")
    effort = reasoning.get("effort") if isinstance(reasoning, dict) else svg.get("reasoning.effort")
    return {"svg_model": svg["model"], **({"svg_effort": effort} if effort is not None else {})}


def _who(ask: Ask) -> dict[str, Any]:
    who = ask.get("safety_identifier") or ask.get("user")
    return {"safety_identifier": who} if who is not None else {}


def _of_today(request: ImageRequest) -> ImageRequest:
    """At a size and with a background that the model has: what was asked was meant for another."""
    if request.sizes.problem(request.size):
        edges = request.size.split("x")
        known = len(edges) == 2 and all(edge.isdecimal() and int(edge[:7]) > 0 for edge in edges)  # noqa: PLR2004 - width and height
        if known:
            request = replace(request, size=request.sizes.nearest(*(int(edge[:7]) for edge in edges)))
    return request


def _with_files(request: ImageRequest, ask: Ask) -> tuple[ImageRequest, dict[str, bytes], dict[str, str]]:
    """The request with its images, mask and markup, their bytes, and what was made of the mask."""
    if ask.kind == "generation":
        return request, {}, {}
    if not ask.images:
        raise missing("image")
    if len(ask.images) > MOST_IMAGES:
        raise invalid("image", f"At most {MOST_IMAGES} images go with one request.", "array_above_max_length")
    named: list[Attachment] = []
    files: dict[str, bytes] = {}
    for number, upload in enumerate(ask.images, start=1):
        one, data = _admitted(upload, number)
        named.append(one)
        files[one.sha256] = data
    layers, told = dict[str, Attachment](), dict[str, str]()
    if ask.mask:
        data, told = _mask(ask.mask.data, named[0])
        layers["mask"] = Attachment.of(data)
        files[layers["mask"].sha256] = data
    if ask.markup:
        layers["markup"] = Attachment.of(ask.markup.data)
        files[layers["markup"].sha256] = ask.markup.data
    request = replace(request, images=tuple(named), mask=layers.get("mask"), markup=layers.get("markup"))
    return request, files, told


def _admitted(upload: Upload, number: int) -> tuple[Attachment, bytes]:
    if len(upload.data) >= MOST_IMAGE_BYTES:
        raise invalid(
            "image", f"Image {number} must be smaller than {MOST_IMAGE_BYTES >> 20} MB.", "image_file_too_large"
        )
    try:
        return admit(upload.data)
    except (BadFile, InvalidRequest) as error:
        raise invalid("image", f"Image {number}: {error.message}", "invalid_image_file") from None


def _mask(data: bytes, first: Attachment) -> tuple[bytes, dict[str, str]]:
    """The mask by its alpha; one without is read as black and white, white where to change."""
    from triptych import masks

    try:
        if masks.is_transparent(data, (first.width, first.height)):
            return data, {}
        paint = masks.decode(data, (first.width, first.height))
        return masks.encode(paint), {"x-triptych-mask": BLACK_AND_WHITE}
    except BadFile as error:
        raise invalid("mask", error.message, "invalid_mask_image_format") from None


def _body(ask: Ask) -> str:
    uploads = {
        role: [hashlib.sha256(one.data).hexdigest() for one in some if one]
        for role, some in (("image", ask.images), ("mask", (ask.mask,)), ("markup", (ask.markup,)))
    }
    return hashlib.sha256(json.dumps([ask.kind, dict(ask.fields), uploads], sort_keys=True).encode()).hexdigest()
