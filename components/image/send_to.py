"""From a finished image to the page that goes on with it: the buttons, and what waits there until it is drawn.

An image knows the pages' names and nothing of their insides: what is sent is left in the tab, and the page's own room
takes it up.
"""

from dataclasses import dataclass

import streamlit as st

from components.image.protocol import Shown
from components.image.upscale import upscale_buttons
from components.state.runs import COMPARE, CONVERSE, EDIT, PROVENANCE
from components.state.tab import tab
from triptych.inputs import FORMATS
from triptych.request import ImageRequest


@dataclass(frozen=True)
class ToEdit:
    """An image for the Edit page, to be painted on or, with ``vary``, varied."""

    image: Shown
    vary: bool


@dataclass(frozen=True)
class EditAgain:
    """A request whose inputs and mask the Edit page is to begin with."""

    request: ImageRequest


@dataclass(frozen=True)
class ToCompare:
    """A request for the Compare page, with its settings and its first input; or models to compare, without one."""

    request: ImageRequest | None = None
    models: tuple[str, ...] = ()


@dataclass(frozen=True)
class ToConverse:
    """An image for the Converse page, which the next message changes."""

    image: Shown


@dataclass(frozen=True)
class ToProvenance:
    """An image for the Provenance page, to be inspected."""

    image: Shown


@dataclass(slots=True)
class _Sent:
    """What was sent to a page and waits for it to be drawn."""

    edit: ToEdit | EditAgain | None = None
    compare: ToCompare | None = None
    converse: ToConverse | None = None
    provenance: ToProvenance | None = None


def sent_to_edit() -> ToEdit | EditAgain | None:
    """What waits for the Edit page, once."""
    sent = tab(_Sent)
    found, sent.edit = sent.edit, None
    return found


def sent_to_compare() -> ToCompare | None:
    """What waits for the Compare page, once."""
    sent = tab(_Sent)
    found, sent.compare = sent.compare, None
    return found


def sent_to_converse() -> ToConverse | None:
    """What waits for the Converse page, once."""
    sent = tab(_Sent)
    found, sent.converse = sent.converse, None
    return found


def sent_to_provenance() -> ToProvenance | None:
    """What waits for the Provenance page, once."""
    sent = tab(_Sent)
    found, sent.provenance = sent.provenance, None
    return found


def send_buttons(shown: Shown, place: str, *, comparable: bool = True) -> str:
    """Draw the ways that go on with an image; the name of the page that one was pressed for, "" for none.

    ``place`` tells the buttons of one image apart. Who draws them calls `go_to` once its own state is in order.
    """
    page = ""
    if shown.format in FORMATS:
        edit, vary = ToEdit(shown, vary=False), ToEdit(shown, vary=True)
        if _button("Edit this", ":material/ink_eraser:", f"edit_{place}_{shown.key}", edit):
            page = EDIT
        if _button("Vary this", ":material/auto_awesome_motion:", f"vary_{place}_{shown.key}", vary):
            page = EDIT
        if upscale_buttons(shown, place):
            page = EDIT
        goes_on = ToConverse(shown)
        if _button("Continue this in Converse", ":material/forum:", f"converse_{place}_{shown.key}", goes_on):
            page = CONVERSE
    compare = ToCompare(shown.asked)
    if comparable and _button("Compare this", ":material/grid_view:", f"compare_{place}_{shown.key}", compare):
        page = COMPARE
    if _button(
        "Inspect in Provenance", ":material/verified_user:", f"provenance_{place}_{shown.key}", ToProvenance(shown)
    ):
        page = PROVENANCE
    return page


def compare_models(models: tuple[str, ...]) -> None:
    """Have the Compare page begin with these models."""
    _send(ToCompare(models=models))


def edit_again(request: ImageRequest) -> None:
    """Leave for the Edit page, which begins with what went with ``request``."""
    _send(EditAgain(request))
    go_to(EDIT)


def go_to(page: str) -> None:
    """Leave for the page of this name."""
    st.switch_page(f"pages/{page}.py")


def _button(label: str, icon: str, key: str, what: ToEdit | ToCompare | ToConverse | ToProvenance) -> bool:
    return st.button(label, key=key, icon=icon, type="tertiary", on_click=_send, args=(what,))


def _send(what: ToEdit | EditAgain | ToCompare | ToConverse | ToProvenance) -> None:
    if isinstance(what, ToCompare):
        tab(_Sent).compare = what
    elif isinstance(what, ToConverse):
        tab(_Sent).converse = what
    elif isinstance(what, ToProvenance):
        tab(_Sent).provenance = what
    else:
        tab(_Sent).edit = what
