"""What ought to be painted, to the pixel, and how near a mask comes to it."""

import io
import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Spot = tuple[float, float]  # pixels from the canvas's upper left corner, on the page
Truth = NDArray[np.bool_]
Alpha = NDArray[np.uint8]
Floats = NDArray[np.float64]
LEAST_OVERLAP = 0.99


class Sheet:
    """What should be painted on a picture of ``size`` pixels, by geometry alone.

    Spots are pixels of the page from its first whole one where the canvas is in view, which is ``shift`` from the
    canvas's corner; ``scale`` has pixels of the picture to one of the page, across and down.
    """

    def __init__(self, size: tuple[int, int], scale: Spot, shift: Spot) -> None:
        self.scale, self.shift = scale, shift
        self.painted: Truth = np.zeros((size[1], size[0]), dtype=bool)
        self.x, self.y = np.meshgrid(np.arange(size[0]) + 0.5, np.arange(size[1]) + 0.5, sparse=True)

    def _on_picture(self, *spots: Spot) -> list[Spot]:
        (wide, high), (right, down) = self.scale, self.shift
        return [((x + right) * wide, (y + down) * high) for x, y in spots]

    def _part(self, left: float, top: float, right: float, foot: float) -> tuple[Truth, Truth, Floats, Floats]:
        """A new truth, its part within these edges, and the middles of that part's pixels: the rest stays unpainted."""
        whole = np.zeros_like(self.painted)
        across = slice(max(0, math.floor(left) - 1), max(0, math.ceil(right) + 1))
        down = slice(max(0, math.floor(top) - 1), max(0, math.ceil(foot) + 1))
        return whole, whole[down, across], self.x[:, across], self.y[down]

    def line(self, start: Spot, end: Spot, width: float, *, round_ends: bool = True) -> Truth:
        """The pixels within half of ``width`` pixels of the picture of a line."""
        (ax, ay), (bx, by) = self._on_picture(start, end)
        half = width / 2
        edges = min(ax, bx) - half, min(ay, by) - half, max(ax, bx) + half, max(ay, by) + half
        whole, part, x, y = self._part(*edges)
        dx, dy = bx - ax, by - ay
        along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)
        inside = (along >= 0) & (along <= 1)
        along = np.clip(along, 0, 1)
        near = (x - ax - along * dx) ** 2 + (y - ay - along * dy) ** 2 <= half * half
        part[:] = near if round_ends else near & inside
        return whole

    def box(self, corner: Spot, other: Spot) -> Truth:
        (ax, ay), (bx, by) = self._on_picture(corner, other)
        whole, part, x, y = self._part(ax, ay, bx, by)
        part[:] = (x >= ax) & (x < bx) & (y >= ay) & (y < by)
        return whole

    def ellipse(self, corner: Spot, other: Spot) -> Truth:
        (ax, ay), (bx, by) = self._on_picture(corner, other)
        whole, part, x, y = self._part(ax, ay, bx, by)
        across, down = (x - (ax + bx) / 2) / (bx - ax), (y - (ay + by) / 2) / (by - ay)
        part[:] = across**2 + down**2 <= 1 / 4
        return whole

    def triangle(self, *corners: Spot) -> Truth:
        """The pixels inside three corners that go clockwise."""
        spots = self._on_picture(*corners)
        across, down = [x for x, _ in spots], [y for _, y in spots]
        whole, part, x, y = self._part(min(across), min(down), max(across), max(down))
        part[:] = True
        for (ax, ay), (bx, by) in zip(spots, spots[1:] + spots[:1], strict=True):
            part &= (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0
        return whole


def alpha_of(mask: bytes, size: tuple[int, int]) -> Alpha:
    """The alpha of a mask as the API wants it: a PNG as large as its picture, with alpha."""
    with Image.open(io.BytesIO(mask)) as opened:
        assert (size, "PNG", "RGBA") == (opened.size, opened.format, opened.mode)
        return np.asarray(opened)[..., 3].copy()


def is_exactly(alpha: Alpha, truth: Truth) -> None:
    """Assert that a mask is clear where ``truth`` is painted and opaque elsewhere, but for its soft edge.

    That is no wider than a pixel to either side, which is well within the 1.5 that an antialiased edge may have.
    """
    inside, near = ~_grown(~truth), _grown(truth)
    assert inside.any()
    assert not near.all()
    assert 0 == alpha[inside].max()
    assert 255 == alpha[~near].min()
    told = (alpha < 127) | (alpha > 128)  # a pixel that is half painted, to a grey level, is neither
    assert overlap((alpha < 127)[told], truth[told]) >= LEAST_OVERLAP


def _grown(truth: Truth) -> Truth:
    """With all pixels that touch one of it."""
    rows = truth.copy()
    rows[1:] |= truth[:-1]
    rows[:-1] |= truth[1:]
    grown = rows.copy()
    grown[:, 1:] |= rows[:, :-1]
    grown[:, :-1] |= rows[:, 1:]
    return grown


def overlap(one: Truth, other: Truth) -> float:
    """Intersection over union."""
    return float((one & other).sum() / (one | other).sum())
