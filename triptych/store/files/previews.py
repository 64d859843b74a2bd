"""What the pages show of a picture: a small JPEG that can be made anew at any time."""

import io
from typing import TYPE_CHECKING, cast

from triptych.errors import BadFile
from triptych.inputs import Format, decoded, format_of, measured, too_large
from triptych.inputs.containers import opened
from triptych.inputs.tiff import UPRIGHT

if TYPE_CHECKING:
    from PIL import Image

PREVIEW_EDGE = 1024  # pixels, the longer one
STRIP_EDGE = 192  # the same in a filmstrip
CHECKS = (16, 204, 184)  # what stands behind a transparent picture: squares of so many pixels in two greys
OPAQUE = 255
MOST_OWN = 2 << 20  # bytes of an image that is its own preview


def preview(data: bytes, form: str, edge: int = PREVIEW_EDGE) -> bytes:
    """A JPEG of at most ``edge`` pixels an edge; what is transparent stands over grey squares, seen in any theme.

    An svg is given as it is, and a gif, which moves. Raises ValueError, saying why, for a picture that is not shown.
    """
    if form in {"svg", "gif"}:
        return data
    image = _decoded(data, form, edge)
    image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail((edge, edge), reducing_gap=2.0)
    out = io.BytesIO()
    (_over_squares(image) if image.mode == "RGBA" else image).save(out, "JPEG", quality=90)
    return out.getvalue()


def as_shown(data: bytes, form: str) -> bytes:
    """A png, jpeg, webp or gif with what a browser needs of it, its pixels as they are. Raises ValueError as `preview`.

    Whatever else a file holds does not reach the readers of a page, which stumble over it.
    """
    found = measured(data)
    if found and found[0].name == "gif":
        _check(found[0], *found[1:])
        _decoded(data, form, max(found[1:]))  # its first frame may be none, or claim more than the whole
        return data
    try:
        container = opened(data)
    except BadFile:
        raise _no_preview(form) from None
    _check(format_of(container.format), container.width, container.height)
    return data if container.whole else container.stripped()


def is_whole(data: bytes) -> bool:
    """Whether a png or jpeg can be shown by its own bytes: it lies upright and nobody sees through it."""
    try:
        container = opened(data)
    except BadFile:
        return False
    return container.orientation == UPRIGHT and (container.solid or not is_clear(data))


def is_its_own(data: bytes) -> bool:
    """Whether a png or jpeg is its own preview: it can be shown by its own bytes and is no larger. Decodes nothing."""
    try:
        container = opened(data)
    except BadFile:
        return False
    is_small = max(container.width, container.height) <= PREVIEW_EDGE and len(data) <= MOST_OWN
    return is_small and container.orientation == UPRIGHT and container.solid and not container.unusual


def is_clear(data: bytes) -> bool:
    """Whether a png, jpeg or webp has a pixel one can see through; False too for what cannot be decoded."""
    try:
        image = decoded(data)
    except BadFile:
        return False
    if not image.has_transparency_data:
        return False
    return cast(tuple[int, int], image.convert("RGBA").getchannel("A").getextrema())[0] < OPAQUE


def _decoded(data: bytes, form: str, edge: int) -> "Image.Image":
    found = measured(data)
    _check(found[0] if found else format_of(form), *(found[1:] if found else (0, 0)))
    try:
        return decoded(data, edge)
    except BadFile:
        raise ValueError("it cannot be decoded") from None


def _check(form: Format, width: int, height: int) -> None:
    if not form.shown:
        raise ValueError(f"there is no preview of {form.label}")
    if problem := too_large(width, height):
        raise ValueError(f"it claims {width:,} x {height:,} pixels and {problem}")


def _no_preview(form: str) -> ValueError:
    known = format_of(form)
    return ValueError("it cannot be decoded" if known.shown else f"there is no preview of {known.label}")


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
