"""Whether a picture is lettered as its prompt asked: the texts that it quotes against what is read in the picture."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PIL import Image

from triptych.prompts.patterns import split_lettering
from triptych.vision.needs import Once, need
from triptych.vision.pictures import on, opened, pixels
from triptych.vision.scripts import foreign, packs, read_by_tesseract, unread

MOST_WORDS = 200  # read in one picture; more is a page of print, and no prompt asks for that in quotes
READ_EDGES = (1024, 1536)  # pixels: letters of 14 are read at twice their size only, and twice 1024 takes three seconds
WHITE = 255


@dataclass(frozen=True)
class Lettering:
    """The texts ``wanted``, the lines ``read`` from top to bottom, and how well they agree.

    ``score`` is the mean over the wanted texts of 1 less the edits per character between each and the nearest run of
    words read: 1 as wanted, 0 where nothing is read, None where nothing is wanted; other words share letters by chance,
    up to some 0.4. Case and spaces do not count: print is not read that surely. Texts in scripts that no reader here
    knows are not scored: ``unread`` names these scripts ("Hangul").
    """

    wanted: tuple[str, ...]
    read: tuple[str, ...]
    score: float | None
    unread: tuple[str, ...] = ()


def lettering(picture: bytes, prompt: str) -> Lettering:
    """What ``prompt`` quotes against what stands in the picture; it is not read where nothing is quoted.

    Latin, Chinese and Japanese by PP-OCR, 0.3 to 1 s on one core; other scripts by Tesseract where it is installed with
    their language packs. Raises NotInstalled, BadFile.
    """
    wanted = tuple(dict.fromkeys(" ".join(text.split()) for text in split_lettering(prompt)[1] if text.strip()))
    if not wanted:
        return Lettering((), (), None)
    need("lettering")
    scripts = {text: foreign(text) for text in wanted}
    needed = frozenset[str]().union(*scripts.values())
    readable = tuple(text for text in wanted if not unread(scripts[text]))
    read = _read(picture, packs(needed)) if readable else ()
    return replace(compared(readable, read), wanted=wanted, unread=unread(needed))


def compared(wanted: tuple[str, ...], read: tuple[str, ...]) -> Lettering:
    """How well the lines ``read`` agree with the texts ``wanted``."""
    words = [_plain(word) for line in read for word in line.split()][:MOST_WORDS]
    scores = [max((likeness(_plain(text), run) for run in _runs(words, text)), default=0.0) for text in wanted]
    return Lettering(wanted, read, sum(scores) / len(scores) if scores else None)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _runs(words: list[str], text: str) -> Iterator[str]:
    """Words that stand one after the other and may be the text: about as many, as they may be read apart or as one."""
    most = len(text.split()) + 2
    for first in range(len(words)):
        for last in range(first + 1, min(first + most, len(words)) + 1):
            yield "".join(words[first:last])


def likeness(one: str, other: str) -> float:
    """1 less the fewest edits that make one of the other, per character of the longer (Levenshtein)."""
    if not (one and other):
        return float(one == other)
    before = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        now = [row]
        for column, against in enumerate(other, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (letter != against)))
        before = now
    return 1 - before[-1] / max(len(one), len(other))


def _read(picture: bytes, languages: tuple[str, ...]) -> tuple[str, ...]:
    image = on(opened(picture), WHITE)
    edge = min(max(*image.size, READ_EDGES[0]), READ_EDGES[1])
    scale = edge / max(image.size)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    image = image.resize(size, Image.Resampling.LANCZOS)
    lines = _reader()(np.ascontiguousarray(pixels(image)[:, :, ::-1])).txts or ()
    if languages:
        lines = (*lines, *read_by_tesseract(image, languages))
    return tuple(line for line in lines if any(letter.isalnum() for letter in line))


def _reader_loaded() -> Any:
    from rapidocr import RapidOCR

    threads = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
    return RapidOCR(params={"Global.log_level": "critical", **threads})


_reader: Once[Any] = Once(_reader_loaded)
