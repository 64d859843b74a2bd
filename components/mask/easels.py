"""What is painted on each picture of a tab: kept here, and brought up to date from what the browser has sent."""

from dataclasses import dataclass, field
from typing import Any

from components.state.returning import returns
from components.state.tab import Widget, tab
from triptych.errors import TriptychError
from triptych.inputs import Attachment
from triptych.masks import Paint
from triptych.masks.painting import Easel, Painting

STROKE = 1 << 10  # bytes of a stroke, about
MOST_EASELS = 16  # pictures whose painting a tab keeps


@returns
@dataclass(slots=True)
class Easels:
    """What is painted on each picture, by its SHA-256, the one painted on last at the end."""

    held: dict[str, Easel] = field(default_factory=dict)

    @property
    def weight(self) -> int:
        """Bytes of baked paint, and some for each stroke."""
        steps = (step for one in self.held.values() for step in (one.now, *one.past, *one.future))
        return sum(len(step.base or b"") + STROKE * len(step.strokes) for step in steps)

    def again(self) -> "Easels":
        """The same: an easel is never changed."""
        return Easels(dict(self.held))


def current_painting(picture: Attachment) -> Painting:
    """What is painted on ``picture``: in a callback of a click already what is on the canvas at that click."""
    return easel_of(picture).now


def last_stroke(picture: Attachment) -> Paint:
    """The paint that the last step added to ``picture``; nothing where it added none."""
    return easel_of(picture).last


def put_painting(picture: Attachment, painting: Painting) -> None:
    """Paint ``painting`` in place of what is on ``picture``; undo brings that back."""
    keep(picture, easel_of(picture).put(painting))


def easels() -> dict[str, Easel]:
    """What is painted on each picture, by its SHA-256."""
    return tab(Easels).held


def keep(picture: Attachment, easel: Easel) -> None:
    """Keep what is painted on a picture; of very many, those painted on last are kept."""
    held = easels()
    held.pop(picture.sha256, None)
    held[picture.sha256] = easel
    while len(held) > MOST_EASELS:
        del held[next(iter(held))]


def canvas_key(picture: Attachment) -> str:
    """The key of the canvas on which ``picture`` is painted."""
    return f"mask_canvas_{picture.sha256[:16]}"


def take_strokes(picture: Attachment) -> Easel:
    """Keep what the browser has sent of ``picture``'s canvas; its easel. What draws the canvas does so first."""
    easel = easel_of(picture)
    keep(picture, easel)
    return easel


def easel_of(picture: Attachment) -> Easel:
    """The picture's easel, with what the browser has sent of it."""
    easel = easels().get(picture.sha256) or Easel.of((picture.width, picture.height))
    try:
        easel = easel.took(_drawing(picture))
    except TriptychError as error:
        easel = easel.refusing(error.message)
    if easel.taken and _canvas(picture).value is None:  # it comes back from another page; the browser has forgotten it
        easel = easel.again()
    return easel


def is_drawn(picture: Attachment, easel: Easel) -> bool:
    """Whether the browser shows what the picture's canvas was given last."""
    return easel.is_drawn(_drawing(picture))


def _drawing(picture: Attachment) -> object:
    """What the browser has sent of the picture's canvas, else what the canvas was given; None where it is not drawn."""
    return ((_canvas(picture).value or {}).get("drawing") or {}).get("raw")


def _canvas(picture: Attachment) -> Widget[Any]:
    return Widget(canvas_key(picture), None)
