"""Pictures whose subject, letters and pixels are known, since the demo engine drew them."""

import io

import pytest
from PIL import Image

from triptych.engine.artist import Order, paint


def png(picture: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", **options)
    return out.getvalue()


@pytest.fixture(scope="session")
def apple() -> Image.Image:
    """An apple alone, 512x512, the rest see-through."""
    return paint(Order("A red apple", 512, 512, transparent=True))


@pytest.fixture(scope="session")
def still_life(apple: Image.Image) -> bytes:
    """The same apple before a desert."""
    ground = paint(Order("a desert", 512, 512)).convert("RGBA")
    return png(Image.alpha_composite(ground, apple).convert("RGB"))


@pytest.fixture(scope="session")
def lighthouse() -> Image.Image:
    """A lighthouse lettered OPEN, 512x512."""
    return paint(Order('A lighthouse at dusk, "OPEN" above the door', 512, 512))


@pytest.fixture(scope="session")
def apple_bytes(apple: Image.Image) -> bytes:
    return png(apple)
