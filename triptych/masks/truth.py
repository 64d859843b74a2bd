"""What the model did outside the mask: how much, where, and the original's pixels put back."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

from triptych.errors import BadFile
from triptych.inputs import decoded
from triptych.masks.pictures import picture, written
from triptych.masks.png import png
from triptych.masks.reshape import shrink

FULL = 255
NOISE = 8  # of 255; less is what JPEG and resampling do to pixels nobody meant to change
FAINTEST = 90  # alpha of the least change that is shown


@dataclass(frozen=True)
class Outside:
    """How an answer differs from its original where the mask said keep (paint 0): shares 0 to 1, shades 0 to 255.

    A pixel differs by its channel that differs most, and counts as changed when that is more than 8 of 255.
    ``heat`` is an RGBA PNG of the original's size to lay over it: clear where nothing changed or the mask allowed it,
    red to yellow by how much. ``resampled`` says that the answer had another size and was brought to the original's,
    which itself changes pixels along edges.
    """

    pixels: int
    share_changed: float
    mean: float
    worst: int
    heat: bytes
    resampled: bool


def truth(original: bytes, answer: bytes, paint: Image.Image) -> Outside:
    """Measure ``answer`` against ``original`` outside ``paint``, which has the original's size; BadFile otherwise."""
    before, after, resampled = _pair(original, answer, paint)
    change = np.asarray(_difference(before, after))
    outside = np.asarray(paint) == 0
    shades = np.bincount(change[outside], minlength=FULL + 1)
    pixels = int(shades.sum())
    levels = np.arange(FULL + 1)
    return Outside(
        pixels=pixels,
        share_changed=float(shades[NOISE + 1 :].sum() / max(1, pixels)),
        mean=float((shades * levels).sum() / max(1, pixels)),
        worst=int(levels[shades > 0].max(initial=0)),
        heat=_heat(np.where(outside, change, np.uint8(0))),
        resampled=resampled,
    )


def keep_outside(original: bytes, answer: bytes, paint: Image.Image, seam: int = 8) -> bytes:
    """The answer inside ``paint``, the original's own pixels outside, as a PNG of the original's size.

    Every pixel where paint is 0 is the original's to the bit; within ``seam`` pixels inside the painted side the one
    passes into the other. An answer of another size is resampled first. Raises BadFile for a paint of another size.
    """
    before, after, _ = _pair(original, answer, paint)
    weight = paint
    if seam > 0:
        ramp = shrink(paint, (seam + 1) // 2).filter(ImageFilter.BoxBlur(seam / 2))
        weight = ImageChops.darker(paint, ramp)
    whole = _blended(before, after, weight) if before.mode == "RGBA" else Image.composite(after, before, weight)
    return written(whole, decoded(original).info.get("icc_profile"))


def _pair(original: bytes, answer: bytes, paint: Image.Image) -> tuple[Image.Image, Image.Image, bool]:
    """Both pictures in one mode and at the original's size, and whether the answer had another."""
    before, after = picture(original), picture(answer)
    if paint.size != before.size:
        raise BadFile("This mask belongs to an image of another size: choose the one it was painted on.")
    if before.mode != after.mode:
        before, after = before.convert("RGBA"), after.convert("RGBA")
    resampled = after.size != before.size
    return before, after.resize(before.size, Image.Resampling.LANCZOS) if resampled else after, resampled


def _difference(before: Image.Image, after: Image.Image) -> Image.Image:
    """Per pixel that of the channel that differs most; colours of clear pixels, which nobody sees, do not count."""
    if before.mode == "RGBA":
        before, after = _on_black(before), _on_black(after)
    first, *others = ImageChops.difference(before, after).split()
    for other in others:
        first = ImageChops.lighter(first, other)
    return first


def _on_black(clear: Image.Image) -> Image.Image:
    alpha = clear.getchannel("A")
    black = Image.new("L", clear.size)
    return Image.merge("RGBA", (*(Image.composite(band, black, alpha) for band in clear.split()[:3]), alpha))


def _heat(change: NDArray[np.uint8]) -> bytes:
    levels = np.arange(FULL + 1)
    colours = np.zeros((FULL + 1, 4), np.uint8)
    colours[:, 0] = FULL
    colours[:, 1] = np.clip(levels * 2, 0, FULL)
    colours[:, 3] = np.clip(FAINTEST + levels * 2, 0, FULL)
    colours[: NOISE + 1] = 0
    size = (change.shape[1], change.shape[0])
    return png(size, lambda top, bottom: colours[change[top:bottom]]) or b""


def _blended(before: Image.Image, after: Image.Image, weight: Image.Image) -> Image.Image:
    """Mixed as light is: a clear pixel's colour does not bleed into the seam."""
    first, second, shades = np.asarray(before), np.asarray(after), np.asarray(weight)
    mixed = np.where((shades == FULL)[..., None], second, first)
    seam = (shades > 0) & (shades < FULL)
    share = shades[seam][:, None] / FULL
    one, other = (pixels[seam].astype(np.float64) for pixels in (first, second))
    alpha = one[:, 3:] * (1 - share) + other[:, 3:] * share
    light = one[:, :3] * one[:, 3:] * (1 - share) + other[:, :3] * other[:, 3:] * share
    mixed[seam] = np.rint(np.concatenate((light / np.maximum(alpha, 1e-9), alpha), axis=1)).clip(0, FULL)
    return Image.fromarray(mixed)
