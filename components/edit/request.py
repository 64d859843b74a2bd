"""The request that the Edit page stands for: its widgets, its pictures, and at the click what is painted."""

from dataclasses import replace

from components.edit.extend import extend_as, extended, extended_shape
from components.edit.modes import EXTEND, PAINT, VARY, choose, mode
from components.edit.variations import varied
from components.inputs.inputs import Inputs, again, inputs
from components.mask.easels import current_painting
from components.mask.tool_bar import GUIDE_COLOR
from components.mask.usage import GUIDE, mask_use
from components.run.filmstrip import settings_back
from components.run.submit import Outgoing
from components.state.form import form_request
from components.state.tab import tab
from triptych.errors import InvalidRequest
from triptych.inputs import Attachment
from triptych.masks import encode, tinted, verdict
from triptych.masks.painting import Painting
from triptych.request import ImageRequest

ENDPOINT = "edits"
QUESTIONS = {
    "empty": "The mask is empty. Paint what should change, or edit without a mask.",
    "full": "The mask covers the whole image. Erase what should stay, or edit without a mask.",
    "guide": "The guide is empty. Paint it, or edit without a guide.",
}


def edit_request(form: ImageRequest) -> ImageRequest:
    """What the page asks for as it stands, where its form holds ``form``, without its mask: enough to judge it."""
    request = replace(form, images=inputs())
    if not request.images:
        return request
    match mode():
        case "Extend":
            return extended_shape(request)
        case "Variations":
            return varied(request)
    return request


def edit_at_click(*, whole: bool = False) -> Outgoing:
    """What a click sends: `complete` of what the widgets hold then."""
    return complete(edit_request(form_request(ENDPOINT, relevant=True)), whole=whole)


def complete(request: ImageRequest, *, whole: bool = False) -> Outgoing:
    """``request`` with what is painted, and the bytes of all that goes with it.

    With ``whole`` the whole picture is meant, whatever is painted. Raises InvalidRequest where there is no picture,
    and with a question where a mask has no paint or nothing but paint; BadFile for a mask that is too intricate.
    """
    if not request.images:
        raise InvalidRequest("Add an image to edit first.", param="image")
    files = tab(Inputs).files
    if mode() == EXTEND:
        made = extended(request, inputs())
    elif mode() == PAINT and not whole:
        made = with_paint(request, current_painting(request.images[0]), guide_colour())
    else:
        made = Outgoing(request)
    return Outgoing(made.request, {**files, **made.files})


def edit_back(request: ImageRequest) -> None:
    """Put the settings of an edit back, its inputs as they were given, and its mask."""
    settings_back(request)
    edited_as(request)
    again(request)


def edited_as(request: ImageRequest) -> None:
    """Edit in the way ``request`` was made in: painted, extended by as much, or varied. Called before it is drawn."""
    if request.extension:
        extend_as(request.extension)
    choose(EXTEND if request.extension else VARY if request.variation else PAINT)


def guide_colour() -> str | None:
    """The CSS colour of what is painted where it is a guide; None where it is a mask."""
    return GUIDE_COLOR.value if mask_use() == GUIDE else None


def with_paint(request: ImageRequest, painting: Painting, guide: str | None) -> Outgoing:
    """``request`` with what is painted as its mask, or in the CSS colour ``guide`` as its markup; raises as the click.

    Reads nothing of the session.
    """
    guides = guide is not None
    if painting.empty:
        if guides:
            raise InvalidRequest(QUESTIONS["guide"], param="mask")
        return Outgoing(request)
    paint = painting.paint()
    if doubt := verdict(paint):
        raise InvalidRequest(QUESTIONS["guide" if guides and doubt == "empty" else doubt], param="mask")
    data = tinted(paint, guide) if guide is not None else encode(paint)
    one = Attachment.of(data)
    asked = replace(request, markup=one) if guides else replace(request, mask=one)
    return Outgoing(asked, {one.sha256: data})
