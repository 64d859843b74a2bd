"""Fonts for any script: which face has which letters, and a line of text set with all the faces that it needs.

Pillow's own face knows plain Latin. For the rest the extra `fonts` brings Noto Sans CJK, and what the system has is
found by its usual names or, where there is fontconfig, by asking for a face that has the letter.
"""

import shutil
import subprocess
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageDraw, ImageFont

# Names by which Pillow finds a face in the folders of Linux, macOS and Windows.
NAMES = (
    "DejaVuSans.ttf",
    "LiberationSans-Regular.ttf",
    "NotoSans-Regular.ttf",
    "arial.ttf",
    "Arial.ttf",
    "NotoSansCJK-Regular.ttc",
    "AppleSDGothicNeo.ttc",
    "Hiragino Sans GB.ttc",
    "malgun.ttf",
    "msgothic.ttc",
    "msyh.ttc",
    "Arial Unicode.ttf",
)
CJK_PACKAGE, CJK_FILE = "noto_cjk_sans_otc", "NotoSansCJK-Regular.ttc"
JAPANESE, KOREAN, CHINESE = 0, 1, 2  # the faces in that file: one Han character is written differently in each country
NO_CHARACTER = "\uffff"  # a noncharacter, for which a face draws what it draws for a letter it lacks
FONTCONFIG_SECONDS = 5.0
SPACE = 0.32  # of the size, between two words


@dataclass(frozen=True)
class Face:
    """A font file, by path or by a name Pillow finds, and which of its faces; no path is Pillow's own face."""

    path: str = ""
    index: int = 0


OWN = Face()


@lru_cache(maxsize=128)
def font(size: int, face: Face = OWN) -> ImageFont.FreeTypeFont:
    """The face at ``size`` pixels. Raises OSError where there is no such file."""
    found = ImageFont.truetype(face.path, size, index=face.index) if face.path else ImageFont.load_default(size)
    if not isinstance(found, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType, so no text can be set.")
    return found


def runs(text: str) -> tuple[tuple[str, Face], ...]:
    """The text in pieces of one face each: one piece where one face has all of it. Letters that none has are left out.

    The pieces stand from left to right; a line that mixes scripts of both directions is not reordered across them.
    """
    faces = _faces(text)
    found = {c: face for c in dict.fromkeys(text) if (face := _face(c, faces))}
    known = "".join(c for c in text if c in found)
    if not known:
        return ()
    if whole := next((face for face in faces if all(has(face, c) for c in found)), None):
        return ((known, whole),)
    pieces: list[tuple[str, Face]] = []
    for character in known:
        before = pieces[-1][1] if pieces else OWN
        if pieces and has(before, character):
            pieces[-1] = (pieces[-1][0] + character, before)
        else:
            pieces.append((character, found[character]))
    return tuple(pieces)


def missing(text: str) -> str:
    """The characters of ``text`` that no face at hand has, once each."""
    faces = _faces(text)
    return "".join(c for c in dict.fromkeys(text) if not _face(c, faces))


def width(text: str, size: int) -> float:
    """Pixels that a line takes."""
    return max((x + font(size, face).getlength(piece) for x, piece, face in _set(text, size)), default=0.0)


def _set(text: str, size: int) -> Iterator[tuple[float, str, Face]]:
    """Each piece with its x in pixels. Pillow's own face has a space too narrow to tell words by, so it gets more."""
    x = 0.0
    for piece, face in runs(text):
        for number, word in enumerate(piece.split(" ") if face == OWN else [piece]):
            x += number and SPACE * size
            yield x, word, face
            x += font(size, face).getlength(word)


def write(
    pen: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    size: int,
    *,
    fill: str | int | tuple[int, ...],
    anchor: str = "la",
    stroke: int = 0,
) -> None:
    """Set one line at ``at``: `anchor` is l, m or r and a (top), m (middle) or s (baseline), as in Pillow."""
    left = at[0] - {"l": 0.0, "m": 0.5, "r": 1.0}[anchor[0]] * width(text, size)
    # Faces differ in height: all stand on the baseline of Pillow's own.
    up, down = font(size).getmetrics()
    y = at[1] + {"a": up, "m": (up - down) / 2, "s": 0}[anchor[1]]
    for x, piece, face in _set(text, size):
        pen.text((left + x, y), piece, fill, font(size, face), anchor="ls", stroke_width=stroke, stroke_fill=fill)


@lru_cache(maxsize=8192)
def has(face: Face, character: str) -> bool:
    """Whether the face has the letter; what has no shape of its own, as a space or a joiner, all have."""
    kind = unicodedata.category(character)
    if character.isspace() or kind in {"Cf", "Cc"}:
        return True
    if kind in {"Co", "Cn", "Cs"}:
        return False  # some faces draw a box with the number in it for what is nobody's letter
    pen = font(32, face)
    return bytes(pen.getmask(character)) != bytes(pen.getmask(NO_CHARACTER))


def _face(character: str, faces: Iterable[Face]) -> Face | None:
    """The first of the faces that has the letter, or what fontconfig knows."""
    if found := next((face for face in faces if has(face, character)), None):
        return found
    asked = _by_fontconfig(ord(character) >> 8, character)
    return asked if asked and has(asked, character) else None


def _faces(text: str) -> tuple[Face, ...]:
    """The faces that are tried for this text, in order; Korean and Japanese write some Han letters their own way."""
    names = [unicodedata.name(character, "") for character in dict.fromkeys(text)]
    korean = any("HANGUL" in name for name in names)
    japanese = any("HIRAGANA" in name or "KATAKANA" in name for name in names)
    return _installed(KOREAN if korean else JAPANESE if japanese else CHINESE)


@lru_cache(maxsize=3)
def _installed(index: int) -> tuple[Face, ...]:
    spec = find_spec(CJK_PACKAGE)
    folders = spec.submodule_search_locations if spec and spec.submodule_search_locations else []
    packaged = [Face(str(Path(folder) / CJK_FILE), index) for folder in folders]
    return (OWN, *filter(_opens, [*map(Face, NAMES[:3]), *packaged, *map(Face, NAMES[3:])]))


def _opens(face: Face) -> bool:
    try:
        return bool(font(16, face))
    except OSError:
        return False


_ASKED: dict[int, Face | None] = {}  # what fontconfig answered, by the 256 characters around the one asked for


def _by_fontconfig(block: int, character: str) -> Face | None:
    if block not in _ASKED:
        _ASKED[block] = _asked(character)
    return _ASKED[block]


def _asked(character: str) -> Face | None:
    program = shutil.which("fc-match")
    if program is None:
        return None
    pattern = f":charset={ord(character):x}:scalable=true:color=false"
    try:
        answer = subprocess.run(  # noqa: S603 - the system's own program, and no words of anybody's
            [program, "-f", "%{file}\n%{index}", pattern],
            capture_output=True,
            text=True,
            timeout=FONTCONFIG_SECONDS,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None  # no fontconfig to ask: the letter counts as missing, which is said
    path, _, index = answer.partition("\n")
    face = Face(path, int(index or 0))
    return face if path and _opens(face) else None
