"""Puts marks on a Pillow canvas, with smooth edges and soft light, and a coverage beside it where alpha is wanted."""

from functools import lru_cache

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from triptych.engine.colours import RGB
from triptych.engine.marks import Mark

Box = tuple[int, int, int, int]

OVERSAMPLING = 3


@lru_cache(maxsize=4)
def _ramp(across: bool) -> Image.Image:
    """Black to white: down, or from the upper left to the lower right."""
    down = np.linspace(0, 1, 64)[:, None]
    right = np.linspace(0, 1, 64)[None, :]
    ramp = 0.55 * right + 0.45 * down if across else np.repeat(down, 64, axis=1)
    return Image.fromarray((255 * ramp).astype(np.uint8), "L")


class Canvas:
    """A picture being painted. With `cut_out`, colours stay premultiplied beside their coverage until `finished`."""

    def __init__(self, width: int, height: int, paper: RGB, cut_out: bool = False) -> None:
        self.picture = Image.new("RGB", (width, height), (0, 0, 0) if cut_out else paper)
        self.coverage = Image.new("L", (width, height), 0) if cut_out else None

    def put(self, mark: Mark, scale: float = 1.0) -> None:
        """Paint one mark; `scale` is canvas pixels per picture pixel."""
        box = self._clip(mark, scale)
        if box is None:
            return
        mask = _mask(mark, box, scale)
        self.picture.paste(mark.colour, box, mask)
        if mark.fade is not None and mark.fade != mark.colour:
            self.picture.paste(mark.fade, box, _ramped(mask, mark, box, scale))
        if self.coverage is not None:
            self.coverage.paste(255, box, mask)

    def _clip(self, mark: Mark, scale: float) -> Box | None:
        left, top, right, bottom = (edge * scale for edge in mark.box())
        width, height = self.picture.size
        box = (max(int(left), 0), max(int(top), 0), min(int(right) + 1, width), min(int(bottom) + 1, height))
        return box if box[0] < box[2] and box[1] < box[3] else None

    def finished(self) -> Image.Image:
        """RGB, or RGBA with straight alpha for a cut-out."""
        if self.coverage is None:
            return self.picture
        # Colours reach a little beyond their edge, so that a brush that moves pixels finds no black there.
        reach = ImageFilter.GaussianBlur(max(min(self.picture.size) / 250, 1))
        colour = _straight(self.picture, self.coverage)
        beyond = _straight(self.picture.filter(reach), self.coverage.filter(reach))
        result = Image.composite(colour, beyond, self.coverage.point(lambda v: 255 if v else 0))
        result.putalpha(self.coverage)
        return result


def _straight(premultiplied: Image.Image, coverage: Image.Image) -> Image.Image:
    share = np.maximum(np.asarray(coverage, dtype=np.float32), 1.0)[..., None] / 255
    return Image.fromarray(np.minimum(np.asarray(premultiplied) / share, 255).astype(np.uint8))


def _mask(mark: Mark, box: Box, scale: float) -> Image.Image:
    """How much of each pixel of `box` the mark covers, 0 to 255."""
    width, height = box[2] - box[0], box[3] - box[1]
    # A blurred edge hides its steps and a huge plain area hardly has any: both are drawn without oversampling.
    over = 1 if mark.soft else OVERSAMPLING if width * height < 1_500_000 else 2
    mask = Image.new("L", (width * over, height * over), 0)
    pen = ImageDraw.Draw(mask)
    by = scale * over
    ink = round(255 * mark.alpha)
    for outline in mark.outlines:
        points = [(x * by - box[0] * over, y * by - box[1] * over) for x, y in outline]
        if mark.stroke:
            _stroke(pen, points, mark.stroke * by, ink)
        elif len(points) > 2:
            pen.polygon(points, fill=ink)
    if over > 1:
        mask = mask.reduce(over)
    return mask.filter(ImageFilter.GaussianBlur(mark.soft * scale)) if mark.soft else mask


def _stroke(pen: ImageDraw.ImageDraw, points: list[tuple[float, float]], width: float, ink: int) -> None:
    pen.line(points, fill=ink, width=max(round(width), 1), joint="curve")
    reach = width / 2
    if reach > 1.5:
        for x, y in (points[0], points[-1]):
            pen.ellipse((x - reach, y - reach, x + reach, y + reach), fill=ink)


def _ramped(mask: Image.Image, mark: Mark, box: Box, scale: float) -> Image.Image:
    """The mask weighed by the mark's own gradient, which spans the mark and not the part of it on the canvas."""
    left, top, right, bottom = (edge * scale for edge in mark.box())
    per_x, per_y = 64 / max(right - left, 1), 64 / max(bottom - top, 1)
    window = ((box[0] - left) * per_x, (box[1] - top) * per_y, (box[2] - left) * per_x, (box[3] - top) * per_y)
    ramp = _ramp(mark.across).resize(mask.size, Image.Resampling.BILINEAR, box=_inside(window))
    return ImageChops.multiply(mask, ramp)


def _inside(window: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    left, top, right, bottom = window
    left, top = min(max(left, 0), 63), min(max(top, 0), 63)
    return left, top, min(max(right, left + 0.5), 64), min(max(bottom, top + 0.5), 64)
