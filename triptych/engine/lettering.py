"""Letters that fit, in the font that ships with Pillow, and an honest note about those it lacks."""

from functools import lru_cache

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from triptych.engine.marks import Lettering

SMALLEST = 9  # pixels: below this, letters are specks


@lru_cache(maxsize=64)
def font(size: int) -> ImageFont.FreeTypeFont:
    found = ImageFont.load_default(size)
    if not isinstance(found, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType, so nothing can be lettered.")
    return found


@lru_cache(maxsize=1024)
def known(character: str) -> bool:
    """Whether the font has the character: a missing one is drawn as the same box as U+FFFF."""
    if character.isspace():
        return True
    pen = font(32)
    return bytes(pen.getmask(character)) != bytes(pen.getmask("\uffff"))


def missing(words: str) -> str:
    """The characters of `words` that cannot be lettered, once each."""
    return "".join(dict.fromkeys(c for c in words if not known(c)))


def fitted(line: Lettering) -> tuple[list[str], int]:
    """The lines and the font size that fill the line's room best; its words break where that makes them larger."""
    words = "".join(c for c in line.words if known(c)).split()
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
    widest = max(font(100).getlength(row) for row in rows) or 1
    return max(int(min(100 * width / widest, height / (1.14 * len(rows)))), SMALLEST)


def letter(picture: Image.Image, line: Lettering, scale: float = 1.0) -> None:
    """Write one line onto an RGB or RGBA picture."""
    rows, size = fitted(line)
    if size and any(rows):
        _write(picture, "\n".join(rows), line, max(round(size * scale), SMALLEST), scale)
    if lacking := missing(line.words):
        note = f"The demo engine has no letters for: {', '.join(f'U+{ord(c):04X}' for c in lacking[:6])}"
        foot = Lettering(
            note, (picture.width / scale / 2, picture.height / scale * 0.965), line.width, 0, line.colour, line.shadow
        )
        _write(picture, note, foot, max(round(picture.width * 0.018), SMALLEST), scale)


def _write(picture: Image.Image, text: str, line: Lettering, size: int, scale: float) -> None:
    pen = ImageDraw.Draw(picture)
    at = (line.centre[0] * scale, line.centre[1] * scale)
    face = font(size)
    if line.shadow is not None:
        # A halo of the ground's own colour keeps letters legible on a busy one.
        glow = Image.new("L", picture.size, 0)
        ImageDraw.Draw(glow).multiline_text(
            at, text, fill=190, font=face, anchor="mm", align="center", stroke_width=max(size // 14, 1)
        )
        box = glow.getbbox()
        if box:
            reach = max(size // 8, 2)
            box = (
                max(box[0] - 2 * reach, 0),
                max(box[1] - 2 * reach, 0),
                min(box[2] + 2 * reach, picture.width),
                min(box[3] + 2 * reach, picture.height),
            )
            picture.paste(line.shadow, box, glow.crop(box).filter(ImageFilter.GaussianBlur(reach / 2)))
    pen.multiline_text(
        at,
        text,
        fill=line.colour,
        font=face,
        anchor="mm",
        align="center",
        stroke_width=max(size // 60, 0),
        stroke_fill=line.colour,
    )
