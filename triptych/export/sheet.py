"""A contact sheet: many pictures on one, with their axes' labels, as a PNG."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from triptych.errors import BadFile, InvalidRequest
from triptych.inputs import decoded, too_large

if TYPE_CHECKING:  # behind the first page
    from PIL import Image

PAPER, INK, FAINT, EMPTY = "#ffffff", "#202020", "#707070", "#eeeeee"
GAP = 8  # pixels between tiles
FULL = 1024  # pixels a tile without any picture is taken to have when pictures keep their size
MOST_PIXELS = 150_000_000  # of a sheet: more would take gigabytes to draw
LONGEST_LABEL = 300  # characters
MOST_NAMED = 12  # characters that no font has


@dataclass(frozen=True)
class Tile:
    """One place of the sheet: what reads a picture, or None where there is none, and what is written below it.

    ``edges`` are the picture's in pixels, (0, 0) where it has none. It is read when its turn comes, so that only one is
    in memory; a KeyError says that it is gone.
    """

    picture: Callable[[], bytes] | None
    caption: str
    edges: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Block:
    """One table of tiles: its heading, a label for each column and each row, and the rows of tiles."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    tiles: tuple[tuple[Tile, ...], ...]


@dataclass(frozen=True)
class _Measure:
    """Pixels: a tile's picture, its text, the labels of rows on the left, and those of columns above."""

    width: int
    height: int
    text: int
    left: int
    above: int

    @property
    def line(self) -> int:
        return round(self.text * 1.35)

    @property
    def step(self) -> tuple[int, int]:
        return self.width + GAP, self.height + 2 * self.line + GAP


def contact_sheet(title: str, blocks: tuple[Block, ...], *, edge: int | None = 256) -> bytes:
    """The sheet as PNG. Pictures keep their shape and are at most ``edge`` pixels long, None for their full size.

    Raises InvalidRequest where the sheet would have more than 150 million pixels. A letter that no font here has is
    left out, and so is a line of nothing else; the foot of the sheet says which.
    """
    from triptych import fonts

    lacking = fonts.missing("".join(_texts(title, blocks)))
    measure = _measured(blocks, edge)
    size = _size(blocks, measure, foot=bool(lacking))
    if size[0] * size[1] > MOST_PIXELS:
        raise InvalidRequest("At this size the sheet would be too large. Choose a smaller one.")
    page = _Page(size, measure)
    y = GAP + measure.line * page.write((GAP, GAP), title, size[0] - 2 * GAP, most=2)
    for block in blocks:
        y = page.block(block, y + GAP)
    if lacking:
        named = ", ".join(f"U+{ord(character):04X}" for character in lacking[:MOST_NAMED])
        page.write((GAP, y + GAP), f"Left out, no font here has: {named}", size[0] - 2 * GAP, colour=FAINT)
    out = io.BytesIO()
    page.image.save(out, "PNG")
    return out.getvalue()


class _Page:
    """The sheet while it is drawn."""

    def __init__(self, size: tuple[int, int], measure: _Measure) -> None:
        from PIL import Image, ImageDraw

        self.image = Image.new("RGB", size, PAPER)
        self._draw = ImageDraw.Draw(self.image)
        self._measure = measure

    def write(self, at: tuple[int, int], text: str, width: int, *, most: int = 1, colour: str = INK) -> int:
        """At most ``most`` lines of ``width`` pixels each; gives how many."""
        from triptych import fonts

        lines = _wrapped(text[:LONGEST_LABEL], width, self._measure.text, most)
        for number, line in enumerate(lines):
            at_line = (at[0], at[1] + number * self._measure.line)
            fonts.write(self._draw, at_line, line, self._measure.text, fill=colour)
        return len(lines)

    def block(self, block: Block, y: int) -> int:
        """A block at height ``y``; gives where it ends."""
        measure, (across, down) = self._measure, self._measure.step
        if block.heading:
            y += measure.line * max(1, self.write((GAP, y), block.heading, self.image.width - 2 * GAP))
        xs = [measure.left + GAP + number * across for number in range(len(block.columns))]
        for x, label in zip(xs, block.columns, strict=True):
            self.write((x, y), label, measure.width, most=2)
        y += measure.above
        for label, tiles in zip(block.rows, block.tiles, strict=True):
            self.write((GAP, y), label, measure.left - GAP, most=8)
            for x, tile in zip(xs, tiles, strict=True):
                self._put(tile, (x, y))
                self.write((x, y + measure.height + 2), tile.caption, measure.width, most=2, colour=FAINT)
            y += down
        return y

    def _put(self, tile: Tile, at: tuple[int, int]) -> None:
        from PIL import Image

        measure = self._measure
        opened = _read(tile)
        if opened is None:
            self._draw.rectangle((*at, at[0] + measure.width - 1, at[1] + measure.height - 1), EMPTY)
            if tile.picture:
                self.write((at[0] + GAP, at[1] + GAP), "No image can be shown", measure.width - GAP, most=3)
            return
        size = _fitted(opened.size, max(measure.width, measure.height))
        picture = opened.convert("RGBA").resize(size, Image.Resampling.LANCZOS)
        self.image.paste(picture, at, picture)


def _wrapped(text: str, width: int, size: int, most: int) -> list[str]:
    """The text in lines no wider than ``width`` pixels, broken at spaces where that can be; what is cut ends in "…"."""
    from triptych import fonts

    lines, lacking = [""], set(fonts.missing(text))
    for word in "".join(c for c in text if c not in lacking).split():
        longer = f"{lines[-1]} {word}".strip()
        if fonts.width(longer, size) <= width:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for character in word:  # what is wider than a line, or has no spaces, breaks anywhere
            if lines[-1] and fonts.width(lines[-1] + character, size) > width:
                lines.append("")
            lines[-1] += character
        if len(lines) > most:
            break
    if len(lines) > most:
        last = lines[most - 1]
        while last and fonts.width(f"{last}…", size) > width:
            last = last[:-1]
        lines = [*lines[: most - 1], f"{last.rstrip()}…"]
    return list(filter(None, lines))


def _texts(title: str, blocks: tuple[Block, ...]) -> Iterator[str]:
    """Every text of the sheet, as far as it may be shown."""
    yield title[:LONGEST_LABEL]
    for block in blocks:
        labels = (block.heading, *block.columns, *block.rows)
        yield from (label[:LONGEST_LABEL] for label in labels)
    yield from (tile.caption[:LONGEST_LABEL] for tile in _tiles(blocks))


def _measured(blocks: tuple[Block, ...], edge: int | None) -> _Measure:
    shown = [tile.edges for tile in _tiles(blocks) if any(tile.edges) and not too_large(*tile.edges)]
    longest = edge or max(map(max, shown), default=FULL)
    shapes = [_fitted(edges, longest) for edges in shown]
    width = max((w for w, _ in shapes), default=longest)
    height = max((h for _, h in shapes), default=longest)
    text = max(11, min(40, longest // 22))
    left = longest // 2 if any(label for block in blocks for label in block.rows) else 0
    above = 2 * round(text * 1.35) if any(label for block in blocks for label in block.columns) else 0
    return _Measure(width, height, text, left, above)


def _size(blocks: tuple[Block, ...], measure: _Measure, *, foot: bool) -> tuple[int, int]:
    across, down = measure.step
    width = measure.left + max((len(block.columns) for block in blocks), default=1) * across + GAP
    each = (len(block.rows) * down + measure.above + (measure.line if block.heading else 0) + GAP for block in blocks)
    lines = 3 if foot else 2
    return max(width, 2 * measure.width), lines * measure.line + sum(each) + 2 * GAP


def _read(tile: Tile) -> "Image.Image | None":
    """The picture; None where there is none, it is gone, damaged, too large, or of a format that is not decoded."""
    if tile.picture is None:
        return None
    try:
        return decoded(tile.picture())
    except (KeyError, BadFile):
        return None


def _fitted(edges: tuple[int, int], longest: int) -> tuple[int, int]:
    """As large as fits, never larger than it is."""
    factor = min(1.0, longest / max(*edges, 1))
    return max(1, round(edges[0] * factor)), max(1, round(edges[1] * factor))


def _tiles(blocks: tuple[Block, ...]) -> Iterator[Tile]:
    return (tile for block in blocks for row in block.tiles for tile in row)
