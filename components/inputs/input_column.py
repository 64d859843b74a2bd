"""The pictures to be edited, in a strip: ways to bring them in, their order, and which carries the mask."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Literal

import streamlit as st

from components.frame.news import tell
from components.frame.notice import plain
from components.image.from_run import pictures
from components.image.image import picture
from components.image.paste import paste_pictures
from components.inputs.history_picker import history_button
from components.inputs.inputs import (
    Inputs,
    inputs,
    is_there,
    keep_both,
    move,
    read,
    remove,
    remove_missing,
    take_in,
    undo,
    upload,
)
from components.run.submit import on_stage
from components.state.runs import EDIT
from components.state.tab import tab
from components.state.widgets import IMAGES
from triptych import store
from triptych.inputs import MOST_IMAGES, Attachment

THUMBNAIL = 256  # pixels
WIDE = 104  # pixels, of a picture in the strip
STEPS = ((":material/arrow_upward:", -1, "Earlier"), (":material/arrow_downward:", 1, "Later"))
CACHED = 64  # thumbnails
THIN = 3  # times as high as wide, and more
TALL = 104  # pixels


def image_input() -> tuple[Attachment, ...]:
    """Draw the strip; the pictures in their order."""
    held = inputs()
    with st.container(key="inputs_strip", horizontal=True, gap="small"):
        for number, one in enumerate(held):
            with st.container(width=WIDE):
                _thumbnail(one, number, len(held))
        with st.container(key="inputs_add", gap="xsmall"):
            _uploader()
            with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
                history_button()
                _last_result()
                _way_back()
                if held:
                    many = f" · {len(held)} of at most {MOST_IMAGES}" if len(held) > 1 else ""
                    st.caption(f"{held[0].size}{many}", width="content")
    return held


def missing_button(place: str) -> None:
    """Draw the way on from an input whose file is gone, as long as there is one; ``place`` tells several apart."""
    missing = sum(not is_there(one) for one in inputs())
    if missing:
        st.button(
            "Remove the missing image" if missing == 1 else f"Remove {missing} missing images",
            key=f"remove_missing_{place}",
            icon=":material/hide_image:",
            on_click=remove_missing,
            help="Then add the image again. What you painted on it comes back with it.",
        )


def _uploader() -> None:
    # What a file is, its bytes say: phones and browsers end a JPEG in .jfif, .jpe or nothing. The types are part of
    # what the field is, and both of these are all there are: with the other it begins again, empty, under its key.
    every: tuple[Sequence[str] | None, ...] = (None, ())
    with st.container(key="images_place"):
        st.file_uploader(
            "Input images",
            every[tab(Inputs).uploads % len(every)],
            accept_multiple_files=True,
            key=IMAGES.key,
            on_change=_uploaded,
            help="PNG, JPEG or WebP, up to 50 MB each. Drop them anywhere on the page, or paste. Only the image and "
            "its colors are sent: location, camera data and all other metadata are removed.",
        )
    paste_pictures("images_place")


def _uploaded() -> None:
    """Take in what has come, and begin the field anew. An empty one says so too, and a file may be on its way to it."""
    if IMAGES.value:
        upload((one.name, one.getvalue()) for one in IMAGES.value)
        tab(Inputs).uploads += 1


def _last_result() -> None:
    job = on_stage(EDIT)
    shown = next(pictures(job), None) if job and job.done else None
    if shown:
        st.button(
            "Last result",
            key="take_last",
            icon=":material/add_photo_alternate:",
            type="tertiary",
            on_click=_take,
            args=(shown.file_name, shown.original),
            help="Add the newest result of this page.",
        )


def _way_back() -> None:
    """Offer to bring back what the last upload took the place of, or the last change took away."""
    if tab(Inputs).before:
        st.button(
            "Undo image change",
            key="inputs_undo",
            icon=":material/undo:",
            type="tertiary",
            on_click=undo,
            help="Brings back the images to edit as they were, with what you painted.",
        )
    if replaced := tab(Inputs).replaced:
        what = "the restored image" if len(replaced) == 1 else f"{len(replaced)} restored images"
        st.button(
            "Keep both",
            key="keep_both",
            icon=":material/undo:",
            type="tertiary",
            on_click=keep_both,
            help=f"Your upload replaced {what} of your last edit. Click to edit with all of them.",
        )


def _take(name: str, original: Callable[[], bytes]) -> None:
    try:
        take_in([(name, original())])
    except KeyError:
        tell(f"{name} is missing.")


def breadth(width: int, height: int) -> int | Literal["stretch"]:
    """How wide an input of so many pixels stands in the column: a thin one so that it is not higher than TALL."""
    return max(1, round(TALL * width / height)) if height > THIN * width else "stretch"


def _thumbnail(one: Attachment, number: int, of: int) -> None:
    alt = f"Input {number + 1}" + (", which carries the mask" if number == 0 else "")
    with st.container(gap="xxsmall"):
        try:
            with st.container(width=breadth(one.width, one.height)):
                picture(_small(one), "jpeg", (one.width, one.height), alt)
        except KeyError:
            st.caption(":material/broken_image: The file is missing")
        except ValueError as reason:
            st.caption(plain(f"No preview: {reason}"))
        with st.container(horizontal=True, gap=None, vertical_alignment="center"):
            st.caption(f"**{number + 1}**" + (" :material/brush:" if number == 0 else ""))
            for icon, by, what in STEPS if of > 1 else ():
                st.button(
                    icon,
                    key=f"move_{by}_{one.sha256}",
                    help=what,
                    type="tertiary",
                    on_click=move,
                    args=(one.sha256, by),
                    disabled=not 0 <= number + by < of,
                )
            st.button(
                ":material/close:",
                key=f"remove_{one.sha256}",
                help="Remove",
                type="tertiary",
                on_click=remove,
                args=(one.sha256,),
            )


@st.cache_data(max_entries=CACHED, show_spinner=False, hash_funcs={Attachment: attrgetter("sha256")})
def _small(one: Attachment) -> bytes:
    return store.preview(read(one), one.format, THUMBNAIL)
