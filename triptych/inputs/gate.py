"""The gate for pictures from outside: sniffed, weighed and measured before decoding, turned upright, told no tales."""

import io
from typing import TYPE_CHECKING

from triptych.errors import BadFile
from triptych.inputs.attachment import Attachment
from triptych.inputs.containers import Container, cut, opened
from triptych.inputs.limits import (
    MOST_IMAGE_BYTES,
    MOST_PIXELS,
    MOST_REDRAWN,
    MOST_WEBP,
    too_large,
)
from triptych.inputs.opening import DAMAGE, loaded, upright
from triptych.inputs.tiff import UPRIGHT

if TYPE_CHECKING:  # behind the first page
    from PIL import Image

QUALITY = 95


def admit(data: bytes) -> tuple[Attachment, bytes]:
    """The picture as it goes on to a server, and its name; a picture that tells nothing of a person passes bit for bit.

    Otherwise everything goes but the coded pixels and what says how their colours are meant, unless the picture must be
    turned upright, as browsers show it, or is animated, CMYK, sixteen bits deep or of a colour profile too large to
    send: then it is drawn anew, a JPEG at quality 95 and all else as lossless PNG. A missing mark of its end is put
    there. Raises BadFile, naming what to do, for what is no PNG, WebP or JPEG of less than 50 MB and at most 64
    megapixels (36 where it is drawn anew, 16 for WebP), for a part of a file and for a damaged one.
    """
    if len(data) >= MOST_IMAGE_BYTES:
        raise BadFile(f"This image is {len(data) / (1 << 20):.0f} MB; the API takes less than 50 MB: shrink it.")
    container = opened(data)
    _check_size(container, MOST_WEBP if container.format == "webp" else MOST_PIXELS)
    clean = _clean(data, container)
    if len(clean) >= MOST_IMAGE_BYTES:
        raise BadFile("Turned upright this image is over 50 MB: shrink it, or save it as JPEG.")
    return Attachment.of(clean), clean


def _check_size(container: Container, most: int) -> None:
    if not container.width * container.height:
        raise cut()
    if problem := too_large(container.width, container.height, most):
        size = f"{container.width:,} x {container.height:,} pixels"
        raise BadFile(f"This image claims {size}; {problem}: make it smaller.")


def _clean(data: bytes, container: Container) -> bytes:
    turned = container.orientation != UPRIGHT
    if turned or container.unusual:
        _check_size(container, MOST_REDRAWN)
    picture = loaded(container)
    if turned or container.unusual:
        try:
            return _redrawn(picture, container)
        except DAMAGE:
            raise cut() from None
    return data if container.whole else container.stripped()


def _redrawn(picture: "Image.Image", container: Container) -> bytes:
    picture = upright(picture, container.orientation)
    profile = picture.info.get("icc_profile")
    if picture.mode not in {"L", "RGB", "RGBA", "LA"}:
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    out = io.BytesIO()
    picture.info = {}
    if container.format == "jpeg":
        picture.save(out, "JPEG", quality=QUALITY, icc_profile=profile)
    else:
        picture.save(out, "PNG", compress_level=1, icc_profile=profile)
    return out.getvalue()
