"""The images that go with the next message: taken in, shown as a strip, taken out; the pinned reference among them."""

from collections.abc import Iterable
from operator import attrgetter

import streamlit as st

from components.converse.tab_state import open_thread, talk
from components.frame.news import tell
from components.frame.notice import plain
from components.image.image import picture
from components.image.protocol import Shown
from components.image.send_to import sent_to_converse
from components.inputs.history_picker import Tray
from components.state.account import session
from components.state.services import services
from triptych import store
from triptych.errors import BadFile, Refused
from triptych.inputs import MOST_IMAGES, Attachment, admit

THUMBNAIL, LARGE = 256, 1024  # pixels
MOST_TOGETHER = 200 << 20  # bytes of all images of one message, which are in memory until they are sent


def attached() -> tuple[Attachment, ...]:
    """What goes with the next message, in its order."""
    return talk().next.images


def attach(files: Iterable[tuple[str, bytes]]) -> None:
    """Have images go with it, by name and bytes. Raises BadFile for those that cannot; the others do."""
    if troubles := [trouble for name, data in files if (trouble := _taken(name, data))]:
        raise BadFile(" ".join(troubles))


def detach(sha256: str) -> None:
    """Take an image out."""
    asks = talk().next
    asks.images = tuple(one for one in asks.images if one.sha256 != sha256)


def take_up() -> None:
    """Begin a conversation with an image that another page sent here, if one did, before any widget is drawn."""
    if sent := sent_to_converse():
        open_thread("")
        change(sent.image)


def change(shown: Shown) -> None:
    """Have the next message change this image; where it cannot, say so."""
    if one := taken(shown):
        talk().next.base = one


def taken(shown: Shown) -> Attachment | None:
    """A finished image as it is sent, every byte as it came; where it cannot be, say so and give None."""
    try:
        data = shown.original()
        one = Attachment.of(data)
    except KeyError:
        tell("The image file is missing.")
        return None
    except Refused as error:
        tell(error)
        return None
    talk().next.files[one.sha256] = data
    return one


def read(one: Attachment) -> bytes:
    """The bytes of an image that goes with a message, or went with one. KeyError: gone."""
    held = talk().next.files.get(one.sha256)
    return held if held is not None else services().store.attached(one.sha256, one.format, session().owner)


def thumbnail(one: Attachment, alt: str, width: int) -> None:
    """Draw a small copy of it, so many pixels wide, or say why there is none."""
    with st.container(width=width):
        try:
            picture(_small(one, THUMBNAIL if width < THUMBNAIL else LARGE), "jpeg", (one.width, one.height), alt)
        except (KeyError, ValueError) as reason:
            st.caption(plain(f"No preview ({reason})."))


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs={Attachment: attrgetter("sha256")})
def _small(one: Attachment, edge: int) -> bytes:
    return store.preview(read(one), one.format, edge)


def _add(files: Iterable[tuple[str, bytes]]) -> None:
    try:
        attach(files)
    except BadFile as error:
        tell(error)


TRAY = Tray(attached, _add, detach)


def _taken(name: str, data: bytes) -> str | None:
    """Add one image at the end; why it cannot be added, else None."""
    asks = talk().next
    if len(asks.images) >= MOST_IMAGES:
        return f"{name} was not added: a message takes at most {MOST_IMAGES} images."
    if len(data) + sum(one.weight for one in asks.images) > MOST_TOGETHER:
        return f"{name} was not added: all images of a message together may have {MOST_TOGETHER >> 20} MB."
    try:
        one, clean = admit(data)
    except Refused as error:
        return f"{name}: {error.message}"
    asks.files[one.sha256] = clean
    if one.sha256 not in {each.sha256 for each in asks.images}:
        asks.images = (*asks.images, one)
    return None
