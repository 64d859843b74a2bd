"""The pieces of the gallery alone: how they stand, what they are called, and what is safe to show."""

import base64
import hashlib
import io
import random

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from components.image.actions import widgets_of
from components.image.image import SAMPLED, distinct
from components.run.slots import slots
from triptych.errors import ServerFailed
from triptych.jobs import Job
from triptych.request import ImageRequest
from triptych.results import Failed, Partial, Picture
from triptych.servers import OPENAI
from triptych.studio import Piece, Saved

PIXEL = Picture(b"", "png", 1, 1)
PAGE = """
import base64
from components.image.image import picture
picture(base64.b64decode({data!r}), {form!r}, {size!r}, "alt")
"""


def drawn(data: bytes, form: str, size: tuple[int, int] = (64, 64)) -> AppTest:
    page = PAGE.format(data=base64.b64encode(data).decode(), form=form, size=size)
    return AppTest.from_string(page, default_timeout=30).run()


def job(**fields: object) -> Job:
    request = ImageRequest(model="gpt-image-2.5-flare", prompt="a cat", **fields)  # type: ignore[arg-type]
    return Job("ticket", "local", "generate", request, OPENAI)


def saved(part: int, pictures: int = 1) -> Saved:
    pieces = tuple(Piece(None, PIXEL, {"sha256": str(index)}) for index in range(pictures))
    return Saved(part, pieces, {}, None, None, None, 1.0)


def png(noise: int, size: tuple[int, int] = (64, 64)) -> bytes:
    out = io.BytesIO()
    Image.frombytes("RGB", size, random.Random(noise).randbytes(3 * size[0] * size[1])).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    "data", [b"<svg><script>1</script></svg>", b"\xef\xbb\xbf<?xml?><!-- --><svg/>", b"/etc/passwd"]
)
def test_an_svg_is_an_image_address_and_never_a_file_or_markup(data: bytes) -> None:
    (image,) = drawn(data, "svg").get("image")

    assert f"data:image/svg+xml;base64,{base64.b64encode(data).decode()}" == image.value[0]


def test_a_huge_svg_is_not_sent_to_the_page() -> None:
    page = drawn(b"<svg/>" + b" " * (9 << 20), "svg")

    assert [] == list(page.get("image"))
    assert "download it" in page.caption[0].value


def test_large_pictures_that_look_alike_to_streamlit_are_told_apart() -> None:
    one = png(1, (700, 700))
    other = bytearray(one)
    other[len(one) // 4] ^= 1
    assert len(one) > SAMPLED

    ends = {distinct(data)[-64:] for data in (one, bytes(other))}

    assert 2 == len(ends)
    assert distinct(one).startswith(one)
    assert hashlib.sha256(one).digest() == distinct(one)[len(one) :]


def test_places_keep_their_order_whatever_finishes_first() -> None:
    drawing = job(n=3, partial_images=1, stream_each=True)

    drawing.heard(saved(2))
    drawing.heard(Partial(1, 0, PIXEL))
    drawing.heard(Failed(0, ServerFailed("It broke."), 1.0))

    assert [(1, False), (2, False), (3, True)] == [(slot.number, slot.pictured is not None) for slot in slots(drawing)]


def test_an_answer_of_several_pictures_has_a_place_for_each() -> None:
    drawing = job(n=4)
    assert 4 == len(list(slots(drawing)))

    drawing.heard(saved(0, pictures=3))

    assert [0, 1, 2] == [slot.index for slot in slots(drawing)]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ("1024x1024", {"size": "1024x1024"}),
        ("auto", {"size": "auto"}),
        ("1280x720", {"size": "Custom", "width": 1280, "height": 720}),
    ],
)
def test_a_size_goes_back_into_the_widgets_it_came_from(size: str, expected: dict[str, object]) -> None:
    held = widgets_of(ImageRequest(model="gpt-image-2", prompt="a cat", size=size))
    values = {widget.key: value for widget, value in held.items()}

    assert expected == {name: values[name] for name in ("size", "width", "height") if name in values}


def test_every_setting_of_a_request_goes_back_into_its_widget() -> None:
    asked = {"prompt": "a cat", "n": 3, "quality": "high", "output_format": "webp", "output_compression": 40,
             "background": "transparent", "partial_images": 2, "moderation": "low"}  # fmt: skip

    held = widgets_of(ImageRequest(model="gpt-image-2.5-flare", size="1024x1024", **asked))  # type: ignore[arg-type]

    values = {widget.key: value for widget, value in held.items()}
    assert {"model": "gpt-image-2.5-flare", **asked} == {name: values[name] for name in ("model", *asked)}
