"""Paints a prompt: the same brief, size and seed give the very same pixels."""

import hashlib
from dataclasses import dataclass, replace

from PIL import Image, ImageFilter

from triptych.engine.canvas import Canvas
from triptych.engine.colours import RGB, luminance
from triptych.engine.lettering import letter
from triptych.engine.marks import DETAIL, SHAPE, Mark, Scene
from triptych.engine.mood import INKS, PAPERS
from triptych.engine.scene import compose
from triptych.engine.treatment import treat
from triptych.engine.words import Thing, read

DETAILS = {"low": 1, "medium": 2, "high": 3, "xhigh": 4, "max": 5}
BUSY = {"low": 0, "medium": 1, "high": 2}


@dataclass(frozen=True)
class Order:
    """What is to be painted, in pixels: `index` among the n of one request, `also` what else its chance hangs on.

    A `root` keeps the chance of the image that this one changes: what stands in both then stands in the same place.
    `first` are the things of the first image of its thread, `seats` the names of those that came later.
    """

    prompt: str
    width: int
    height: int
    model: str = ""
    index: int = 0
    quality: str = "medium"
    complexity: str | None = None
    transparent: bool = False
    also: str = ""
    root: str = ""
    first: tuple[Thing, ...] | None = None
    seats: tuple[str, ...] = ()

    @property
    def chance(self) -> str:
        """What its chance hangs on, beside its index."""
        return self.root or f"{self.model}\0{self.prompt}"

    @property
    def seed(self) -> int:
        """Chance of this picture's own; size and quality change no composition."""
        digest = hashlib.sha256(f"{self.chance}\0{self.index}{self.also}".encode()).digest()
        return int.from_bytes(digest[:6], "big")


def scene(order: Order, phase: float = 0.0) -> Scene:
    """The composition of an order; `phase` 0 to 1 is the moment of a loop."""
    return compose(
        read(order.prompt),
        order.width,
        order.height,
        order.seed,
        DETAILS[order.quality],
        BUSY[order.complexity or "high"],
        phase,
        order.first,
        order.seats,
    )


def beside(order: Order, near: bool) -> Scene:
    """Only the prompt's things and words, to be laid over another picture: `near` large, else as in a landscape."""
    brief = replace(
        read(order.prompt),
        settings=() if near else ("hill",),
        sky=frozenset(),
        ground=(240, 238, 234) if near else None,
    )
    whole = compose(brief, order.width, order.height, order.seed, DETAILS[order.quality], 0)
    return replace(whole, marks=tuple(mark for mark in whole.marks if mark.subject and brief.things))


def paint(order: Order, phase: float = 0.0) -> Image.Image:
    """The finished picture, RGB, or RGBA where a transparent ground was asked for."""
    return painted(scene(order, phase), order.transparent)


def stage(order: Order, step: int, steps: int) -> Image.Image:
    """The same picture unfinished: `step` 0 is a wash of its palette, the last of `steps` lacks only the finish."""
    whole = scene(order)
    done = (step + 1) / (steps + 1)
    if done < 0.4:
        rough = painted(replace(whole, marks=_until(whole, SHAPE), letters=(), style="plain"), order.transparent, 0.25)
        rough = rough.filter(ImageFilter.GaussianBlur(min(rough.size) / 18))
    else:
        last = SHAPE if done < 0.7 else DETAIL
        rough = painted(replace(whole, marks=_until(whole, last), style=_plain(whole.style)), order.transparent, 0.5)
    return rough.resize((order.width, order.height), Image.Resampling.BICUBIC)


def _until(whole: Scene, last: int) -> tuple[Mark, ...]:
    return tuple(mark for mark in whole.marks if mark.stage <= last)


def _plain(style: str) -> str:
    return style if style in INKS else "plain"


def painted(whole: Scene, transparent: bool = False, scale: float = 1.0) -> Image.Image:
    """A scene on canvas, `scale` canvas pixels per picture pixel."""
    canvas = Canvas(round(whole.width * scale), round(whole.height * scale), whole.paper, transparent)
    sharp = whole.style != "photo" or transparent
    for mark in whole.marks:
        if transparent and not mark.subject:
            continue
        if not sharp and mark.depth < 0.5:
            canvas.picture = canvas.picture.filter(
                ImageFilter.GaussianBlur(min(whole.width, whole.height) * scale / 220)
            )
            sharp = True
        for drawn in drawn_as(mark, whole):
            canvas.put(drawn, scale)
    return _finish(canvas.finished(), whole, scale)


def _finish(picture: Image.Image, whole: Scene, scale: float) -> Image.Image:
    alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
    done = (
        treat(picture.convert("RGB"), whole.style, whole.seed, whole.detail)
        if whole.style != "plain"
        else picture.convert("RGB")
    )
    if alpha is not None:
        done.putalpha(alpha)
    for line in whole.letters:
        letter(done, line, scale)
    return done


def drawn_as(mark: Mark, whole: Scene) -> tuple[Mark, ...]:
    """A mark as its style draws it: most as they are, line drawings as paper with an outline."""
    if whole.style not in {"line", "blueprint"}:
        return (mark,)
    paper, ink = PAPERS[whole.style], INKS[whole.style]
    if mark.soft or (not mark.edge and not mark.stroke and mark.stage != DETAIL):
        return (replace(mark, colour=paper, fade=None, soft=0, alpha=1.0),) if not mark.soft else ()
    width = max(min(whole.width, whole.height) * 0.0022, 1.0)
    if mark.stroke:
        return (replace(mark, colour=ink, fade=None, stroke=max(mark.stroke * 0.5, width)),)
    closed = tuple((*o, o[0]) for o in mark.outlines)
    filled = replace(mark, colour=_hatch(mark.colour, paper, ink), fade=None, alpha=1.0)
    return filled, replace(mark, outlines=closed, colour=ink, fade=None, stroke=width, alpha=1.0)


def _hatch(colour: RGB, paper: RGB, ink: RGB) -> RGB:
    """Darker things keep a tone of the ink, as a pencil would shade them."""
    share = max(0.0, 0.5 - luminance(colour)) * 0.9
    return (
        round(paper[0] + (ink[0] - paper[0]) * share),
        round(paper[1] + (ink[1] - paper[1]) * share),
        round(paper[2] + (ink[2] - paper[2]) * share),
    )
