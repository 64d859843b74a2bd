"""Pictures opened for comparison and repair: upright, eight bits, with alpha only where they have some."""

import io

from PIL import Image, ImageOps

from triptych.errors import BadFile
from triptych.inputs import DAMAGE, eight_bits

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MOST_PIXELS = 64_000_000


def picture(data: bytes) -> Image.Image:
    """``data`` as RGB, or RGBA where anything of it may be transparent; raises BadFile where it is no such picture."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as found:
            if found.width * found.height > MOST_PIXELS:
                raise BadFile("This picture is too large to work on: at most 64 megapixels.")
            ImageOps.exif_transpose(found, in_place=True)
            found.load()
            grey = eight_bits(found) if found.mode.startswith("I") else found
            return grey.convert("RGBA" if grey.has_transparency_data else "RGB")
    except DAMAGE:
        raise BadFile("This picture cannot be read: choose it again.") from None


def written(image: Image.Image, profile: bytes | None = None) -> bytes:
    """A PNG of ``image``, written for speed."""
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1, icc_profile=profile)
    return out.getvalue()
