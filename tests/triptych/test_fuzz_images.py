"""Bent image files through every door: each ends in an image or in words, and what is answered is never lost."""

import random
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.triptych.odd import MENDED, WORDS, line, saved, scene, told
from triptych.client.answers import picture
from triptych.errors import BadAnswer, BadFile
from triptych.inputs import Attachment, admit, decoded
from triptych.masks import decode
from triptych.store import as_shown, preview

QUICK = 400  # files
LONG = 60.0  # seconds
SOURCES = (
    *WORDS.values(),
    *(data for data, _ in MENDED.values()),
    saved(scene(), "WEBP", exif=told(6), lossless=True),
    saved(scene(), "WEBP", save_all=True, append_images=[scene()]),
    saved(scene().convert("CMYK"), "JPEG"),
    *(saved(scene(), form) for form in ("GIF", "BMP", "TIFF", "AVIF")),
    line(2_097_152),
)


def bent(chance: random.Random) -> Iterator[bytes]:
    """Files with bytes turned, cut out, doubled, put between and swapped, without end."""
    while True:
        data = bytearray(chance.choice(SOURCES))
        for _ in range(chance.randint(0, 6)):
            at, length = chance.randrange(len(data) + 1), chance.choice((1, 1, 2, 4, 40))
            part = slice(at, at + length)
            other = chance.choice(SOURCES)
            start = chance.randrange(len(other))
            filled = (b"", chance.randbytes(length), b"\xff" * length, bytes(length), bytes(data[part]) * 2)
            data[part] = chance.choice((*filled, other[start : start + length]))
        yield bytes(data)


def check(data: bytes) -> None:
    """Every door takes ``data`` or refuses it by its own error; what is taken can be taken again."""
    try:
        attachment, clean = admit(data)
    except BadFile:
        pass
    else:
        assert Attachment.from_json(attachment.to_json()) == Attachment.of(clean) == attachment
        assert (attachment, clean) == admit(clean)
    for door in (decoded, lambda data: decode(data, (64, 48))):
        with suppress(BadFile):
            door(data)
    try:
        answer = picture(data)
    except BadAnswer:
        return
    assert answer.data == data
    for show in (preview, as_shown):
        with suppress(ValueError):
            assert show(data, answer.format)


def test_four_hundred_bent_files_end_in_an_image_or_in_words() -> None:
    files = bent(random.Random(11))

    for _ in range(QUICK):
        check(next(files))


@pytest.mark.trust
def test_a_minute_of_bent_files_ends_in_images_or_in_words() -> None:
    files, end = bent(random.Random()), time.monotonic() + LONG

    while time.monotonic() < end:
        data = next(files)
        try:
            check(data)
        except Exception as error:
            raise AssertionError(f"{error!r:.300} for {len(data):,} bytes: {data.hex()}") from error
