"""What other pages sent here: a request to compare, with its settings and what it was made from, or models."""

from components.compare.axes import show_input
from components.compare.saved import take_in, without_images
from components.compare.tab_state import PICTURED, VARY, begin_anew, values_of
from components.frame.news import tell
from components.image.actions import widgets_of
from components.image.send_to import sent_to_compare
from components.run.share import linked
from components.state.tab import overwrite, put
from triptych.errors import Refused
from triptych.experiment import Experiment


def take_up() -> None:
    """Describe what was sent to this page, or its link says, if anything, before any of its widgets is shown."""
    _open_link()
    sent = sent_to_compare()
    if sent is None:
        return
    begin_anew()
    if sent.request is None:
        others = [axis for axis in VARY.value if axis not in {"model", PICTURED}]
        put({VARY: ["model", *others], values_of("model"): list(sent.models)})
        return
    overwrite({**widgets_of(sent.request), **show_input(sent.request.images[:1])})
    if len(sent.request.attachments) > 1:
        tell("Only the first input image is compared, without its mask. The others are left out.")


def _open_link() -> None:
    try:
        values = linked()
        if values is not None:
            take_in(without_images(Experiment.from_json(values)))
    except Refused as error:
        tell(error)
