"""From a picture anywhere to the Edit page: edit it, vary it, or make it larger."""

import streamlit as st

from components.edit.modes import PAINT, VARY, Mode, choose
from components.image.protocol import Shown
from components.image.upscale import upscale_buttons
from components.inputs.inputs import only
from components.state.account import session
from triptych.errors import Refused
from triptych.inputs import FORMATS


def edit_this(shown: Shown, place: str) -> bool:
    """Draw the buttons where its format can be edited; whether one was pressed, and Edit is the page to go to."""
    if shown.format not in FORMATS:
        return False
    pressed = [
        _button("Edit this", ":material/ink_eraser:", f"edit_{place}_{shown.key}", shown, PAINT),
        _button("Vary this", ":material/auto_awesome_motion:", f"vary_{place}_{shown.key}", shown, VARY),
    ]
    larger = upscale_buttons(shown, place)
    return larger or any(pressed)


def go_to_edit() -> None:
    """Leave for the Edit page."""
    st.switch_page("pages/edit.py")


def _button(label: str, icon: str, key: str, shown: Shown, mode: Mode) -> bool:
    return st.button(label, key=key, icon=icon, type="tertiary", on_click=_bring, args=(shown, mode))


def _bring(shown: Shown, mode: Mode) -> None:
    session().stop_viewing()
    try:
        only(shown.original())
    except KeyError:
        session().tell(f"{shown.file_name} is not in the folder of the pictures any more.")
    except Refused as error:
        session().tell(error)
    else:
        choose(mode)
