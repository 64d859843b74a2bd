"""The request that the Edit page stands for: its widgets, its pictures, and at the click what is painted."""

from dataclasses import replace

from components.edit_inputs import inputs
from components.session import session
from triptych.errors import InvalidRequest
from triptych.request import ImageRequest

ENDPOINT = "edits"


def edit_request() -> ImageRequest:
    """What the page asks for as it stands, without its mask: enough for price and problems."""
    return replace(session().request(ENDPOINT), images=inputs())


def edit_at_click(files: dict[str, bytes], *, sure: bool = False) -> ImageRequest:
    """The whole request as it is clicked for; puts the bytes of what goes with it into ``files`` by SHA-256.

    ``sure`` answers the question about a mask without paint, or of nothing but paint: the whole picture is meant.
    Raises InvalidRequest where there is no picture, or such a question.
    """
    request = edit_request()
    if not request.images:
        raise InvalidRequest("Add a picture to edit first.", param="image")
    files |= session().files
    return request
