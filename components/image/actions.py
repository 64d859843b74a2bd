"""What can be done with a finished picture: take it away, see it large, copy it, draw with its settings again."""

import streamlit as st

from components.form.fields import size_values
from components.image.clipboard import copy_picture, copy_text
from components.image.from_run import Pictured
from components.image.open_image import open_image
from components.image.protocol import Shown
from components.image.send_to import go_to, send_buttons
from components.state.tab import Values, overwrite
from components.state.widgets import MODEL, parameter
from triptych.parameters import PARAMETERS
from triptych.request import ImageRequest


def picture_actions(shown: Pictured) -> None:
    """Draw the quiet row under a picture of the gallery."""
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        download(shown, "tile")
        enlarge_button(shown)
        # What is in it is a third of all that a run of a page sends of an image, and hardly ever looked at.
        more = st.popover(
            ":material/more_horiz:", type="tertiary", help="More", key=f"more_{shown.key}", on_change="rerun"
        )
        if more.open:
            with more, st.container(gap="xxsmall"):
                more_actions(shown, "tile")
                if page := send_buttons(shown, "tile"):
                    go_to(page)


def enlarge_button(shown: Shown) -> None:
    """Draw the button that opens the large view, as a click on the picture does."""
    st.button(
        ":material/zoom_in:",
        key=f"enlarge_{shown.key}",
        help="Large view",
        type="tertiary",
        on_click=open_image,
        args=(shown.key,),
    )


def download(shown: Shown, place: str) -> None:
    """Draw the button that downloads the picture's own bytes."""
    st.download_button(
        "Download",
        shown.original,
        shown.file_name,
        shown.media_type,
        key=f"download_{place}_{shown.key}",
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
    )


def more_actions(shown: Shown, place: str, *, reusable: bool = True) -> bool:
    """Draw the other buttons; whether the picture's settings, if they are ``reusable``, have just been taken over."""
    st.download_button(
        "Download sidecar",
        shown.sidecar,
        shown.sidecar_name,
        "application/json",
        key=f"sidecar_{place}_{shown.key}",
        on_click="ignore",
        type="tertiary",
        icon=":material/data_object:",
        help="What was asked, got and paid, as JSON. The playground reads it back.",
    )
    copy_picture(shown, f"copy_picture_{place}_{shown.key}")
    copy_text("Copy prompt", shown.asked.prompt, f"copy_prompt_{place}_{shown.key}")
    return reusable and st.button(
        "Use these settings",
        key=f"reuse_{place}_{shown.key}",
        type="tertiary",
        icon=":material/settings_backup_restore:",
        on_click=_reuse,
        args=(shown.asked,),
    )


def widgets_of(request: ImageRequest) -> Values:
    """What the form's widgets hold for ``request``."""
    values = {parameter(name): getattr(request, name) for name in PARAMETERS if name != "stream"}
    return {MODEL: request.model, **values, **size_values(request.size, request.entry.sizes)}


def _reuse(request: ImageRequest) -> None:
    overwrite(widgets_of(request))
