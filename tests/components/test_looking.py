"""The views of two and more pictures: what goes to the page, what sets pictures apart, and what is said of a mask."""

import base64
import io
import json

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from components.image.side_by_side import marked
from components.mask.outside import sentence
from triptych import masks
from triptych.masks import Outside

PAGE = """
import base64
import hashlib
from components.image.before_after import before_after
from components.image.viewer import Look

def look(name, data, form, gone=False):
    def read():
        if gone:
            raise KeyError(name)
        return base64.b64decode(data)
    return Look(hashlib.sha256(data.encode() + gone * b"gone").hexdigest(), form, {size!r}, name, read)

before_after(look("one", {one!r}, {form!r}), look("two", {two!r}, {form!r}, {gone!r}), "pair")
"""


def drawn(one: bytes, two: bytes, form: str, *, gone: bool = False, size: tuple[int, int] = (64, 48)) -> AppTest:
    first, second = (base64.b64encode(data).decode() for data in (one, two))
    page = PAGE.format(one=first, two=second, form=form, gone=gone, size=size)
    return AppTest.from_string(page, default_timeout=60).run()


def sent(page: AppTest) -> list[dict[str, object]]:
    """What the page was given of each picture."""
    (component,) = page.get("bidi_component")
    found: list[dict[str, object]] = json.loads(component.proto.json)["pictures"]
    return found


def png(colour: str, size: tuple[int, int] = (64, 48)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


def test_small_copies_go_to_the_page_and_the_pictures_own_bytes_do_not() -> None:
    size = (3840, 2160)

    page = drawn(png("red", size), png("blue", size), "png", size=size)

    assert [("one", None, 3840, 2160), ("two", None, 3840, 2160)] == [
        (picture["alt"], picture["own"], picture["width"], picture["height"]) for picture in sent(page)
    ]
    assert all(str(picture["small"]).endswith(".jpg") for picture in sent(page))
    assert sent(page)[0]["small"] != sent(page)[1]["small"]


def test_an_svg_goes_to_the_page_as_an_image_address() -> None:
    hostile = b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"

    first, second = sent(drawn(hostile, b"<svg/>", "svg"))

    assert f"data:image/svg+xml;base64,{base64.b64encode(hostile).decode()}" == first["small"] == first["own"]
    assert str(second["small"]).startswith("data:image/svg+xml;base64,")


def test_a_picture_whose_file_is_gone_is_named() -> None:
    page = drawn(png("red"), b"", "png", gone=True)

    assert ["The image file of “After” is missing\\."] == [error.value for error in page.error]
    assert not page.get("bidi_component")


def test_a_picture_that_cannot_be_decoded_is_named_with_the_reason() -> None:
    page = drawn(b"\x89PNG\r\n\x1a\nbroken", png("blue"), "png")

    assert ["No preview of “Before” \\(it cannot be decoded\\)\\. The original is safe\\."] == [
        error.value for error in page.error
    ]
    assert not page.get("bidi_component")


def test_what_sets_pictures_apart_comes_first_and_is_marked() -> None:
    facts = [{"Size": "auto", "Model": "a", "Seed": "1"}, {"Size": "auto", "Model": "b"}]

    assert [
        [("Model", "a", True), ("Seed", "1", True), ("Size", "auto", False)],
        [("Model", "b", True), ("Size", "auto", False)],
    ] == marked(facts)


@pytest.mark.parametrize(
    ("pixels", "share", "expected"),
    [
        (0, 0.0, "The mask covers the whole image: nothing was to be kept."),
        (1000, 0.0, "No pixel outside the mask changed."),
        (100_000, 0.00001, "Less than 0.1 % of the pixels outside the mask changed."),
        (1000, 0.004, "0.4 % of the pixels outside the mask changed."),
        (1000, 0.234, "23 % of the pixels outside the mask changed."),
    ],
)
def test_what_changed_outside_a_mask_is_said_in_a_sentence(pixels: int, share: float, expected: str) -> None:
    assert expected == sentence(Outside(pixels, share, 1.0, 9, b"", resampled=False))


TRUTH = """
import base64
from components.image.viewer import Look
from components.mask.outside import mask_truth
from triptych.inputs import Attachment

data = [base64.b64decode(text) for text in {texts!r}]
original, answer, mask = (Attachment.of(one) for one in data)
mask_truth(
    Look.at(original, lambda: data[0], "one"), Look.at(answer, lambda: data[1], "two"), mask, lambda: data[2], "truth"
)
"""


def measured(original: bytes, answer: bytes, mask: bytes) -> AppTest:
    texts = [base64.b64encode(data).decode() for data in (original, answer, mask)]
    return AppTest.from_string(TRUTH.format(texts=texts), default_timeout=60).run()


def test_a_mask_is_held_against_what_the_model_did_outside_it() -> None:
    mask = Image.new("L", (64, 48))
    mask.paste(255, (0, 0, 64, 24))
    answer = Image.open(io.BytesIO(png("red")))
    answer.paste("blue", (0, 0, 64, 25))  # all that was painted, and one row of the 24 below it
    out = io.BytesIO()
    answer.save(out, "PNG")

    page = measured(png("red"), out.getvalue(), masks.encode(mask))

    assert [":material/difference: **4\\.2 % of the pixels outside the mask changed\\.**"] == [
        text.value for text in page.markdown
    ]
    assert "Average difference 10\\.6 of 255, largest 255\\. Up to 8 does not count\\." == page.caption[0].value
    assert 3 == len(sent(page))  # with the heat map
    assert "Heat map: 4.2 % of the pixels outside the mask changed." == sent(page)[2]["alt"]


def test_a_mask_that_fits_no_more_leaves_the_pictures_to_look_at() -> None:
    page = measured(png("red"), png("blue"), masks.encode(Image.new("L", (32, 32), 255)))

    assert "cannot be measured" in page.caption[0].value
    assert 2 == len(sent(page))
