"""How far two pictures are apart: pixel by pixel, and as an eye sees it. Needs nothing but numpy and Pillow."""

from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from triptych.vision.pictures import on, opened

Plane = NDArray[np.float32]

MOST_EDGE = 1024  # pixels: finer differences are not seen on a screen, and a larger picture takes longer
SIGMA, REACH = 1.5, 5  # the window of Wang et al. 2004: a Gaussian of 11 pixels
C1, C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2  # the same paper's constants
SCALES = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)  # what each halving weighs: Wang, Simoncelli, Bovik 2003
CHANNELS = (0.8, 0.1, 0.1)  # what Y, Cb and Cr weigh: Wang, Lu, Bovik 2004
SMALLEST = 2 * REACH + 1
GROUNDS = (0, 255)  # what is see-through is compared on black and on white
ALIKE = 0.01  # by which two shapes may differ and still be the same shape


@dataclass(frozen=True)
class Distance:
    """``pixels`` is the mean difference of the values, 0 to 1; ``perceptual`` 1 less their multi-scale similarity.

    Both are 0 for equal pictures. ``stretched`` says that the pictures have different shapes, so that one was stretched
    over the other and the numbers mean little.
    """

    pixels: float
    perceptual: float
    stretched: bool = False


def distance(a: bytes, b: bytes) -> Distance:
    """The distance between two pictures, the larger brought to the smaller's size. Symmetric. Raises BadFile."""
    one, other = opened(a), opened(b)
    size = min(one.size, other.size, key=lambda edges: (edges[0] * edges[1], edges))
    shrunk = min(1.0, MOST_EDGE / max(size))
    size = (max(1, round(size[0] * shrunk)), max(1, round(size[1] * shrunk)))
    seen = [
        _apart(*(_fitted(on(picture, ground), size) for picture in (one, other)))
        for ground in GROUNDS[_solid(one, other) :]
    ]
    stretched = abs(one.width * other.height / (one.height * other.width) - 1) > ALIKE
    return Distance(max(pair[0] for pair in seen), max(pair[1] for pair in seen), stretched)


def _solid(*pictures: Image.Image) -> bool:
    return all(picture.mode == "RGB" for picture in pictures)


def _fitted(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    return picture if picture.size == size else picture.resize(size, Image.Resampling.BOX)


def _apart(one: Image.Image, other: Image.Image) -> tuple[float, float]:
    plain = np.abs(np.asarray(one, np.int16) - np.asarray(other, np.int16)).mean() / 255
    if not plain:
        return 0.0, 0.0
    pairs = zip(one.convert("YCbCr").split(), other.convert("YCbCr").split(), CHANNELS, strict=True)
    alike = sum(weight * similarity(np.asarray(a, np.float32), np.asarray(b, np.float32)) for a, b, weight in pairs)
    return float(plain), max(0.0, 1 - alike)


def similarity(one: Plane, other: Plane) -> float:
    """Multi-scale SSIM of two planes of one shape with values 0 to 255: 1 for equal ones, 0 for unlike ones.

    Of a picture too small for five halvings, those that there are, weighed to the same sum.
    """
    weights: list[float] = []
    terms: list[float] = []
    for weight in SCALES:
        whole, contrast = structure(one, other)
        weights.append(weight)
        terms.append(contrast)
        if min(one.shape) < 2 * SMALLEST:
            break
        one, other = _halved(one), _halved(other)
    terms[-1] = whole
    total = sum(weights)
    return float(np.prod([max(0.0, term) ** (weight / total) for term, weight in zip(terms, weights, strict=True)]))


def structure(one: Plane, other: Plane) -> tuple[float, float]:
    """The mean SSIM of two planes, and its mean contrast and structure alone (Wang et al. 2004).

    Only where the whole window fits; a plane smaller than the window is continued by its edges.
    """
    one, other = _wide_enough(one), _wide_enough(other)
    mean_one, mean_other = _blurred(one), _blurred(other)
    both = mean_one * mean_other
    squares = mean_one**2 + mean_other**2
    varying = _blurred(one * one + other * other) - squares
    together = _blurred(one * other) - both
    contrast = (2 * together + C2) / (varying + C2)
    light = (2 * both + C1) / (squares + C1)
    return float((light * contrast).mean()), float(contrast.mean())


def _wide_enough(plane: Plane) -> Plane:
    lacks = [max(0, SMALLEST - edge) for edge in plane.shape]
    return np.pad(plane, [(0, lack) for lack in lacks], mode="edge") if any(lacks) else plane


def _blurred(plane: Plane) -> Plane:
    return _along(_along(plane).T).T


def _along(plane: Plane) -> Plane:
    """Blurred down its columns, shorter by the window less one."""
    rows = plane.shape[0] - 2 * REACH
    blurred: Plane = reduce(np.add, (weight * plane[at : at + rows] for at, weight in enumerate(WINDOW)))
    return blurred


def _window() -> Plane:
    bell = np.exp(-(np.arange(-REACH, REACH + 1) ** 2) / (2 * SIGMA**2))
    weights: Plane = (bell / bell.sum()).astype(np.float32)
    return weights


WINDOW = _window()


def _halved(plane: Plane) -> Plane:
    """Means of two by two; an odd last row or column is left out."""
    height, width = plane.shape[0] // 2 * 2, plane.shape[1] // 2 * 2
    even = plane[:height, :width]
    halved: Plane = (even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]) / np.float32(4)
    return halved
