"""Copies of an image, and whether bytes are still those that the API answered."""

import hashlib
import io

import pytest
from PIL import Image

from tests.triptych.provenance.signing import Authority, plain, signed
from triptych.errors import BadFile
from triptych.provenance import compared, inspect, with_prompt, without_metadata
from triptych.store.transfer.png_metadata import Foreign, settings_of

SIGNED = {form: signed(Authority(), form) for form in ("PNG", "JPEG", "WEBP")}
PROMPT = "A lighthouse at dusk,\nNebel über der See"


def pixels(data: bytes) -> bytes:
    return Image.open(io.BytesIO(data)).convert("RGB").tobytes()


@pytest.mark.parametrize("data", SIGNED.values(), ids=SIGNED)
def test_a_copy_without_metadata_has_the_same_pixels_and_no_manifest(data: bytes) -> None:
    copy = without_metadata(data)

    assert pixels(data) == pixels(copy)
    assert "none" == inspect(copy).state
    assert len(copy) < len(data)


def test_an_image_that_its_metadata_turns_is_not_stripped() -> None:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (8, 4)).save(out, "JPEG", exif=exif)

    with pytest.raises(BadFile, match="how it is rotated"):
        without_metadata(out.getvalue())


def test_a_copy_with_its_prompt_is_read_back_and_has_no_manifest() -> None:
    copy = with_prompt(SIGNED["PNG"], PROMPT, "gpt-image-2.6")

    read = Image.open(io.BytesIO(copy))
    read.load()
    told = settings_of(read.info)
    assert isinstance(told, Foreign)
    assert (PROMPT, "gpt-image-2.6") == (told.prompt, told.model)
    assert pixels(SIGNED["PNG"]) == pixels(copy)
    assert "none" == inspect(copy).state


@pytest.mark.parametrize("form", ["JPEG", "WEBP"])
def test_a_prompt_goes_into_png_files_only(form: str) -> None:
    with pytest.raises(BadFile, match="Only PNG files"):
        with_prompt(SIGNED[form], PROMPT, "gpt-image-2.6")


def gone() -> bytes:
    raise KeyError("gone")


def test_bytes_are_compared_in_one_line() -> None:
    data, other = plain(), plain("JPEG")
    sha256 = hashlib.sha256(data).hexdigest()

    same = compared(sha256, lambda: data, lambda: data)
    changed = compared(sha256, lambda: other, lambda: other)
    reencoded = compared(sha256, lambda: data, lambda: other)
    lost = compared(sha256, gone, gone)

    assert [True, False, False, False] == [each.same for each in (same, changed, reencoded, lost)]
    assert f"Answer, stored file and download are the same bytes. SHA-256 {sha256}" == same.sentence
    assert changed.sentence.startswith("The stored file is not the answer as it came.")
    assert reencoded.sentence.startswith("The download is not the answer as it came.")
    assert lost.sentence.startswith("The stored file is missing")
    assert compared(sha256, lambda: data, lambda: data, what="Result").sentence.startswith("Result, stored file")
