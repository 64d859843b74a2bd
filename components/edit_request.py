"""The request that the Edit page stands for: its widgets, its pictures, and at the click what is painted."""

from dataclasses import replace

from components.edit_inputs import inputs
from components.edit_modes import PAINT, mode
from components.mask_canvas import current_painting
from components.session import session
from triptych.errors import InvalidRequest
from triptych.inputs import Attachment
from triptych.masks import encode, verdict
from triptych.request import ImageRequest

ENDPOINT = "edits"
QUESTIONS = {
    "empty": "The mask has no painted area left. Paint what should change, or edit the whole picture.",
    "full": "The mask covers the whole picture. Erase what should stay, or edit the whole picture.",
}


def edit_request() -> ImageRequest:
    """What the page asks for as it stands, without its mask: enough for price and problems."""
    return replace(session().request(ENDPOINT), images=inputs())


def edit_at_click(files: dict[str, bytes], *, sure: bool = False) -> ImageRequest:
    """The whole request as it is clicked for; puts the bytes of what goes with it into ``files`` by SHA-256.

    ``sure`` answers the question about a mask without paint, or of nothing but paint: the whole picture is meant.
    Raises InvalidRequest where there is no picture, or such a question, and BadFile for a mask that is too intricate.
    """
    request = edit_request()
    if not request.images:
        raise InvalidRequest("Add a picture to edit first.", param="image")
    files |= session().files
    return _painted(request, files, sure=sure) if mode() == PAINT else request


def _painted(request: ImageRequest, files: dict[str, bytes], *, sure: bool) -> ImageRequest:
    painting = current_painting(request.images[0])
    if painting.empty:
        return request
    doubt = verdict(painting.paint())
    if doubt and not sure:
        raise InvalidRequest(QUESTIONS[doubt], param="mask")
    if doubt:
        return request
    return replace(request, mask=_added(encode(painting.paint()), files))


def _added(data: bytes, files: dict[str, bytes]) -> Attachment:
    one = Attachment.of(data)
    files[one.sha256] = data
    return one
