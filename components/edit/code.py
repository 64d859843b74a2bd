"""The edit as code, with the pictures and the mask that it reads."""

from collections.abc import Mapping
from dataclasses import dataclass

from components.edit.modes import PAINT, mode
from components.edit.request import complete, guide_colour, with_paint
from components.inputs.inputs import Inputs
from components.mask.easels import easels
from components.run.code_panel import OPEN, code_panel
from components.run.submit import Outgoing
from components.state.account import session
from components.state.services import services
from components.state.tab import tab
from triptych.errors import Refused
from triptych.export import files as names_of
from triptych.masks import as_sent
from triptych.masks.painting import Easel
from triptych.request import ImageRequest


@dataclass(frozen=True)
class _Beside:
    """The files that go with a request, read when they are downloaded, which is outside of any run of the page.

    They are those that a click sends: the mask too is as the server wants it, ``white`` or transparent.
    """

    made: Outgoing
    owner: str
    easels: Mapping[str, Easel]
    guide: str | None
    white: bool

    def __call__(self) -> dict[str, bytes]:
        request, files = self.made.request, dict(self.made.files)
        easel = self.easels.get(request.images[0].sha256) if request.mask or request.markup else None
        if easel:  # painted on since: what is on the canvas now counts
            made = with_paint(request, easel.now, self.guide)
            request, files = made.request, {**files, **made.files}
        sizes = {one.sha256: one for _, one in request.attachments}
        attached = services().store.attached
        named = names_of(request)
        for sha256 in set(named.values()) - set(files):
            files[sha256] = attached(sha256, sizes[sha256].format, self.owner)
        sent = as_sent(files, request.mask.sha256 if request.mask else None, self.white)
        return {name: sent[sha256] for name, sha256 in named.items()}


def edit_code(request: ImageRequest) -> None:
    """Draw the panel for ``request``, which lacks its mask; that is added once the panel is open."""
    here = session()
    if not OPEN.value or not request.images:
        code_panel(request, here.account)
        return
    try:
        made = complete(request)
    except Refused:  # the click says it, and the code is that of the whole picture
        made = Outgoing(request, tab(Inputs).files)
    white = here.account.server.mask == "white"
    painted = easels() if mode() == PAINT else {}
    code_panel(made.request, here.account, _Beside(made, here.owner, painted, guide_colour(), white))
