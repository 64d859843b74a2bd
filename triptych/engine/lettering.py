"""Letters that fit, in Pillow's own font or one that has them, and an honest note about those that none has."""

from functools import lru_cache

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from triptych.engine.marks import Lettering

SMALLEST = 9  # pixels: below this, letters are specks


# Pillow's own font knows plain Latin only; for accents and other scripts, what the machine has is asked in this order.
OWN = ""
OTHERS = (
    "DejaVuSans.ttf",
    "LiberationSans-Regular.ttf",
    "NotoSans-Regular.ttf",
    "arial.ttf",
    "Arial.ttf",
    "NotoSansCJK-Regular.ttc",
    "msgothic.ttc",
    "Arial Unicode.ttf",
)
NO_CHARACTER = "\uffff"  # a noncharacter, for which every font draws what it draws for a letter it lacks


@lru_cache(maxsize=64)
def font(size: int, face: str = OWN) -> ImageFont.FreeTypeFont:
    found = ImageFont.truetype(face, size) if face else ImageFont.load_default(size)
    if not isinstance(found, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType, so nothing can be lettered.")
    return found


@lru_cache(maxsize=1)
def faces() -> tuple[str, ...]:
    """The fonts at hand, Pillow's own first."""
    return (OWN, *(face for face in OTHERS if _installed(face)))


def _installed(face: str) -> bool:
    try:
        return bool(font(16, face))
    except OSError:
        return False


@lru_cache(maxsize=2048)
def _has(face: str, character: str) -> bool:
    pen = font(32, face)
    return character.isspace() or bytes(pen.getmask(character)) != bytes(pen.getmask(NO_CHARACTER))


def face_for(words: str) -> str:
    """The first font that has all the letters, or else the one that lacks fewest."""
    return min(faces(), key=lambda face: sum(not _has(face, c) for c in words))


def missing(words: str) -> str:
    """The characters of `words` that no font at hand can letter together with the rest, once each."""
    face = face_for(words)
    return "".join(dict.fromkeys(c for c in words if not _has(face, c)))


def width_of(row: str, size: int) -> float:
    """Pixels a row of letters takes."""
    return font(size, face_for(row)).getlength(row)


def fitted(line: Lettering) -> tuple[list[str], int]:
    """The lines and the font size that fill the line's room best; its words break where that makes them larger."""
    lacking = missing(line.words)
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
    widest = max(width_of(row, 100) for row in rows) or 1
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
    face = font(size, face_for(text))
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
