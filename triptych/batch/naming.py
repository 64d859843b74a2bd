"""What the images of a batch are called when they leave it: a pattern such as ``{row:03}-{prompt}``, made safe."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from triptych.batch.results import Result
from triptych.batch.rows import Row
from triptych.batch.table import key
from triptych.errors import InvalidRequest
from triptych.inputs import format_of

PATTERN = "{row:03}-{prompt}"
GAP = re.compile(r"\{(?P<name>[^{}:]{1,100})(?::(?P<digits>0?[1-9]))?\}")
STEM = 40  # characters of what one gap may fill
LONGEST = 150  # bytes of a name, which file systems take with room for a number and an ending
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}
OWN = ("prompt", "model", "size", "quality")


def check_pattern(pattern: str, columns: Iterable[str]) -> None:
    """Raise InvalidRequest where a pattern names what no row has."""
    known = {"row", *OWN, *map(key, columns)}
    for gap in GAP.finditer(pattern):
        if key(gap["name"]) not in known:
            raise InvalidRequest(f"File names have no {{{gap['name']}}}. Use {{row}}, {{prompt}} or a column's name.")
    if rest := re.search(r"[{}]", GAP.sub("", pattern)):
        raise InvalidRequest(f"The file name has a stray {rest[0]}. Remove it, or write a placeholder like {{row:03}}.")


def file_names(pattern: str, results: Iterable[Result]) -> Mapping[str, str]:
    """The file name of every image by the id of its record: safe on every system, and each there once.

    Several of one name are numbered, the second from 2. Raises InvalidRequest as ``check_pattern`` does.
    """
    named, taken, counts = dict[str, str](), set[str](), dict[str, int]()
    for result in results:
        check_pattern(pattern, result.row.values)
        plain = safe_name(GAP.sub(lambda gap, row=result.row: _filled(gap, row), pattern))  # type: ignore[misc]
        for image in result.images:
            stem = next(each for each in _numbered(plain, counts) if each.casefold() not in taken)
            taken.add(stem.casefold())
            named[image.id] = f"{stem}.{format_of(image.stored.format).suffix}"
    return named


def _numbered(stem: str, counts: dict[str, int]) -> Iterator[str]:
    """The name, and then with numbers; ``counts`` remembers how far it is, so that a thousand of one are as quick."""
    while True:
        counts[stem] = counts.get(stem, 0) + 1
        yield stem if counts[stem] == 1 else f"{stem}-{counts[stem]}"


def _filled(gap: re.Match[str], row: Row) -> str:
    name = key(gap["name"])
    if name == "row":
        return f"{row.number:{gap['digits'] or ''}}" + (f"-{row.combination}" if row.combination else "")
    cells = {key(column): cell for column, cell in row.values.items()}
    text = str(getattr(row.request, name)) if name in OWN and row.request else cells.get(name, "")
    return _words(text)[:STEM].rstrip("-")


def _words(text: str) -> str:
    """Letters and digits of any script in small, all else as hyphens."""
    return "-".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text[: 8 * STEM]).lower()))


def safe_name(name: str) -> str:
    """A name that is no path, not hidden and no device of Windows, and of a length that every system takes."""
    plain = re.sub(r"[^\w .()+,=@-]|[\x00-\x1f]", "-", unicodedata.normalize("NFC", name))
    plain = plain.encode()[:LONGEST].decode(errors="ignore").strip(" .-_") or "image"
    return f"{plain}-" if plain.partition(".")[0].lower() in RESERVED else plain
