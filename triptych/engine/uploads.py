"""Checks uploaded pictures and masks, and opens them without trusting what they say they are."""

import io
import warnings

from PIL import Image, ImageChops, ImageOps

from triptych.wire.asks import Ask, Upload
from triptych.wire.refusals import Refusal, invalid, missing

MIMES = ("image/jpeg", "image/png", "image/webp")
FORMATS = ("JPEG", "PNG", "WEBP")
MOST_IMAGES = 16
MOST_BYTES = 50 << 20  # an input image
MOST_MASK_BYTES = 4 << 20  # a mask, and the picture of a variation
MOST_PIXELS = 64_000_000  # the demo's own: what one machine decodes without running out of memory


def check_files(ask: Ask) -> None:
    """Raise Refusal for a missing, foreign, oversized or unreadable file."""
    if ask.kind == "generation":
        return
    if not ask.images:
        raise missing("image")
    if len(ask.images) > MOST_IMAGES:
        expected = f"Expected an array with maximum length {MOST_IMAGES}"
        message = (
            f"Invalid 'image': array too long. {expected}, but got an array with length {len(ask.images)} instead."
        )
        raise invalid("image", message, "array_above_max_length")
    first = None
    for number, upload in enumerate(ask.images, 1):
        _check_image(upload, number, MOST_MASK_BYTES if ask.kind == "variation" else MOST_BYTES)
        first = first or opened(upload)
    if ask.mask and ask.markup:
        raise invalid("markup", "'markup' cannot be combined with 'mask'.")
    if first is not None and ask.mask:
        _check_mask(ask.mask, first.size)
    if first is not None and ask.markup:
        _check_markup(ask.markup, ImageOps.exif_transpose(first).size)
    if ask.kind == "variation" and first is not None and first.width != first.height:
        raise invalid("image", "Uploaded image must be a square PNG.", "invalid_image")


def _check_image(upload: Upload, number: int, limit: int) -> None:
    if upload.mime not in MIMES:
        supported = "Supported file formats are 'image/jpeg', 'image/png', and 'image/webp'."
        message = f"Invalid file 'image': unsupported mimetype ('{upload.mime}'). {supported}"
        raise invalid("image", message, "unsupported_file_mimetype")
    if len(upload.data) >= limit:
        message = f"Invalid image {number}: the file must be smaller than {limit >> 20} MB."
        raise invalid("image", message, "image_file_too_large")
    if opened(upload) is None:
        message = f"Invalid image file or mode for image {number}, please check your image file."
        raise invalid("image", message, "invalid_image_file")


def opened(upload: Upload) -> Image.Image | None:
    """The picture, fully read; None for what is none, or is too large to read."""
    try:
        with warnings.catch_warnings():
            # Pillow's own warning comes first for sizes that the check below refuses anyway.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(upload.data), formats=FORMATS)
        if picture.width * picture.height > MOST_PIXELS:
            return None
        picture.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    return picture


def _check_mask(upload: Upload, size: tuple[int, int]) -> None:
    if len(upload.data) >= MOST_MASK_BYTES:
        raise _mask_error("mask file must be smaller than 4 MB")
    mask = opened(upload)
    if mask is None or mask.format != "PNG":
        raise _mask_error("mask must be a PNG file")
    if mask.size != size:
        raise _mask_error("mask size does not match image size")
    if not mask.has_transparency_data:
        raise _mask_error("mask image missing alpha channel")


def _mask_error(reason: str) -> Refusal:
    return invalid("mask", f"Invalid mask image format - {reason}", "invalid_mask_image_format")


def _check_markup(upload: Upload, size: tuple[int, int]) -> None:
    markup = opened(upload)
    if markup is None or markup.format != "PNG" or markup.size != size:
        raise invalid("markup", "The markup must be a PNG of the first image's size.", "invalid_image")
    if not markup.has_transparency_data or markup.convert("RGBA").getchannel("A").getextrema()[0] == 255:
        raise invalid("markup", "The markup must contain transparent pixels.", "invalid_image")


def inputs(ask: Ask) -> list[Image.Image]:
    """The input pictures of an ask that passed the check."""
    return [picture for upload in ask.images if (picture := opened(upload)) is not None]


def hole(ask: Ask) -> Image.Image | None:
    """Where to paint, L with 255 inside: the mask's transparent part, or what the markup covers."""
    upload = ask.mask or ask.markup
    picture = opened(upload) if upload else None
    if picture is None:
        return None
    alpha = picture.convert("RGBA").getchannel("A")
    return ImageChops.invert(alpha) if ask.mask else alpha.point(lambda v: 255 if v else 0)
