"""Bent image files through every door: each ends in an image or in words, and what is answered is never lost."""

from contextlib import suppress

from tests.fuzzing import bent, cases, run
from tests.triptych.odd import MENDED, WORDS, line, saved, scene, told
from triptych.client.answers import picture
from triptych.errors import BadAnswer, BadFile
from triptych.inputs import Attachment, admit, decoded
from triptych.masks import decode
from triptych.store import as_shown, preview

SOURCES = (
    *WORDS.values(),
    *(data for data, _ in MENDED.values()),
    saved(scene(), "WEBP", exif=told(6), lossless=True),
    saved(scene(), "WEBP", save_all=True, append_images=[scene()]),
    saved(scene().convert("CMYK"), "JPEG"),
    *(saved(scene(), form) for form in ("GIF", "BMP", "TIFF", "AVIF")),
    line(2_097_152),
)


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


@cases(400)
def test_bent_files_end_in_images_or_in_words(seeds: int | None) -> None:
    run(seeds, lambda chance: check(bent(chance, chance.choice(SOURCES), SOURCES)))
