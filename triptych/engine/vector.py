"""A scene as SVG: the same marks as paths with gradients, the lettering as text; no script, no outside reference."""

from collections.abc import Iterable
from html import escape

from PIL import Image

from triptych import fonts
from triptych.engine.artist import drawn_as
from triptych.engine.colours import code
from triptych.engine.lettering import LEADING, fitted
from triptych.engine.marks import Lettering, Mark, Outline, Scene

FINE = 9.0  # pixels: an outline smaller than this needs no more than a few of its points
CELLS = 96


def drawing(whole: Scene, title: str, transparent: bool = False) -> bytes:
    """The scene as an SVG file."""
    marks = [d for m in whole.marks if m.subject or not transparent for d in drawn_as(m, whole)]
    defs: list[str] = []
    body = [_mark(mark, number, defs) for number, mark in enumerate(marks)]
    ground = "" if transparent else f'<rect width="100%" height="100%" fill="{code(whole.paper)}"/>'
    lines = [_text(line) for line in whole.letters]
    return _file(whole.width, whole.height, title, [f"<defs>{''.join(defs)}</defs>", ground, *body, *lines])


def traced(picture: Image.Image, title: str) -> bytes:
    """Any picture as flat tiles, rows of one colour joined: what an SVG of an edited photograph can honestly be."""
    width, height = picture.size
    small = picture.convert("RGB").resize((CELLS, max(round(CELLS * height / width), 1)), Image.Resampling.BOX)
    flat = small.quantize(48, dither=Image.Dither.NONE).convert("RGB")
    across, down = width / flat.width, height / flat.height
    tiles = [
        f'<rect x="{x * across:.2f}" y="{y * down:.2f}" width="{run * across + 0.4:.2f}" '
        f'height="{down + 0.4:.2f}" fill="{colour}"/>'
        for y in range(flat.height)
        for x, run, colour in _runs(flat, y)
    ]
    return _file(width, height, title, tiles)


def _runs(flat: Image.Image, y: int) -> Iterable[tuple[int, int, str]]:
    start, colours = 0, [flat.getpixel((x, y)) for x in range(flat.width)]
    for x in range(1, flat.width + 1):
        if x == flat.width or colours[x] != colours[start]:
            red, green, blue = colours[start]  # type: ignore[misc]  # an RGB image's pixel is a triple
            yield start, x - start, code((red, green, blue))
            start = x


def _file(width: int, height: int, title: str, parts: list[str]) -> bytes:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
    words = "".join(c for c in title[:200] if c.isprintable())
    return "\n".join([head, f"<title>{escape(words)}</title>", *filter(None, parts), "</svg>\n"]).encode()


def _mark(mark: Mark, number: int, defs: list[str]) -> str:
    fill = code(mark.colour)
    if mark.fade is not None and mark.fade != mark.colour:
        along = 'x1="0" y1="0" x2="1" y2="1"' if mark.across else 'x1="0" y1="0" x2="0" y2="1"'
        stops = f'<stop stop-color="{fill}"/><stop offset="1" stop-color="{code(mark.fade)}"/>'
        defs.append(f'<linearGradient id="g{number}" {along}>{stops}</linearGradient>')
        fill = f"url(#g{number})"
    extra = f' opacity="{mark.alpha:.2f}"' if mark.alpha < 1 else ""
    if mark.soft:
        blur = f'<feGaussianBlur stdDeviation="{mark.soft:.1f}"/>'
        defs.append(f'<filter id="s{number}" x="-1" y="-1" width="3" height="3">{blur}</filter>')
        extra += f' filter="url(#s{number})"'
    path = "".join(_path(outline, closed=not mark.stroke) for outline in mark.outlines)
    if mark.stroke:
        # A gradient needs a box, and a straight line has none: strokes are plain.
        line = f'fill="none" stroke="{code(mark.colour)}" stroke-width="{mark.stroke:.1f}"'
        line += ' stroke-linecap="round" stroke-linejoin="round"'
        return f'<path d="{path}" {line}{extra}/>'
    return f'<path d="{path}" fill="{fill}"{extra}/>'


def _path(outline: Outline, closed: bool) -> str:
    wide = max(x for x, _ in outline) - min(x for x, _ in outline)
    points = outline[:: max(len(outline) // 8, 1)] if wide < FINE else outline
    return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points) + ("Z" if closed else "")


def _text(line: Lettering) -> str:
    rows, size = fitted(line)
    top = line.centre[1] - size * LEADING * (len(rows) - 1) / 2 + size * 0.36
    style = f'font-family="Helvetica, Arial, sans-serif" font-weight="600" font-size="{size}"'
    style += f' text-anchor="middle" fill="{code(line.colour)}"'
    if line.shadow is not None:
        style += f' stroke="{code(line.shadow)}" stroke-width="{size / 14:.1f}" paint-order="stroke"'
    # textLength holds the words to the room they were fitted to, whatever font the viewer has.
    return "".join(
        f'<text x="{line.centre[0]:.1f}" y="{top + LEADING * size * i:.1f}" textLength="{fonts.width(row, size):.0f}" '
        f'lengthAdjust="spacingAndGlyphs" {style}>{escape(row)}</text>'
        for i, row in enumerate(rows)
        if row
    )
