"""Pictures opened for comparison and repair: upright, eight bits, with alpha only where they have some."""

import io

from PIL import Image

from triptych.inputs import decoded


def picture(data: bytes) -> Image.Image:
    """``data`` as RGB, or RGBA where anything of it may be transparent; raises BadFile where it is no such picture."""
    found = decoded(data)
    return found.convert("RGBA" if found.has_transparency_data else "RGB")


def written(image: Image.Image, profile: bytes | None = None) -> bytes:
    """A PNG of ``image``, written for speed."""
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1, icc_profile=profile)
    return out.getvalue()
