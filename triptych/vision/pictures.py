"""Pictures as the models want them: decoded with care, without transparency, as arrays."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from triptych.errors import BadFile
from triptych.inputs import decoded, measured, too_large

FULL = 255
CLEAR = 250  # of 255: below this a pixel counts as seen through

Pixels = NDArray[np.uint8]


def opened(data: bytes) -> Image.Image:
    """The picture as RGBA where it is see-through anywhere, else RGB; a GIF's first frame.

    Raises BadFile for what is no PNG, JPEG, WebP or GIF, is damaged, or has more pixels than are taken anywhere.
    """
    try:
        return _plain(decoded(data))
    except BadFile:
        found = measured(data)
        if found and too_large(*found[1:]):
            raise
        raise BadFile("This is not a PNG, JPEG, WebP or GIF image that can be read here.") from None


def _plain(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    plain = picture.convert("RGBA") if picture.has_transparency_data else picture.convert("RGB")
    if plain.mode == "RGBA" and lowest(plain.getchannel("A")) == FULL:
        plain = plain.convert("RGB")
    plain.info = {"icc_profile": profile} if profile else {}
    return plain


def lowest(channel: Image.Image) -> int:
    """The smallest value of a one-channel picture."""
    low, _ = channel.getextrema()
    return int(low)  # type: ignore[arg-type]  # one channel has a pair of numbers


def on(picture: Image.Image, shade: int) -> Image.Image:
    """The picture laid on a grey ground, 0 black to 255 white; itself where nothing is see-through."""
    if picture.mode != "RGBA":
        return picture
    ground = Image.new("RGBA", picture.size, (shade, shade, shade, 255))
    return Image.alpha_composite(ground, picture).convert("RGB")


def clear(picture: Image.Image) -> bool:
    """Whether parts of it are see-through."""
    return picture.mode == "RGBA" and lowest(picture.getchannel("A")) < CLEAR


def pixels(picture: Image.Image) -> Pixels:
    """Its values, of shape (height, width, channels) or (height, width)."""
    return np.asarray(picture, np.uint8)
