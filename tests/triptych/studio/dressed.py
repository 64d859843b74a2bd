"""Answers with planted images: written in any way that is to be read, and then, mostly, broken in some."""

import base64
import gzip
import json
import random
import textwrap
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PIL import Image

from tests.fuzzing import bent, changed, pieces
from tests.triptych.client.raw import b64, head, png
from tests.triptych.odd import MENDED, WORDS, saved, scene
from tests.triptych.studio.places import KEY, USAGE

TYPES = ("application/json", "text/event-stream", "text/plain; charset=utf-16", "image/png", "x", "")
PACKINGS: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "deflate": zlib.compress, "x-none": bytes}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'
ODD_IMAGES = (
    *WORDS.values(),
    *(data for data, _ in MENDED.values()),
    *(saved(scene(), form) for form in ("GIF", "BMP", "TIFF", "AVIF", "WEBP")),
    SVG,
)
FIRST = (b"", b"", b": comment\n\n", b"\xef\xbb\xbf", b" \r\n", b")]}',\n", b"..\n")
BETWEEN = (b": comment\n\n", b"retry: 10\n\n", b"event: ping\n\n", b"data:\n\n", b"id: 7\n:\ndata: ping\n\n")
STAGES: tuple[Any, ...] = (0, 1, -1, 10**24, "0", None, True, 1.5)


@dataclass(frozen=True)
class Dressed:
    """An answer on the wire, in pieces. ``body`` is what a reader gets of it once it is unpacked.

    ``planted`` are the images in it; ``is_sound`` says that all of them must be read.
    """

    pieces: tuple[bytes, ...]
    body: bytes
    planted: tuple[bytes, ...]
    is_sound: bool

    @property
    def untouched(self) -> tuple[bytes, ...]:
        """The images whose plain base64 still stands in the body."""
        return tuple(image for image in self.planted if base64.b64encode(image) in self.body)


def dressed(chance: random.Random, images: int, *, streamed: bool) -> Dressed:
    """An answer with so many images, a stream or none."""
    breaking = chance.choice(("", "", "JSON", "JSON", "bytes", "cut", "error", "image"))
    planted = tuple(_image(chance, odd=breaking == "image") for _ in range(images))
    texts = tuple(_written(chance, image) for image in planted)
    body = _stream(chance, texts, breaking) if streamed else _document(chance, texts, breaking)
    if breaking == "bytes":
        body = bent(chance, body)
    if breaking == "cut":
        body = body[: chance.randrange(len(body) + 1)]
    wire, is_readable = _sent(chance, body)
    return Dressed(tuple(pieces(chance, wire)), body, planted, not breaking and is_readable)


def _image(chance: random.Random, *, odd: bool) -> bytes:
    """A small image or one that fills some kilobytes; an ``odd`` one may be of any format, and bent."""
    if odd:
        return bent(chance, chance.choice(ODD_IMAGES)) + chance.randbytes(4)
    if chance.random() < 0.5:
        return png(8, f"#{chance.getrandbits(24):06x}")
    return saved(Image.frombytes("RGB", (64, 64), chance.randbytes(64 * 64 * 3)), "PNG")


def _written(chance: random.Random, image: bytes) -> str:
    text = base64.b64encode(image).decode()
    return chance.choice(
        (
            text,
            text,
            "\n".join(textwrap.wrap(text, 76)),
            f" {text}\r\n",
            text.rstrip("="),
            text.replace("+", "-").replace("/", "_"),
            f"data:image/png;base64,{text}",
            f"DATA:image/png;\nBASE64,{text}",
            f"data:image/png;name=a,b.png;base64,{text}",
            f"![image](data:image/png;base64,{text})",
            f"b'{text}'",
            f"\ufeff{text}",
            "\\n".join(textwrap.wrap(text, 76)),
        )
    )


def _document(chance: random.Random, texts: tuple[str, ...], breaking: str) -> bytes:
    name = chance.choice(("b64_json", "b64_json", "url"))
    is_plain = name == "b64_json"
    found = [{name: one if is_plain or one[:5].lower() == "data:" else f"data:;base64,{one}"} for one in texts]
    data: Any = found[0] if len(found) == 1 and chance.random() < 0.2 else found
    told: Any = {"created": 1, "data": data, "usage": USAGE, "size": "8x8", "output_format": "png"}
    return chance.choice(FIRST) + _json(chance, _broken(chance, told, breaking))


def _stream(chance: random.Random, texts: tuple[str, ...], breaking: str) -> bytes:
    end = chance.choice((b"\n", b"\r\n", b"\r"))
    events = [chance.choice(BETWEEN) for _ in range(chance.randint(0, 2))]
    for _ in range(chance.randint(0, 2)):
        shown = chance.choice((b64(), "", "broken", None))
        stage = {"b64_json": shown, "partial_image_index": chance.choice(STAGES)}
        events.append(_event(chance, "image_generation.partial_image", stage))
    for text in texts:
        told = _broken(chance, {"b64_json": text, "usage": USAGE}, breaking)
        events.append(_event(chance, "image_generation.completed", told))
    if breaking == "error":  # behind the first image, which counts all the same
        failed = {"error": {"message": "no", "type": "server_error"}}
        events.insert(len(events) - chance.randrange(len(texts)), _event(chance, "error", failed))
    events.append(chance.choice((b"", b"data: [DONE]\n\n", b": end\n\n")))
    return chance.choice((b"", b"\xef\xbb\xbf")) + b"".join(events).replace(b"\n", end)


def _event(chance: random.Random, name: str, told: Any) -> bytes:
    in_data, in_event = chance.choice(((True, True), (True, False), (False, True)))
    written = _json(chance, {"type": name, **told} if in_data and isinstance(told, dict) else told)
    space = chance.choice((b" ", b""))
    lines = [b"event:" + space + name.encode()] if in_event else []
    first, *rest = written.split(b"\n")
    named = b"data:" + space if chance.random() < 0.8 else b""  # not before each line of JSON, as some write it
    lines += [b"data:" + space + first, *(named + line for line in rest)]
    return b"\n".join(lines) + b"\n\n"


def _broken(chance: random.Random, told: Any, breaking: str) -> Any:
    for _ in range(chance.randint(1, 3) if breaking == "JSON" else 0):
        told = changed(chance, told)
    if breaking == "error" and isinstance(told, dict) and "data" in told:
        return {**told, "error": chance.choice(({"message": "no", "type": "server_error"}, "no", {"code": 504}, [1]))}
    return told


def _json(chance: random.Random, told: Any) -> bytes:
    try:
        text = json.dumps(told, indent=chance.choice((None, None, 1)), ensure_ascii=chance.random() < 0.7)
    except ValueError:  # a number of more digits than Python writes
        text = json.dumps(str(type(told)))
    return text.encode("utf-8", "surrogatepass")


def _sent(chance: random.Random, body: bytes) -> tuple[bytes, bool]:
    """The answer as it is sent, and whether it can be unpacked."""
    status, kind = chance.choice((200, 200, 200, 201, 202, 206)), chance.choice(TYPES)
    named = {"x_request_id": chance.choice(("req_raw", "r" * 500, "é", KEY))}
    way = chance.choice(("plain", "plain", "chunked", "open", "short", *PACKINGS))
    if way == "chunked":
        chunks = b"".join(b"%x;x=y\r\n%b\r\n" % (len(one), one) for one in pieces(chance, body))
        return head(status, kind, transfer_encoding="chunked", **named) + chunks + b"0\r\n\r\n", True
    if way in PACKINGS:
        packed = PACKINGS[way](body)
        return head(status, kind, len(packed), content_encoding=way, **named) + packed, way != "x-none"
    length = {"plain": len(body), "open": None, "short": len(body) + 9}[way]  # short: it announces more than comes
    return head(status, kind, length, **named) + body, True
