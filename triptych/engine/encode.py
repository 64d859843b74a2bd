"""Pictures to bytes in the formats of the Images API."""

import io
import math
from collections.abc import Sequence

from PIL import Image

LONGEST_DELAY = 655_350  # milliseconds: a GIF counts hundredths of a second in 16 bits
SWAY = 0.012  # share of the picture by which an animation's camera moves


def encode(picture: Image.Image, output_format: str, compression: int = 100) -> bytes:
    """`compression` is the API's 0–100, which png ignores; jpeg has no alpha, so it takes RGB."""
    out = io.BytesIO()
    if output_format == "jpeg":
        picture.convert("RGB").save(out, "jpeg", quality=max(compression, 1))
    elif output_format == "webp":
        picture.save(out, "webp", quality=compression, method=2)
    else:
        # Level 3 is three times as fast as the default 6 and a few per cent larger.
        picture.save(out, "png", compress_level=3)
    return out.getvalue()


def animated(frames: Sequence[Image.Image], delay: int) -> bytes:
    """A looping GIF, every frame shown for `delay` milliseconds, rounded to 10 and capped."""
    first = frames[0].convert("RGB").quantize(128)
    rest = [frame.convert("RGB").quantize(palette=first, dither=Image.Dither.NONE) for frame in frames[1:]]
    shown = min(max(round(delay / 10) * 10, 10), LONGEST_DELAY)
    out = io.BytesIO()
    first.save(out, "gif", save_all=True, append_images=rest, duration=shown, loop=0, optimize=False)
    return out.getvalue()


def swayed(picture: Image.Image, phase: float) -> Image.Image:
    """The picture from a camera that moves in a small circle, so that no two frames of a loop are alike."""
    width, height = picture.size
    across, down = width * SWAY, height * SWAY
    left, top = across * (1 + math.cos(2 * math.pi * phase)), down * (1 + math.sin(2 * math.pi * phase))
    box = (left, top, left + width - 2 * across, top + height - 2 * down)
    return picture.resize(picture.size, Image.Resampling.BICUBIC, box=box)
