"""The request that the Edit page stands for: its widgets, its pictures, and at the click what is painted."""

from dataclasses import replace

from components.edit_extend import extended, extended_shape
from components.edit_inputs import inputs
from components.edit_modes import EXTEND, PAINT, mode
from components.edit_vary import varied
from components.mask_canvas import current_painting
from components.mask_use import GUIDE, mask_use
from components.session import session
from triptych.errors import InvalidRequest
from triptych.inputs import Attachment
from triptych.masks import encode, tinted, verdict
from triptych.request import ImageRequest

ENDPOINT = "edits"
QUESTIONS = {
    "empty": "The mask has no painted area left. Paint what should change, or edit the whole picture.",
    "full": "The mask covers the whole picture. Erase what should stay, or edit the whole picture.",
    "guide": "Nothing is drawn as a guide. Draw it, or edit the whole picture without one.",
}


def edit_request() -> ImageRequest:
    """What the page asks for as it stands, without its mask: enough for price and problems."""
    request = replace(session().request(ENDPOINT), images=inputs())
    if not request.images:
        return request
    match mode():
        case "Extend":
            return extended_shape(request)
        case "Variations":
            return varied(request)
    return request


def edit_at_click(files: dict[str, bytes], *, whole: bool = False) -> ImageRequest:
    """The whole request as it is clicked for; puts the bytes of what goes with it into ``files`` by SHA-256.

    With ``whole`` the whole picture is meant, whatever is painted. Raises InvalidRequest where there is no picture,
    and with a question where a mask has no paint or nothing but paint; BadFile for a mask that is too intricate.
    """
    request = edit_request()
    if not request.images:
        raise InvalidRequest("Add a picture to edit first.", param="image")
    files |= session().files
    if mode() == EXTEND:
        return extended(request, inputs(), files)
    return _painted(request, files) if mode() == PAINT and not whole else request


def _painted(request: ImageRequest, files: dict[str, bytes]) -> ImageRequest:
    painting, guides = current_painting(request.images[0]), mask_use() == GUIDE
    if painting.empty:
        if guides:
            raise InvalidRequest(QUESTIONS["guide"], param="mask")
        return request
    paint = painting.paint()
    if doubt := verdict(paint):
        raise InvalidRequest(QUESTIONS["guide" if guides and doubt == "empty" else doubt], param="mask")
    data = tinted(paint, str(session().value("mask_colour") or "#ff2d55")) if guides else encode(paint)
    one = Attachment.of(data)
    files[one.sha256] = data
    return replace(request, markup=one) if guides else replace(request, mask=one)
