"""Carries out one accepted request: resolves what is auto, paints, encodes, signs, and counts the tokens."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from PIL import Image

from triptych.catalog import model
from triptych.engine import encode, retouch, uploads, vector
from triptych.engine.artist import Order, paint, scene, stage
from triptych.engine.faults import unmarked
from triptych.engine.manifest import signed
from triptych.inputs import format_of
from triptych.model import TileTokens, shape
from triptych.parameters import FRAME_COUNT, FRAME_DURATION_MS, PARTIAL_TOKENS, pixels
from triptych.pricing import TEXT_OVERHEAD, text_tokens
from triptych.results import Usage
from triptych.wire.asks import Ask

WIDE = ("wide", "panorama", "panoramic", "landscape", "banner", "cinematic", "horizontal")
TALL = ("portrait", "poster", "tall", "phone", "vertical", "book cover", "bottle", "lighthouse")
CLEAR = ("transparent background", "sticker", "cut-out", "cutout", "no background")
TILES = TileTokens()


@dataclass(frozen=True)
class Job:
    """An ask with everything settled; `order` is its first picture. What `repaints` knows its input's whole scene."""

    ask: Ask
    order: Order
    output_format: str
    compression: int
    n: int
    partials: int
    repaints: bool = False

    @property
    def composed(self) -> bool:
        """Whether it is painted from its prompt alone, and not over its input."""
        return self.repaints or self.ask.kind == "generation"

    @property
    def got(self) -> dict[str, str]:
        """What the answer says was drawn."""
        return {
            "background": "transparent" if self.order.transparent else "opaque",
            "output_format": self.output_format,
            "quality": self.order.quality,
            "size": f"{self.order.width}x{self.order.height}",
        }


def settled(ask: Ask) -> Job:
    """The job of an ask that broke no rule. `auto` follows the prompt's words, and an edit its input's shape."""
    prompt = unmarked(ask.get("prompt", ""))
    entry = ask.get("model", "")
    form = ask.get("output_format", "png")
    width, height = _edges(ask, prompt.lower())
    clear = ask.get("background", "auto")
    if clear == "auto" and form in {"png", "webp"} and any(word in prompt.lower() for word in CLEAR):
        clear = "transparent"
    digest = "".join(
        hashlib.sha256(upload.data).hexdigest() for upload in (*ask.images, ask.mask, ask.markup) if upload
    )
    order = Order(prompt, width, height, entry, 0, _quality(ask), ask.get("complexity"), clear == "transparent", digest)
    return Job(ask, order, form, ask.get("output_compression", 100), ask.get("n", 1), ask.get("partial_images", 0))


def _quality(ask: Ask) -> str:
    asked = ask.get("quality", "auto")
    options = model(ask.get("model", "")).options.get("quality", ("medium",))
    return asked if asked in options else "medium"


def _edges(ask: Ask, prompt: str) -> tuple[int, int]:
    asked = pixels(ask.get("size", "auto"))
    if asked:
        return asked
    if ask.kind == "variation":
        return 1024, 1024
    landscape = any(word in prompt for word in WIDE) - any(word in prompt for word in TALL)
    if ask.images and (first := uploads.opened(ask.images[0])):
        landscape = (first.width > first.height * 1.15) - (first.height > first.width * 1.15)
    return ((1024, 1024), (1536, 1024), (1024, 1536))[landscape]


def pictures(job: Job) -> Iterator[bytes]:
    """The n finished files, each painted when it is asked for."""
    for index in range(job.n):
        each = replace(job, order=replace(job.order, index=index))
        yield _signed(each, _file(each))


def stages(job: Job) -> Iterator[bytes]:
    """The unfinished stages that were asked for, not signed since they are no finished work, then the one picture."""
    if job.composed:
        for step in range(job.partials):
            yield encode.encode(stage(job.order, step, job.partials), job.output_format, job.compression)
        yield _signed(job, _file(job))
        return
    finished, start = _picture(job), uploads.inputs(job.ask)[0]
    for step in range(job.partials):
        rough = retouch.unfinished(finished, start, job.order, step, job.partials)
        yield encode.encode(rough, job.output_format, job.compression)
    yield _signed(job, encode.encode(finished, job.output_format, job.compression))


def _signed(job: Job, data: bytes) -> bytes:
    return signed(data, format_of(job.output_format).media_type, edited=job.ask.kind != "generation")


def _file(job: Job) -> bytes:
    if job.output_format == "gif":
        return _animation(job)
    if job.output_format == "svg":
        title = job.order.prompt or "Variation"
        if job.composed:
            return vector.drawing(scene(job.order), title, job.order.transparent)
        return vector.traced(_picture(job), title)
    return encode.encode(_picture(job), job.output_format, job.compression)


def _picture(job: Job) -> Image.Image:
    if job.repaints:
        return retouch.pinned(paint(job.order), uploads.inputs(job.ask)[1:])
    if job.composed:
        return paint(job.order)
    inputs = uploads.inputs(job.ask)
    if job.ask.kind == "variation":
        return retouch.varied(job.order, inputs[0])
    faithful = job.ask.get("input_fidelity") == "high"
    return retouch.edited(job.order, inputs, uploads.hole(job.ask), faithful)


def _animation(job: Job) -> bytes:
    count, delay = (
        job.ask.get("frame_count", FRAME_COUNT.default),
        job.ask.get("frame_duration_ms", FRAME_DURATION_MS.default),
    )
    phases = [frame / count for frame in range(count)]
    if job.composed:
        frames = [encode.swayed(paint(job.order, phase), phase) for phase in phases]
    else:
        still = _picture(job)
        frames = [encode.swayed(still, phase) for phase in phases]
    return encode.animated(frames, delay)


def usage(job: Job) -> Usage:
    """Tokens by the catalog's rule; where that gives a range, a place in it that the prompt decides."""
    text = text_tokens(job.ask.get("prompt", "")) + TEXT_OVERHEAD
    seen = sum(_seen(picture, job) for picture in uploads.inputs(job.ask))
    out = (_drawn(job) + PARTIAL_TOKENS * job.partials) * job.n
    return Usage(
        input_tokens=text + seen,
        input_text_tokens=text,
        input_image_tokens=seen,
        output_tokens=out,
        output_image_tokens=out,
        output_text_tokens=0,
    )


def _drawn(job: Job) -> int:
    """Output tokens of one picture; every frame of an animation counts as one (no rule is published for gif)."""
    rule, order = model(job.order.model).tokens, job.order
    tokens = rule.image_tokens(order.width, order.height, order.quality) if rule else None
    frames = job.ask.get("frame_count", FRAME_COUNT.default) if job.output_format == "gif" else 1
    if tokens is None:
        return 0
    return (tokens.low + order.seed % (tokens.high - tokens.low + 1)) * frames


def _seen(picture: Image.Image, job: Job) -> int:
    """Input tokens of a picture by the model's rule; where there is none, in tiles as up to gpt-image-1.5."""
    rule = model(job.order.model).input_tokens
    tokens = rule.image_tokens(*picture.size, job.ask.get("input_fidelity")) if rule else None
    return tokens.low if tokens and tokens.is_exact else TILES.image_tokens(*picture.size).low


def svg_usage(job: Job, data: bytes) -> dict[str, Any] | None:
    """What the author of an SVG used, where one was chosen: about four characters a token, no reasoning."""
    author = job.ask.get("svg")
    if job.output_format != "svg" or not author:
        return None
    read, written = text_tokens(job.order.prompt), len(data) // 4
    return {
        "model": author["model"],
        "input_tokens": read,
        "output_tokens": written,
        "reasoning_tokens": 0,
        "total_tokens": read + written,
    }


def seconds(job: Job) -> float:
    """How long the drawing takes at pace 1: short enough to play with, long enough to watch."""
    base = {"low": 1.5, "medium": 3.0, "high": 6.0, "xhigh": 9.0, "max": 12.0}.get(job.order.quality, 3.0)
    return base * (1.0 if shape(job.order.width, job.order.height) == 0 else 1.15)
