"""The demo engine paints a quarter of each edge and enlarges it: to paint every pixel was half of what tests cost.

The size, the format and the way over the wire stay what they are, and so do the pixels outside a mask. Every pixel is
painted in the tests with the marker ``painted``, the engine's own that look at it, and in every process that a test
starts.

A PNG is packed soon rather than small: to pack it well was half of what was left.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import IO

import pytest
from PIL import Image, ImageChops, PngImagePlugin

from triptych.engine import encode, job, retouch
from triptych.engine.artist import Order, painted, scene

SCALE = 0.25  # canvas pixels per pixel of the image
GREY = 128  # a level from which one wanders both ways


def sketch(order: Order, phase: float = 0.0) -> Image.Image:
    """What `artist.paint` gives, coarsely."""
    return _enlarged(painted(scene(order, phase), order.transparent, SCALE), order)


def stage(order: Order, step: int, steps: int) -> Image.Image:
    """What `artist.stage` gives: the sketch, paler the earlier it is."""
    ground = Image.new("L", (order.width, order.height), 255)
    done = sketch(order)
    pale = Image.blend(ground.convert(done.mode), done, (step + 1) / (steps + 1))
    if done.mode == "RGBA":
        pale.putalpha(done.getchannel("A"))
    return pale


def _small(order: Order) -> Order:
    return replace(order, width=round(order.width * SCALE), height=round(order.height * SCALE))


def _enlarged(small: Image.Image, order: Order) -> Image.Image:
    return small.resize((order.width, order.height), Image.Resampling.NEAREST)


def redrawn(
    order: Order, inputs: Sequence[Image.Image], hole: Image.Image | None, faithful: bool = False
) -> Image.Image:
    """What `retouch.edited` gives, coarsely where there is no mask."""
    if hole is not None:
        return edited(order, inputs, hole, faithful)
    return _enlarged(edited(_small(order), inputs, None, faithful), order)


def varied(order: Order, picture: Image.Image) -> Image.Image:
    """What `retouch.varied` gives, coarsely."""
    return _enlarged(variation(_small(order), picture), order)


def inside(order: Order, ground: Image.Image) -> Image.Image:
    """What is painted into the hole of a mask, coarsely; which pixels are is as it was."""
    least = retouch.SMALLEST
    few = replace(order, width=max(round(order.width * SCALE), least), height=max(round(order.height * SCALE), least))
    return _enlarged(within(few, ground.resize((few.width, few.height))), order)


def healed(base: Image.Image, hole: Image.Image) -> Image.Image:
    """What `retouch._healed` fills the hole with, coarsely."""
    few = (max(round(base.width * SCALE), 1), max(round(base.height * SCALE), 1))
    return whole(base.resize(few), hole.resize(few)).resize(base.size, Image.Resampling.NEAREST)


def drifted(base: Image.Image, seed: int) -> Image.Image:
    """What `retouch._drifted` does to the pixels outside a mask, to four by four of them alike."""
    grey = Image.new("RGB", (math.ceil(base.width * SCALE), math.ceil(base.height * SCALE)), (GREY, GREY, GREY))
    return ImageChops.add(base, drift(grey, seed).resize(base.size, Image.Resampling.NEAREST), offset=-GREY)


def unfinished(finished: Image.Image, start: Image.Image, order: Order, step: int, steps: int) -> Image.Image:
    """What `retouch.unfinished` gives, coarsely."""
    few = _small(order)
    return _enlarged(half_done(finished.resize((few.width, few.height)), start, few, step, steps), order)


edited, variation, within, half_done = retouch.edited, retouch.varied, retouch._inside, retouch.unfinished
whole, drift = retouch._healed, retouch._drifted


@lru_cache(maxsize=64)
def drawn(order: Order, form: str, compression: int) -> bytes:
    """The file of an order, which many tests give."""
    return encode.encode(sketch(order), form, compression)


def file(asked: job.Job) -> bytes:
    """What `job._file` gives, coarsely."""
    if asked.repaints or not asked.composed or asked.output_format in {"gif", "svg"}:
        return finished(asked)
    return drawn(asked.order, asked.output_format, asked.compression)


finished = job._file


@pytest.fixture(autouse=True)
def sketches(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have it do so, unless the test is about what is painted."""
    is_painted = request.node.get_closest_marker("painted") or request.node.get_closest_marker("bench")
    if is_painted:
        return
    monkeypatch.setattr(job, "paint", sketch)
    monkeypatch.setattr(job, "stage", stage)
    monkeypatch.setattr(job, "_file", file)
    monkeypatch.setattr(retouch, "edited", redrawn)
    monkeypatch.setattr(retouch, "varied", varied)
    monkeypatch.setattr(retouch, "_inside", inside)
    monkeypatch.setattr(retouch, "_healed", healed)
    monkeypatch.setattr(retouch, "_drifted", drifted)
    monkeypatch.setattr(retouch, "unfinished", unfinished)


def packed(image: Image.Image, out: IO[bytes], name: str | bytes) -> None:
    """Write a PNG at the least level of compression, unless it is to be as small as can be."""
    if not image.encoderinfo.get("optimize"):
        image.encoderinfo["compress_level"] = 1
    PngImagePlugin._save(image, out, name)


def pack(*, soon: bool) -> None:
    """From now on in this process, and in what it has collected: two that are alike are packed alike."""
    Image.SAVE["PNG"] = packed if soon else PngImagePlugin._save
