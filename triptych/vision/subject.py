"""The subject of a picture as paint: by its own transparency, by u2netp, and along its true edges by GrabCut."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from triptych.vision.needs import Once, need, package, session
from triptych.vision.pictures import clear, on, opened, pixels

EDGE = 320  # pixels: what u2netp was trained on
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # ImageNet's, by the model's own training code
FAINT = 0.3  # of 1: where the model is nowhere surer than this, there is no subject
STEEP = 8.0  # how much steeper than the model's own its edge becomes, so that it is one or two pixels soft
GRAB_EDGE = 640  # pixels: GrabCut's time grows with the area
ROUNDS = 3
BAND = 0.02  # of the longer edge: how far GrabCut may move the outline, inwards and outwards
FULL = 255
NOWHERE = (0, 0, 1, 1)  # GrabCut asks for a rectangle even where marks say all


def subject(picture: bytes) -> Image.Image:
    """Paint, "L" of the picture's size, 255 on the subject; all 0 where there is none. ~0.4 s on one core.

    A picture with a see-through ground knows its subject itself. The background is the inverse.
    Raises NotInstalled, BadFile.
    """
    image = opened(picture)
    if clear(image):
        return image.getchannel("A")
    need("subject")
    sure = _salience(image)
    if float(sure.max()) < FAINT:
        return Image.new("L", image.size, 0)
    wide = Image.fromarray(sure / sure.max()).resize(image.size, Image.Resampling.BICUBIC)
    return _paint((np.asarray(wide) - 0.5) * STEEP + 0.5)


def refine(picture: bytes, paint: Image.Image) -> Image.Image:
    """The paint with its outline moved to the edges in the picture, by at most BAND. ~0.5 s on one core.

    Paint of nothing or of everything comes back as it is. Raises NotInstalled, BadFile.
    """
    need("subject")
    image = on(opened(picture), FULL)
    scale = min(1.0, GRAB_EDGE / max(image.size))
    small = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    marks = _marks(pixels(paint.resize(small, Image.Resampling.BOX)) >= FULL // 2)
    if marks is None:
        return paint
    cut = _grabbed(pixels(image.resize(small, Image.Resampling.LANCZOS)), marks)
    if not cut.any():
        return paint
    wide = Image.fromarray(cut.astype(np.float32)).resize(image.size, Image.Resampling.BICUBIC)
    return _paint((np.asarray(wide) - 0.5) * max(1.0, 0.5 / scale) + 0.5)


def _paint(share: NDArray[np.floating[Any]]) -> Image.Image:
    return Image.fromarray((share.clip(0, 1) * FULL).round().astype(np.uint8))


def _salience(image: Image.Image) -> NDArray[np.float32]:
    """How sure the model is of each of its 320x320 places, 0 to 1."""
    small = np.asarray(image.resize((EDGE, EDGE), Image.Resampling.LANCZOS), np.float32)
    normal = (small / max(1.0, float(small.max())) - MEAN) / DEVIATION
    model = _u2netp()
    batch = {model.get_inputs()[0].name: normal.transpose(2, 0, 1)[None].astype(np.float32)}
    first = model.run([model.get_outputs()[0].name], batch)[0]
    sure: NDArray[np.float32] = first[0, 0]
    return sure


_u2netp: Once[Any] = Once(lambda: session(package("rembg") / "u2netp.onnx"))


def _marks(inside: NDArray[np.bool_]) -> NDArray[np.uint8] | None:
    """GrabCut's four marks: sure and likely, within and without; None where one side is empty."""
    import cv2

    reach = max(2, round(BAND * max(inside.shape)))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    solid = inside.astype(np.uint8)
    core, hull = cv2.erode(solid, disc), cv2.dilate(solid, disc)
    if not solid.any() or hull.all():
        return None
    marks = np.where(solid > 0, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    marks[core > 0], marks[hull == 0] = cv2.GC_FGD, cv2.GC_BGD
    return marks


def _grabbed(image: NDArray[np.uint8], marks: NDArray[np.uint8]) -> NDArray[np.bool_]:
    import cv2

    cv2.setRNGSeed(0)  # the same picture gives the same outline
    within, without = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(np.ascontiguousarray(image[:, :, ::-1]), marks, NOWHERE, without, within, ROUNDS, cv2.GC_INIT_WITH_MASK)
    kept = ((marks == cv2.GC_FGD) | (marks == cv2.GC_PR_FGD)).astype(np.uint8)
    smooth: NDArray[np.bool_] = cv2.medianBlur(kept, 3) > 0  # lines of one pixel are where it ran along an edge
    return smooth
