"""The input pictures that a comparison varies: taking them in, showing them, and their bytes until they are sent."""

from collections.abc import Iterable, Iterator
from operator import attrgetter

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from components.compare.tab_state import PICTURES, CompareTab
from components.frame.news import tell
from components.frame.notice import plain
from components.image.image import picture
from components.inputs.history_picker import Tray, history_button
from components.inputs.inputs import MOST_TOGETHER
from components.inputs.inputs import inputs as edited
from components.inputs.inputs import read as read_edited
from components.state.account import session
from components.state.services import services
from components.state.tab import Widget, tab
from triptych import store
from triptych.errors import BadFile, Refused
from triptych.experiment import shown
from triptych.inputs import Attachment, admit

MOST = 40  # pictures of one axis
EDGE = 192  # pixels, the longer edge of a thumbnail
WIDTH = 96  # pixels, of its place
CACHED = 64  # thumbnails


def input_pictures() -> tuple[Attachment, ...]:
    """The pictures that the axis holds, in their order."""
    return tuple(PICTURES.value)


def input_files() -> dict[str, bytes]:
    """Their bytes by SHA-256, as far as the store may not have them."""
    return dict(tab(CompareTab).files)


def inputs_axis() -> None:
    """Draw what the axis holds and the ways to bring pictures in."""
    uploaded = Widget[list[UploadedFile]](f"compare_pictures_{tab(CompareTab).uploads}", [])
    st.file_uploader(
        "Input images",
        accept_multiple_files=True,
        key=uploaded.key,
        on_change=_uploaded,
        args=(uploaded,),
        help="Each is edited as the prompt says, into an image of its own.",
    )
    with st.container(horizontal=True, gap="xsmall"):
        history_button(Tray(input_pictures, _add, _remove))
        st.button(
            "From Edit",
            key="compare_take_edited",
            icon=":material/brush:",
            type="tertiary",
            on_click=_take_edited,
            help="Add the input images of the Edit page.",
        )
    held = input_pictures()
    if not held:
        st.caption("No input image yet: images are made from the prompt alone.")
    with st.container(horizontal=True, gap="small"):
        for number, one in enumerate(held, start=1):
            _thumbnail(number, one)


def _thumbnail(number: int, one: Attachment) -> None:
    with st.container(width=WIDTH, gap="xxsmall"):
        try:
            picture(_small(one, session().owner), "jpeg", (one.width, one.height), f"Input {number}")
        except (KeyError, ValueError):
            st.caption(":material/broken_image: This image is missing. Add it again.")
        st.caption(plain(shown(one)))
        st.button(
            ":material/close:",
            key=f"compare_without_{one.sha256}",
            help="Remove",
            type="tertiary",
            on_click=_remove,
            args=(one.sha256,),
        )


@st.cache_data(max_entries=CACHED, show_spinner=False, hash_funcs={Attachment: attrgetter("sha256")})
def _small(one: Attachment, owner: str) -> bytes:
    # Kept by its owner too: a shared file names pictures of others, and the store gives those to nobody.
    held = input_files().get(one.sha256)
    data = held if held is not None else services().store.attached(one.sha256, one.format, owner)
    return store.preview(data, one.format, EDGE)


def _uploaded(uploaded: Widget[list[UploadedFile]]) -> None:
    tab(CompareTab).uploads += 1
    _add((one.name, one.getvalue()) for one in uploaded.value or ())


def _take_edited() -> None:
    if not edited():
        tell(BadFile("The Edit page has no input image."))
    _add(_edited())


def _edited() -> Iterator[tuple[str, bytes]]:
    for one in edited():
        try:
            yield f"input.{one.suffix}", read_edited(one)
        except KeyError:
            tell("An input image of the Edit page is missing.")


def _add(files: Iterable[tuple[str, bytes]]) -> None:
    """Add pictures by name and bytes; what cannot be taken is said in words, and the others are kept."""
    troubles = [trouble for name, data in files if (trouble := _taken(name, data))]
    if troubles:
        tell(BadFile(" ".join(troubles)))


def _taken(name: str, data: bytes) -> str | None:
    """Add one picture at the end; why it cannot be added, else None."""
    held, files = input_pictures(), input_files()
    if len(held) >= MOST:
        return f"{name} was not added: a comparison takes at most {MOST} images."
    if len(data) + sum(map(len, files.values())) > MOST_TOGETHER:
        return f"{name} was not added: all images together may have {MOST_TOGETHER >> 20} MB."
    try:
        one, clean = admit(data)
    except Refused as error:
        return f"{name}: {error.message}"
    order = held if one.sha256 in {each.sha256 for each in held} else (*held, one)
    PICTURES.put(order)
    tab(CompareTab).files[one.sha256] = clean
    return None


def _remove(sha256: str) -> None:
    PICTURES.put(tuple(one for one in input_pictures() if one.sha256 != sha256))
    tab(CompareTab).files.pop(sha256, None)
