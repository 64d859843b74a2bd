"""The images and masks that rows name: uploaded files, entries of a ZIP file, and images of the history."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property
from pathlib import PurePosixPath
from typing import IO

from triptych.batch.problem import Problem
from triptych.batch.table import Table
from triptych.errors import BadFile, InvalidRequest, NotInstalled, Refused
from triptych.inputs import MOST_IMAGE_BYTES, Attachment, admit
from triptych.store.transfer.archive import opened

SUBJECT, BACKGROUND = "subject", "background"  # what a mask column may say in place of a file's name
MOST_IMAGES = 5_000  # of one batch
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
ZIP = b"PK\x03\x04"
Pair = tuple[str, str]  # a mask's file, by SHA-256, or its word; and the image it is for, by SHA-256


def _nowhere(id: str) -> Attachment | None:  # noqa: A002, ARG001
    return None


def _gone(one: Attachment) -> bytes:
    raise KeyError(one.sha256)


@dataclass(frozen=True)
class Wanted:
    """A mask for the image ``first``: of what ``word`` says, "subject" or "background", else of the file ``source``."""

    word: str
    source: Attachment | None
    first: Attachment

    @property
    def pair(self) -> Pair:
        """What tells it from others."""
        return self.source.sha256 if self.source else self.word, self.first.sha256


@dataclass(frozen=True)
class Images:
    """``named`` are those that were uploaded, by file name, in order; ``twice`` the names that more than one had.

    ``record`` finds an image of the history by its id, None where there is none; ``read`` gives an image's bytes,
    KeyError: gone. ``made`` are the masks that were made here, by SHA-256: they may be in no store yet. ``masks`` says
    which they are, or why there is none, by the mask's file or word and the image it is for; handed in again, none is
    made twice. With ``later`` none is made at all: those that are wanted are put into it, and what is planned with it
    is not to be sent.
    """

    named: Mapping[str, Attachment] = field(default_factory=dict)
    record: Callable[[str], Attachment | None] = _nowhere
    read: Callable[[Attachment], bytes] = _gone
    twice: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    made: dict[str, bytes] = field(default_factory=dict)
    masks: dict[Pair, Attachment | str] = field(default_factory=dict)
    later: "dict[Pair, Wanted] | None" = None

    @cached_property
    def _by_name(self) -> Mapping[str, list[str]]:
        return _grouped(self.named, str.casefold)

    @cached_property
    def _by_last_name(self) -> Mapping[str, list[str]]:
        return _grouped(self.named, _last)

    def with_masks(self, before: "Images") -> "Images":
        """The same with those masks that were made ``before`` for images which are still there."""
        there = {one.sha256 for one in self.named.values()}
        masks = {pair: one for pair, one in before.masks.items() if pair[1] in there}
        made = {one.sha256 for one in masks.values() if not isinstance(one, str)}
        return replace(self, masks=masks, made={sha256: before.made[sha256] for sha256 in made & before.made.keys()})

    def names_of(self, cell: str) -> tuple[str, ...]:
        """The names in a cell, which stand in lines or between semicolons or bars, unless an image is called so."""
        whole = _plain(cell)
        is_one = whole.casefold() in self._by_name or whole in self.twice
        return (cell,) if is_one else tuple(name for name in re.split(r"[\n;|]", cell) if name.strip())

    def name_of(self, cell: str) -> str | None:
        """The uploaded file that a cell names, with or without its folder, in whatever case; None where none is.

        Raises InvalidRequest where several are named so.
        """
        wanted = _plain(cell)
        if wanted in self.named:
            return wanted
        found = self._by_name.get(wanted.casefold()) or self._by_last_name.get(_last(wanted)) or []
        if len(found) > 1 or wanted in self.twice:
            raise InvalidRequest(
                f'Two uploaded images are named "{cell}". Refer to one by its number, like "x (2).png".'
            )
        return found[0] if found else None

    def image(self, cell: str) -> Attachment:
        """The image that a cell names; raises InvalidRequest that offers the nearest name."""
        if name := self.name_of(cell):
            return self.named[name]
        if found := self.record(cell.strip()):
            return found
        near = get_close_matches(_plain(cell), self.named, 1)
        offer = f'Did you mean "{near[0]}"?' if near else "Upload it, alone or in a ZIP file."
        raise InvalidRequest(f'No image is called "{cell[:100]}". {offer}')

    def mask(self, cell: str, first: Attachment) -> Attachment:
        """The mask that a cell means for an image: a file's, or of the subject or background, found once (~0.4 s).

        Raises Refused in words: no such file, another ratio, nothing to change, no subject, the extra is missing.
        """
        word = seen(cell)
        source = None if word else self.image(cell)
        wanted = Wanted(word, source, first)
        if wanted.pair not in self.masks:
            if self.later is not None:
                self.later[wanted.pair] = wanted
                return first  # in its stead
            self.make(wanted)
        found = self.masks[wanted.pair]
        if isinstance(found, str):
            raise InvalidRequest(found)
        return found

    def make(self, wanted: "Wanted") -> None:
        """Make a mask, or note why there is none. Raises Refused where that may change: no extra, an image is gone."""
        source, first = wanted.source, wanted.first
        try:
            data = _of_file(self.read(source), source, first) if source else _of_subject(self.read(first), wanted.word)
        except KeyError:
            raise InvalidRequest("An image is missing. Upload it again.") from None
        except NotInstalled:
            raise
        except Refused as error:
            self.masks[wanted.pair] = error.message
            return
        one = Attachment.of(data)
        self.made[one.sha256] = data
        self.masks[wanted.pair] = one


def take_in(files: Iterable[tuple[str, IO[bytes]]], keep: Callable[[Attachment, bytes], None]) -> Images:
    """Admit uploaded images, and those in ZIP files, one at a time; ``keep`` takes the bytes of each.

    What cannot be taken is a problem that names it, and the others are there. ``read`` and ``record`` are the caller's.
    """
    named, twice, problems, notes = dict[str, Attachment](), set[str](), list[Problem](), list[Problem]()
    for given, read in _unpacked(files, problems):
        if len(named) == MOST_IMAGES:
            problems.append(Problem(0, "image", f"{given} was left out: a batch takes at most {MOST_IMAGES:,} images."))
            break
        try:
            one, clean = admit(read())
        except Refused as error:
            problems.append(Problem(0, "image", f"{given}: {error.message}"))
            continue
        name = given
        if given in twice or named.get(given, one) != one:
            if given not in twice:
                twice.add(given)
                first = _another(given, named)
                named = {first if name == given else name: image for name, image in named.items()}
            name = _another(given, named)
            notes.append(Problem(0, "image", f"More than one image is named {given}. This one is listed as {name}."))
        keep(one, clean)
        named[name] = one
    return Images(named, twice=frozenset(twice), problems=tuple(problems), notes=tuple(notes))


def each_image(images: Images, mask: str = "") -> Table:
    """A row for every uploaded image, in order; ``mask`` is what the mask column says in each, "" for none.

    A file that is the mask of all is no image of its own.
    """
    over = None if seen(mask) else images.name_of(mask)
    names = [name for name in images.named if name != over]
    columns = ("image", "mask") if mask.strip() else ("image",)
    rows = {number: dict(zip(columns, (name, mask), strict=False)) for number, name in enumerate(names, start=1)}
    return Table(columns, rows)


def seen(cell: str) -> str:
    """What is to be found in the image itself where a mask column says so: "subject" or "background"; "" for a name."""
    word = cell.strip().casefold().removeprefix("the ")
    return word if word in {SUBJECT, BACKGROUND} else ""


def _unpacked(
    files: Iterable[tuple[str, IO[bytes]]], problems: list[Problem]
) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Every image's name and what reads it, those in ZIP files too; what is refused is added to ``problems``."""
    for name, file in files:
        begin = file.read(len(ZIP))
        file.seek(0)
        if begin != ZIP:
            yield _plain(name), file.read
            continue
        try:
            with opened(file) as archive:
                for entry in archive.names:
                    if entry.lower().endswith(SUFFIXES) and "__MACOSX" not in entry:
                        if archive.size(entry) >= MOST_IMAGE_BYTES:
                            problems.append(Problem(0, "image", f"{entry} is 50 MB or larger. Make it smaller."))
                            continue
                        yield _plain(entry), lambda entry=entry: archive.read(entry)  # type: ignore[misc]
        except BadFile as error:
            problems.append(Problem(0, "image", f"{name}: {error.message}"))


def _of_file(data: bytes, source: Attachment, first: Attachment) -> bytes:
    """A mask file as it lies on the first image, scaled to it where both have one ratio."""
    from PIL import Image

    from triptych import masks

    if abs(source.width * first.height - source.height * first.width) > max(source.width, source.height):
        wanted = f"Make the mask {first.size}, or give it the same aspect ratio."
        raise InvalidRequest(f"The mask is {source.size} and its image is {first.size}. {wanted}")
    paint = masks.decode(data, (source.width, source.height))
    size = (first.width, first.height)
    return masks.encode(paint if paint.size == size else paint.resize(size, Image.Resampling.BICUBIC))


def _of_subject(data: bytes, word: str) -> bytes:
    from triptych import masks, vision

    found = vision.subject(data)
    if masks.verdict(found) == "empty":
        raise InvalidRequest("No subject was found in this image. Give it its own mask, or none.")
    return masks.encode(masks.invert(found) if word == BACKGROUND else found)


def _plain(name: str) -> str:
    """A name as an image is found by, never a path on this machine: it is only compared."""
    return str(PurePosixPath(name.strip().replace("\\", "/"))).removeprefix("/")


def _grouped(names: Iterable[str], by: Callable[[str], str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(by(name), []).append(name)
    return found


def _last(name: str) -> str:
    return PurePosixPath(name).name.casefold()


def _another(name: str, taken: Iterable[str]) -> str:
    path, names = PurePosixPath(name), set(taken)
    numbered = (str(path.with_name(f"{path.stem} ({number}){path.suffix}")) for number in range(1, MOST_IMAGES + 2))
    return next(each for each in numbered if each not in names)
