"""Edits: paints into the open part of a mask, or redraws a whole picture in the prompt's manner."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps

from triptych.engine.artist import Order, beside, painted, scene
from triptych.engine.colours import mix
from triptych.engine.mood import INKS, PAPERS, TIMES
from triptych.engine.treatment import treat
from triptych.engine.words import Brief, read

Look = Callable[[Image.Image], Image.Image]

SMALLEST = 48  # pixels: a hole narrower than this still gets a whole composition, scaled down
REMOVAL = re.compile(r"\s*(?:please )?(?:remove|erase|delete|take away|take out|get rid of)\b", re.IGNORECASE)
DRIFT = 1.6  # levels by which pixels outside a mask wander, as they do with the API


def edited(
    order: Order, inputs: Sequence[Image.Image], hole: Image.Image | None, faithful: bool = False
) -> Image.Image:
    """The first input, edited by the prompt, at the order's size.

    `hole` is L, 255 where to paint; None redraws everything. `faithful` keeps more of the input. Further inputs are
    shown as prints, so that one sees they arrived.
    """
    base = fitted(inputs[0], order)
    if hole is not None:
        return _filled(order, base, ImageOps.fit(hole, base.size, Image.Resampling.BILINEAR), faithful)
    redrawn = pinned(_redrawn(order, base, faithful), inputs[1:])
    return _cut_out(redrawn) if order.transparent else redrawn


def fitted(picture: Image.Image, order: Order) -> Image.Image:
    """The input upright and cropped to the order's size, on white where it was transparent."""
    upright = ImageOps.exif_transpose(picture).convert("RGBA")
    white = Image.new("RGBA", upright.size, "white")
    return ImageOps.fit(
        Image.alpha_composite(white, upright).convert("RGB"), (order.width, order.height), Image.Resampling.BICUBIC
    )


def unfinished(finished: Image.Image, start: Image.Image, order: Order, step: int, steps: int) -> Image.Image:
    """An earlier stage of an edit: the input giving way to the result, which is still soft."""
    share = (step + 1) / (steps + 1)
    soft = finished.convert("RGB").filter(ImageFilter.GaussianBlur(min(finished.size) * 0.03 * (1 - share)))
    return Image.blend(fitted(start, order), soft, share)


def _filled(order: Order, base: Image.Image, hole: Image.Image, faithful: bool) -> Image.Image:
    box = hole.getbbox()
    around = base if faithful and box else _drifted(base, order.seed)
    if box is None:
        return around
    width, height = box[2] - box[0], box[3] - box[1]
    zoom = max(SMALLEST / min(width, height), 1.0)
    part = replace(order, width=max(round(width * zoom), 1), height=max(round(height * zoom), 1))
    inside = around.copy()
    inside.paste(_inside(part, _healed(base, hole).crop(box)).resize((width, height), Image.Resampling.LANCZOS), box)
    edge = hole.filter(ImageFilter.GaussianBlur(max(min(base.size) / 500, 1)))
    return Image.composite(inside, around, edge)


def _inside(order: Order, ground: Image.Image) -> Image.Image:
    """The prompt's own scene, or only its things on the healed ground where the prompt names no place.

    Where something is to go, that is the ground alone.
    """
    if REMOVAL.match(order.prompt):
        return ground
    brief = read(order.prompt)
    if brief.settings or brief.sky or brief.ground or not (brief.things or brief.letters):
        return painted(scene(order))
    things = painted(beside(order, near=True), transparent=True)
    whole = ground.resize(things.size, Image.Resampling.BICUBIC).convert("RGBA")
    whole.alpha_composite(things)
    return whole.convert("RGB")


def _healed(base: Image.Image, hole: Image.Image) -> Image.Image:
    """The hole filled with what is around it, from coarse to fine."""
    keep = np.asarray(hole.point(lambda v: 0 if v > 8 else 255), dtype=np.float32)[..., None] / 255
    pixels = np.asarray(base, dtype=np.float32) * keep
    # One step from the full size to 128², so that the levels below cost next to nothing.
    planes = [
        Image.fromarray(np.ascontiguousarray(p)).resize((128, 128), Image.Resampling.BOX)
        for p in np.moveaxis(np.dstack([pixels, keep]), 2, 0)
    ]
    result = [Image.new("F", (1, 1), value) for value in np.asarray(base, dtype=np.float32).mean(axis=(0, 1)).tolist()]
    for edge in (2, 4, 8, 16, 32, 64):
        size = (edge, edge)
        *colours, share = (np.asarray(p.resize(size, Image.Resampling.BOX)) for p in planes)
        weight = np.clip(share * 4, 0, 1)
        result = [
            Image.fromarray(
                np.asarray(r.resize(size, Image.Resampling.BICUBIC)) * (1 - weight)
                + c / np.maximum(share, 1e-3) * weight
            )
            for r, c in zip(result, colours, strict=True)
        ]
    filled = np.dstack([np.asarray(r.resize(base.size, Image.Resampling.BICUBIC)) for r in result])
    return Image.fromarray(np.clip(filled, 0, 255).astype(np.uint8))


def _drifted(base: Image.Image, seed: int) -> Image.Image:
    chance = np.random.default_rng(seed)
    pixels = np.asarray(base).astype(np.int16)
    noise = np.clip(np.rint(chance.normal(0, DRIFT, pixels.shape)), -4, 4).astype(np.int16)
    return Image.fromarray(np.clip(pixels + noise, 0, 255).astype(np.uint8))


def _redrawn(order: Order, base: Image.Image, faithful: bool) -> Image.Image:
    brief = read(order.prompt)
    toned = _lit(base, brief)
    styled = LOOKS[brief.style](toned) if brief.style in LOOKS else toned
    done = treat(styled, brief.style, order.seed, 3)
    done = Image.blend(done, base, 0.4) if faithful else done
    if brief.things or brief.letters:
        over = done.convert("RGBA")
        over.alpha_composite(painted(beside(order, near=False), transparent=True))
        return over.convert("RGB")
    return done


def _lit(base: Image.Image, brief: Brief) -> Image.Image:
    """The picture in the light of another time of day, or leaning towards the prompt's colours."""
    colours = (*brief.colours, *(colour for _, colour in brief.tints))
    if brief.time == "day" and not colours:
        return base
    mood = TIMES[brief.time]
    high, low = (mood.high, mood.low) if brief.time != "day" else (colours[0], colours[-1])
    ramp = Image.linear_gradient("L").resize(base.size)
    wash = Image.composite(Image.new("RGB", base.size, low), Image.new("RGB", base.size, high), ramp)
    dark = ImageChops.multiply(base, Image.blend(wash, Image.new("RGB", base.size, "white"), 0.25))
    return Image.blend(Image.blend(base, wash, 0.25), dark, 0.7 if brief.time in {"night", "dusk"} else 0.35)


def _drawn(style: str) -> Look:
    def look(picture: Image.Image) -> Image.Image:
        grey = picture.convert("L").filter(ImageFilter.GaussianBlur(min(picture.size) / 500))
        edges = ImageChops.difference(grey, grey.filter(ImageFilter.GaussianBlur(min(picture.size) / 180)))
        tone = grey.point(lambda v: max(120 - v, 0) // 3)
        ink = ImageChops.add(edges.point(lambda v: min(v * 9, 255)), tone)
        return Image.composite(
            Image.new("RGB", picture.size, INKS[style]), Image.new("RGB", picture.size, PAPERS[style]), ink
        )

    return look


def _simpler(picture: Image.Image) -> Image.Image:
    """Without small detail; at half size, where it costs a tenth."""
    return picture.reduce(2).filter(ImageFilter.MedianFilter(5)).resize(picture.size, Image.Resampling.BICUBIC)


def _woodcut(picture: Image.Image) -> Image.Image:
    flat = ImageOps.posterize(_simpler(picture), 2).convert("L")
    return ImageOps.colorize(flat, INKS["woodcut"], PAPERS["woodcut"], mid=mix(INKS["woodcut"], (198, 85, 59), 0.9))


LOOKS: dict[str, Look] = {
    "noir": lambda p: ImageEnhance.Contrast(ImageOps.grayscale(p)).enhance(1.4).convert("RGB"),
    "vintage": lambda p: ImageOps.colorize(ImageOps.grayscale(p), (38, 24, 14), (246, 226, 186), mid=(150, 112, 72)),
    "pastel": lambda p: Image.blend(p, Image.new("RGB", p.size, (255, 250, 246)), 0.42),
    "neon": lambda p: ImageEnhance.Color(ImageOps.posterize(p, 4)).enhance(2.2),
    "oil": lambda p: ImageEnhance.Color(_simpler(p)).enhance(1.25),
    "flat": lambda p: _simpler(p).quantize(10, dither=Image.Dither.NONE).convert("RGB"),
    "gouache": lambda p: ImageEnhance.Color(_simpler(p)).enhance(1.15),
    "watercolour": lambda p: Image.blend(_simpler(p), Image.new("RGB", p.size, (252, 249, 242)), 0.2),
    "woodcut": _woodcut,
    "line": _drawn("line"),
    "blueprint": _drawn("blueprint"),
}


def pinned(picture: Image.Image, extras: Sequence[Image.Image]) -> Image.Image:
    """The picture with further inputs shown on it as prints, so that one sees they arrived."""
    for number, extra in enumerate(extras):
        _pin(picture, extra, number, len(extras))
    return picture


def _pin(picture: Image.Image, extra: Image.Image, number: int, count: int) -> None:
    """A further input as a small print with a white rim at the lower edge."""
    side = min(round(min(picture.size) * 0.2), picture.width // (count + 1))
    rim = max(side // 16, 2)
    sheet = Image.new("RGB", (side, side), "white")
    sheet.paste(
        ImageOps.fit(ImageOps.exif_transpose(extra).convert("RGB"), (side - 2 * rim, side - 2 * rim)), (rim, rim)
    )
    step = picture.width // (count + 1)
    picture.paste(sheet, (step * (number + 1) - side // 2, picture.height - side - rim * 2))


def _cut_out(picture: Image.Image) -> Image.Image:
    """Alpha by how far a pixel's colour is from that of the picture's border."""
    pixels = np.asarray(picture, dtype=np.float32)
    border = np.concatenate(
        [
            pixels[:4].reshape(-1, 3),
            pixels[-4:].reshape(-1, 3),
            pixels[:, :4].reshape(-1, 3),
            pixels[:, -4:].reshape(-1, 3),
        ]
    )
    away = np.linalg.norm(pixels - np.median(border, axis=0), axis=2)
    alpha = Image.fromarray(np.clip((away - 24) * 6, 0, 255).astype(np.uint8), "L")
    result = picture.convert("RGBA")
    result.putalpha(alpha.filter(ImageFilter.MedianFilter(5)))
    return result


def varied(order: Order, picture: Image.Image) -> Image.Image:
    """A variation: the same picture turned, cropped and tinted by chance, softly repainted."""
    chance = np.random.default_rng(order.seed)
    base = fitted(picture, order)
    base = ImageOps.mirror(base) if order.index % 2 == 0 else base
    inset = chance.uniform(0, 0.08, 4) * min(base.size)
    base = base.resize(
        base.size, Image.Resampling.BICUBIC, box=(inset[0], inset[1], base.width - inset[2], base.height - inset[3])
    )
    hue, saturation, value = base.convert("HSV").split()
    turn = int(chance.integers(-14, 15))
    tinted = Image.merge("HSV", (hue.point(lambda v: (v + turn) % 256), saturation, value)).convert("RGB")
    return treat(LOOKS["gouache"](tinted), "gouache", order.seed, 3)
