"""Reads a request off the wire, JSON or multipart, into one value."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message

from triptych.wire.refusals import Refusal, invalid, too_long

COMMON = {"prompt", "model", "n", "size", "user", "safety_identifier"}
GPT = {
    "quality",
    "background",
    "output_format",
    "output_compression",
    "moderation",
    "complexity",
    "frame_count",
    "frame_duration_ms",
    "stream",
    "partial_images",
    "svg",
}
KNOWN = {
    "generation": COMMON | GPT,
    "edit": COMMON | GPT | {"input_fidelity"},
    # The retired contract of the endpoint, which compatible servers still speak.
    "variation": (COMMON - {"prompt"}) | {"response_format"},
}
NUMBERS = {"n", "output_compression", "partial_images", "frame_count", "frame_duration_ms"}
LAYERS = ("mask", "markup")
MOST_VALUES = (
    100_000  # of a JSON body: a few hold images, and each empty list is twenty times as large as it is written
)
DATA_URL_LIMIT = 20_971_520  # characters, by OpenAI's published schema of JSON edits


@dataclass(frozen=True)
class Upload:
    """A file as it was sent; `mime` is what the sender says it is."""

    name: str
    mime: str
    data: bytes = field(repr=False)


class Fields:
    """What has the fields of a request as they were sent."""

    fields: Mapping[str, Any]

    def get(self, name: str, default: Any = None) -> Any:
        """The field, or the default where it is absent or null."""
        value = self.fields.get(name)
        return default if value is None else value

    @property
    def streams(self) -> bool:
        return self.get("stream") is True


@dataclass(frozen=True)
class Ask(Fields):
    """One request for images; `kind` is generation, edit or variation."""

    kind: str
    fields: Mapping[str, Any]
    images: tuple[Upload, ...] = ()
    mask: Upload | None = None
    markup: Upload | None = None


Find = Callable[[str, str], Upload]  # the uploaded file of an id, for a parameter; raises Refusal


def bounded(request: Request, most: int) -> Request:
    """The same request with a body of at most so many bytes: more is refused, as soon as it is announced or comes."""
    came = 0

    async def receive() -> Message:
        nonlocal came
        message = await request.receive()
        came += len(message.get("body", b""))
        if came > most:
            raise too_long(most)
        return message

    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most:
        raise too_long(most)
    return Request(request.scope, receive)


async def read(request: Request, kind: str, find: Find) -> Ask:
    """Raises Refusal for a body that is neither JSON object nor form."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        try:
            async with request.form(max_part_size=1 << 20) as form:
                return await _from_form(form, kind)
        except (MultiPartException, HTTPException):
            raise Refusal("We could not parse the form of your request.") from None
    fields = _json(await request.body())
    if not isinstance(fields, dict):
        raise Refusal("We could not parse the JSON body of your request.")
    return of_json(fields, kind, find)


def _json(body: bytes) -> Any:
    """What it says; None where it cannot be read, or has more values than any request has."""
    if sum(body.count(mark) for mark in (b"[", b"{", b",")) > MOST_VALUES:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):  # nested deeper than any request is
        return None


async def _from_form(form: FormData, kind: str) -> Ask:
    ask, fields = Ask(kind, {}), dict[str, Any]()
    for key, value in form.multi_items():
        if isinstance(value, UploadFile):
            upload = Upload(value.filename or "", value.content_type or "application/octet-stream", await value.read())
            if key in {"mask", "markup"}:
                ask = replace(ask, mask=upload) if key == "mask" else replace(ask, markup=upload)
            elif key in {"image", "image[]"}:
                ask = replace(ask, images=(*ask.images, upload))
            else:
                raise invalid(key, f"Unknown parameter: '{key}'.", "unknown_parameter")
        else:
            fields.update(_field(key, value, fields))
    return replace(ask, fields=fields)


def _field(key: str, value: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """A form's text as the JSON value it stands for; `svg[model]` goes into an object."""
    if "[" in key:
        name, inner = key.rstrip("]").split("[", 1)
        held = fields.get(name, {})
        if not isinstance(held, dict):
            raise invalid(name, f"'{name}' was sent both as text and as an object.", "invalid_type")
        return {name: {**held, inner.replace("][", "."): value}}
    if key in NUMBERS:
        try:
            return {key: int(value)}
        except ValueError:
            raise invalid(
                key, f"Invalid type for '{key}': expected an integer, but got a string instead.", "invalid_type"
            ) from None
    return {key: {"true": True, "false": False}.get(value.lower(), value) if key == "stream" else value}


def of_json(fields: dict[str, Any], kind: str, find: Find) -> Ask:
    """The ask of a JSON body, whose images are data URLs or ids of uploaded files; raises Refusal."""
    if kind == "generation":
        return Ask(kind, fields)
    given = fields.pop("images", None) or []
    if not isinstance(given, list):
        raise invalid("images", "Invalid type for 'images': expected an array of objects.", "invalid_type")
    images = tuple(image(entry, f"images[{number}]", find) for number, entry in enumerate(given))
    mask, markup = (image(held, name, find) if (held := fields.pop(name, None)) else None for name in LAYERS)
    return Ask(kind, fields, images, mask, markup)


def image(entry: Any, param: str, find: Find) -> Upload:
    """An image that is named in JSON by its ``file_id`` or given as a data URL in ``image_url``; raises Refusal."""
    named = entry.get("file_id") if isinstance(entry, dict) else None
    return find(named, param) if isinstance(named, str) else _from_url(entry, param)


def _from_url(entry: Any, param: str) -> Upload:
    url = entry.get("image_url") if isinstance(entry, dict) else None
    if not isinstance(url, str) or not url.startswith("data:"):
        # Nothing is fetched for whoever asks.
        raise invalid(param, "Images are taken as data URLs and file ids only.", "invalid_image_url")
    if len(url) > DATA_URL_LIMIT:
        raise invalid(param, "The data URL is too long.", "image_file_too_large")
    head, _, data = url.partition(",")
    try:
        return Upload("image", head[5:].split(";")[0], base64.b64decode(data, validate=True))
    except ValueError:  # of base64, or because it is not ASCII
        raise invalid(param, "Invalid base64 image.", "invalid_base64_image") from None
