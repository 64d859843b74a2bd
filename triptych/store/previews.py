"""What the pages show of a picture: a small JPEG that can be made anew at any time."""

import io
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from PIL import Image

PREVIEW_EDGE = 1024  # pixels, the longer one
CHECKS = (16, 204, 184)  # what stands behind a transparent picture: squares of so many pixels in two greys
OPAQUE = 255
MOST_PIXELS = 1 << 27  # of a picture that is decoded for a preview


def preview(data: bytes, form: str, edge: int = PREVIEW_EDGE) -> bytes:
    """A JPEG of at most ``edge`` pixels an edge; what is transparent stands over grey squares, seen in any theme.

    An svg is given as it is, and a gif, which moves. Raises ValueError for a picture that cannot be decoded.
    """
    from PIL import Image

    if form in {"svg", "gif"}:
        return data
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ValueError(f"it has {image.width * image.height:,} pixels")
            image.draft("RGB", (edge, edge))
            small = image.convert("RGBA" if image.has_transparency_data else "RGB")
    except (OSError, SyntaxError, Image.DecompressionBombError):
        raise ValueError("it cannot be decoded") from None
    small.thumbnail((edge, edge), reducing_gap=2.0)
    out = io.BytesIO()
    (_over_squares(small) if small.mode == "RGBA" else small).save(out, "JPEG", quality=90)
    return out.getvalue()


def is_clear(data: bytes) -> bool:
    """Whether a png, jpeg or webp has a pixel one can see through; False too for what cannot be decoded."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as image:
            if not image.has_transparency_data:
                return False
            return cast(tuple[int, int], image.convert("RGBA").getchannel("A").getextrema())[0] < OPAQUE
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False


def _over_squares(image: "Image.Image") -> "Image.Image":
    from PIL import Image

    side, light, dark = CHECKS
    across, down = (-(-edge // side) for edge in image.size)
    squares = bytes(light if (x + y) % 2 else dark for y in range(down) for x in range(across))
    behind = Image.frombytes("L", (across, down), squares).resize(
        (across * side, down * side), Image.Resampling.NEAREST
    )
    below = behind.crop((0, 0, *image.size)).convert("RGB")
    below.paste(image, mask=image.getchannel("A"))
    return below
