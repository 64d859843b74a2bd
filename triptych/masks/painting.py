"""A painting on a picture: what the strokes on its canvas mean, and every step that undo and redo bring back."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from triptych.errors import BadFile, InvalidRequest

if TYPE_CHECKING:
    from PIL.Image import Image

Stroke = Mapping[str, Any]

LONGEST = 1600  # pixels, the canvas's longer edge at most: strokes are vectors, so the mask is sharp whatever this is
LEAST = 16  # pixels, the canvas's shorter edge at least: of a line, too, there is something to paint on
BRUSH, ERASER, NO_COLOR = "#ff0000", "#000000", "rgba(0, 0, 0, 0)"  # what tools draw in; red paints, black erases
ELLIPSE = "Ellipse"  # the label of a box that stands for the ellipse inside it
MOST_STROKES = 500  # on the canvas at a time
MOST_WEIGHT = 4 << 20  # bytes of JSON; the browser's connection breaks at 25 MB
HEAVY = 18_000  # bytes of JSON from which on strokes are better baked: the canvas sends all of them with each new one
MOST_STEPS = 60  # that undo brings back
FARTHEST = 1e9  # pixels; no number of a canvas is larger
MOST_DIGITS = 9  # of a round's number
# Of a drawing the canvas gives back only its objects, and of these only what Fabric.js or itself knows: the label of a
# labelled box is the one word of ours among it. A stroke has none, so its color has to say that it erases.
LABELLED = "LabeledRect"


def canvas_of(size: tuple[int, int]) -> tuple[int, int]:
    """Width and height in pixels of the canvas for a picture of ``size`` pixels."""
    factor = min(1.0, LONGEST / max(size))
    return max(LEAST, round(size[0] * factor)), max(LEAST, round(size[1] * factor))


@dataclass(frozen=True)
class Painting:
    """What is painted on a picture of ``size`` pixels.

    ``base`` is baked paint, a PNG of grey levels of that size (255: change here), or None. ``strokes`` lie on it in
    their order, as Fabric.js objects in pixels of the canvas.
    """

    size: tuple[int, int]
    base: bytes | None = None
    strokes: tuple[Stroke, ...] = ()

    @classmethod
    def of(cls, paint: "Image") -> "Painting":
        """The painting that is ``paint``, an image of mode L and of the picture's size."""
        written = io.BytesIO()
        paint.save(written, "PNG", compress_level=1)
        return cls(paint.size, written.getvalue() if paint.getbbox() else None)

    @property
    def empty(self) -> bool:
        """Whether nothing was ever painted; erasing everything again leaves an empty `paint`, not this."""
        return self.base is None and not self.strokes

    @property
    def scale(self) -> tuple[float, float]:
        """Pixels of the picture to a pixel of the canvas, across and down."""
        width, height = canvas_of(self.size)
        return self.size[0] / width, self.size[1] / height

    def paint(self) -> "Image":
        """The paint as an image of mode L and of the picture's size: 255 where to change, 0 where to keep.

        Raises what refuses a drawing that cannot be. The image is kept; whoever changes it takes a copy.
        """
        return self._paint

    @cached_property
    def _paint(self) -> "Image":
        from PIL import Image

        from triptych.masks.raster import rasterise

        base = None
        if self.base is not None:
            with Image.open(io.BytesIO(self.base), formats=("PNG",)) as opened:
                base = opened.convert("L")
        return rasterise([meant(stroke) for stroke in self.strokes], self.size, self.scale, base)

    def adding(self, strokes: Sequence[Stroke]) -> "Painting":
        """This painting with ``strokes`` over it; what has no extent is left out."""
        return replace(self, strokes=(*self.strokes, *(one for one in strokes if not _is_nothing(one))))

    def baked(self) -> "Painting":
        """The same paint without strokes."""
        return self if not self.strokes else Painting.of(self.paint())

    @cached_property
    def weight(self) -> int:
        """Bytes of the strokes as JSON."""
        return len(json.dumps(self.strokes))

    @property
    def heavy(self) -> bool:
        """Whether its strokes weigh more than a canvas should send with each new one."""
        return self.weight > HEAVY


def meant(stroke: Stroke) -> Stroke:
    """``stroke`` with what its color means: the eraser's takes paint away."""
    return {**stroke, "globalCompositeOperation": "destination-out"} if stroke.get("stroke") == ERASER else stroke


def _is_nothing(stroke: Stroke) -> bool:
    kind = str(stroke.get("type", "")).lower()
    if kind == "line":
        return not stroke.get("width") and not stroke.get("height")
    if kind in {"rect", "ellipse"}:
        return not (stroke.get("width") and stroke.get("height"))
    return _is_taken_back(stroke)


def _is_taken_back(stroke: Stroke) -> bool:
    """Whether it begins left of the canvas, where no hand can begin: the script so ends one that it takes back."""
    match stroke:
        case {"path": [[_, int() | float() as x, *_], *_], "strokeWidth": int() | float() as width}:
            return x < -width
    return False


def _is_boxed(stroke: Stroke) -> bool:
    """Whether it is the box of an ellipse, which the canvas cannot draw by itself."""
    return stroke.get("type") == LABELLED and stroke.get("label") == ELLIPSE


def _inside(box: Stroke) -> Stroke:
    """The ellipse inside its ``box``."""
    names = ("left", "top", "width", "height", "originX", "originY", "fill")
    kept = {name: box[name] for name in names if name in box}
    radii = {name: _half(box.get(edge)) for name, edge in (("rx", "width"), ("ry", "height"))}
    return {**kept, **radii, "type": "Ellipse", "fill": BRUSH, "stroke": None, "strokeWidth": 0}


def _half(edge: object) -> object:
    """Half of a number; what is none stays, for whoever draws it refuses it in words."""
    return edge / 2 if isinstance(edge, int | float) and abs(edge) < FARTHEST else edge


def drawing(raw: object) -> tuple[Stroke, ...]:
    """The objects of ``raw``, which should be a canvas's drawing. Raises BadFile where it cannot be one."""
    objects = raw.get("objects") if isinstance(raw, Mapping) else None
    if not isinstance(objects, Sequence) or isinstance(objects, str):
        raise BadFile("What the canvas sent cannot be read. The mask is as it was before.")
    if len(objects) > MOST_STROKES or not all(isinstance(entry, Mapping) for entry in objects):
        raise BadFile(f"A canvas takes up to {MOST_STROKES} strokes at a time. The painting is as it was before.")
    try:
        weight = len(json.dumps(objects, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        raise BadFile("What the canvas sent holds no numbers. The painting is as it was before.") from None
    if weight > MOST_WEIGHT:
        raise BadFile("This stroke has too many points. The painting is as it was before; paint it in parts.")
    return tuple(objects)


@dataclass(frozen=True)
class Easel:
    """The painting now, what undo and redo bring back, and what the canvas was last given to start from.

    The canvas is given ``shown`` under the number ``round``, which comes back in each drawing it sends; the strokes it
    has added since, as it sent them, are ``taken`` into the painting. In the round before it was given ``left`` strokes
    and ``taken_before`` were taken. ``refused`` says why the last drawing was not taken, until more is painted.
    """

    now: Painting
    past: tuple[Painting, ...] = ()
    future: tuple[Painting, ...] = ()
    round: int = 0
    shown: Painting = field(default=Painting((1, 1)))
    taken: tuple[Stroke, ...] = ()
    left: int = 0
    taken_before: tuple[Stroke, ...] = ()
    refused: str = ""

    @classmethod
    def of(cls, size: tuple[int, int]) -> "Easel":
        """One with nothing painted on a picture of ``size`` pixels."""
        empty = Painting(size)
        return cls(empty, shown=empty)

    @property
    def heavy(self) -> bool:
        """Whether what the canvas sends with each stroke has grown so much that it is time to bake."""
        return self.now.heavy

    @property
    def last(self) -> "Image":
        """The paint that the last step added, as a painting's; nothing where there was none, or it added none."""
        from triptych.masks.tools import combine

        before = self.past[-1] if self.past else self.now
        return combine(self.now.paint(), before.paint(), "subtract")

    def first(self, base: Stroke | None) -> list[Stroke]:
        """The objects the canvas starts from: an unseen one labelled with the round, ``base`` (its paint), strokes."""
        unseen = {"left": 0, "top": 0, "width": 0, "height": 0, "strokeWidth": 0, "visible": False}
        stamp = {"type": LABELLED, "label": str(self.round), **unseen}
        return [stamp, *([base] if base else []), *self.shown.strokes]

    def is_drawn(self, raw: object) -> bool:
        """Whether ``raw``, the canvas's drawing, says that the browser shows what the canvas was given to start from.

        What the canvas was given comes back as it is until the browser has sent a drawing, which has Fabric.js's
        version: only baked paint is an image, which has to be read before it is there.
        """
        if not isinstance(raw, Mapping) or not isinstance(objects := raw.get("objects"), Sequence):
            return False
        is_here = "version" in raw or self.shown.base is None
        return is_here and _round([one for one in objects if isinstance(one, Mapping)]) == self.round

    def took(self, raw: object) -> "Easel":
        """This easel with the strokes that are new in ``raw``, a drawing of the canvas or None.

        A drawing that cannot be is refused by raising BadFile or InvalidRequest.
        """
        objects = drawing(raw) if raw is not None else ()
        number = _round(objects)
        strokes = tuple(entry for entry in objects[1:] if entry.get("type") != "Image")
        if number == self.round:
            added = strokes[len(self.shown.strokes) :]
            new = _new(self.taken, added)
            return self._with(new, added, afresh=added[: len(self.taken)] != self.taken)
        if number == self.round - 1:  # drawn while the canvas was being replaced
            late = _new(self.taken_before, strokes[self.left :])
            return self._with(late, self.taken, afresh=bool(late))
        return self

    def _with(self, strokes: tuple[Stroke, ...], taken: tuple[Stroke, ...], *, afresh: bool) -> "Easel":
        easel = self
        for stroke in strokes:
            more = easel.now.adding([_inside(stroke) if _is_boxed(stroke) else stroke])
            easel = easel.put(more, show=False) if more != easel.now else easel
        if strokes:
            _check(Painting(self.now.size, strokes=strokes))
        easel = replace(easel, taken=taken)
        return easel.again() if afresh or any(map(_is_boxed, strokes)) else easel

    def put(self, painting: Painting, *, show: bool = True) -> "Easel":
        """This easel with another painting, so that undo brings back the one before."""
        easel = replace(self, now=painting, past=(*self.past, self.now)[-MOST_STEPS:], future=(), refused="")
        return easel.again() if show else easel

    def again(self) -> "Easel":
        """This easel with a canvas that starts from the painting as it is now."""
        left = len(self.shown.strokes)
        return replace(self, round=self.round + 1, shown=self.now, taken=(), left=left, taken_before=self.taken)

    def refusing(self, why: str) -> "Easel":
        """This easel after a drawing that was refused: the canvas starts again from the painting as it was."""
        return replace(self.again(), left=MOST_STROKES, refused=why)

    def baked(self) -> "Easel":
        """The same painting, without strokes that the canvas would send again and again; no step of its own."""
        return replace(self, now=self.now.baked()).again()

    def undone(self) -> "Easel":
        """One step back, as far as there is one."""
        if not self.past:
            return self
        future = (self.now, *self.future)
        return replace(self, now=self.past[-1], past=self.past[:-1], future=future, refused="").again()

    def redone(self) -> "Easel":
        """One step forward, as far as there is one."""
        if not self.future:
            return self
        past = (*self.past, self.now)
        return replace(self, now=self.future[0], past=past, future=self.future[1:], refused="").again()

    def cleared(self) -> "Easel":
        """Nothing painted; undo brings it back."""
        return self if self.now.empty else self.put(Painting(self.now.size))


def _new(known: tuple[Stroke, ...], added: tuple[Stroke, ...]) -> tuple[Stroke, ...]:
    """What is new of ``added``: all of it where it does not go on from ``known``, for then it is another canvas's."""
    return added[len(known) :] if added[: len(known)] == known else added


def _check(strokes: Painting) -> None:
    """Raise what refuses strokes that cannot be painted; for light ones a small picture is enough to find out."""
    from triptych.masks.raster import rasterise

    size, scale = (strokes.size, strokes.scale) if strokes.heavy else ((16, 16), (0.01, 0.01))
    try:
        rasterise([meant(stroke) for stroke in strokes.strokes], size, scale)
    except InvalidRequest:
        raise BadFile("This stroke cannot be painted. The painting is as it was before; paint it in parts.") from None


def _round(objects: Sequence[Stroke]) -> int | None:
    """The number of the round in which the canvas drew ``objects``, None where it does not say."""
    label = objects[0].get("label") if objects and objects[0].get("type") == LABELLED else None
    return int(label) if isinstance(label, str) and label.isdecimal() and len(label) <= MOST_DIGITS else None
