"""Letters that fit the room they have, in any script for which there is a font; a letter that none has is left out."""

from PIL import Image, ImageDraw, ImageFilter

from triptych import fonts
from triptych.engine.marks import Lettering

SMALLEST = 9  # pixels: below this, letters are specks
LEADING = 1.14  # from one line to the next, in sizes of the letters


def fitted(line: Lettering) -> tuple[list[str], int]:
    """The lines and the font size that fill the line's room best; its words break where that makes them larger."""
    lacking = fonts.missing(line.words)
    words = "".join(c for c in line.words if c not in lacking).split()
    best: tuple[list[str], int] = ([" ".join(words)], 0)
    for count in range(1, min(len(words), 4) + 1):
        rows = _rows(words, count)
        size = _largest(rows, line.width, line.height)
        if size > best[1] * 1.15:
            best = (rows, size)
    return best


def _rows(words: list[str], count: int) -> list[str]:
    rows, target = [""], sum(len(w) + 1 for w in words) / count
    for word in words:
        if len(rows) < count and rows[-1] and len(rows[-1]) + len(word) / 2 > target:
            rows.append("")
        rows[-1] = f"{rows[-1]} {word}".strip()
    return rows


def _largest(rows: list[str], width: float, height: float) -> int:
    widest = max(fonts.width(row, 100) for row in rows) or 1
    return max(int(min(100 * width / widest, height / (LEADING * len(rows)))), SMALLEST)


def letter(picture: Image.Image, line: Lettering, scale: float = 1.0) -> None:
    """Write one line onto an RGB or RGBA picture."""
    rows, size = fitted(line)
    if not size or not any(rows):
        return
    size = max(round(size * scale), SMALLEST)
    if line.shadow is not None:
        # A halo of the ground's own colour keeps letters legible on a busy one.
        glow = Image.new("L", picture.size, 0)
        _write(ImageDraw.Draw(glow), rows, line, size, scale, 190, max(size // 14, 1))
        if box := glow.getbbox():
            _cast(picture, glow, box, max(size // 8, 2), line.shadow)
    _write(ImageDraw.Draw(picture), rows, line, size, scale, line.colour, size // 60)


def _write(
    pen: ImageDraw.ImageDraw,
    rows: list[str],
    line: Lettering,
    size: int,
    scale: float,
    fill: int | tuple[int, int, int],
    stroke: int,
) -> None:
    x, y = line.centre[0] * scale, line.centre[1] * scale
    step = size * LEADING
    for number, row in enumerate(rows):
        at = (x, y + (number - (len(rows) - 1) / 2) * step)
        fonts.write(pen, at, row, size, fill=fill, anchor="mm", stroke=stroke)


def _cast(
    picture: Image.Image, glow: Image.Image, box: tuple[int, int, int, int], reach: int, colour: tuple[int, int, int]
) -> None:
    left, top, right, bottom = box
    wide = (
        max(left - 2 * reach, 0),
        max(top - 2 * reach, 0),
        min(right + 2 * reach, picture.width),
        min(bottom + 2 * reach, picture.height),
    )
    picture.paste(colour, wide, glow.crop(wide).filter(ImageFilter.GaussianBlur(reach / 2)))
