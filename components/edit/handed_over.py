"""What other pages sent here: an image to begin with, or an edit to make again."""

from components.edit.modes import PAINT, VARY, Mode, choose
from components.edit.request import edited_as
from components.frame.news import tell
from components.image.protocol import Shown
from components.image.send_to import EditAgain, ToEdit, sent_to_edit
from components.inputs.inputs import again, come_back, only
from triptych.errors import Refused
from triptych.request import ImageRequest


def take_up() -> None:
    """Begin with what was sent to this page or a reload brings back, if anything, before its widgets are drawn."""
    if restored := come_back():
        edited_as(restored)
    match sent_to_edit():
        case ToEdit(image, vary):
            _begin_with(image, VARY if vary else PAINT)
        case EditAgain(request):
            _again(request)


def _begin_with(image: Shown, mode: Mode) -> None:
    try:
        only(image.original())
    except KeyError:
        tell(f"{image.file_name} is missing.")
    except Refused as error:
        tell(error)
    else:
        choose(mode)


def _again(request: ImageRequest) -> None:
    edited_as(request)
    if again(request) < len(request.images):
        tell("Some of the original input images are missing.")
    elif request.markup:
        tell("The guide is not restored. Paint it again, or edit without one.")
