"""What goes with every turn of a conversation: a style line and a reference image."""

import streamlit as st

from components.converse.attached import taken, thumbnail
from components.converse.tab_state import opened
from components.image.protocol import Shown
from components.state.account import session
from components.state.services import services
from components.state.tab import Widget
from components.state.widgets import THREAD
from triptych.conversation import Thread
from triptych.inputs import Attachment

STYLE = Widget[str]("pinned_style", "")
WIDE = 160  # pixels


def pinned_button(own: Thread | None) -> None:
    """Draw the button that opens it; it says whether anything is pinned."""
    style, reference = (own.style, own.reference) if own else ("", None)
    count = bool(style) + bool(reference)
    STYLE.put(style)
    label = f"Pinned · {count}" if count else "Pin"
    with st.popover(label, icon=":material/push_pin:", type="tertiary", key="pinned", help="Goes with every turn"):
        st.text_input(
            "Style line",
            key=STYLE.key,
            placeholder="watercolor, soft light, muted colors",
            on_change=_set_style,
            help="Told to the text model with every message.",
        )
        if reference:
            _reference(reference)
        else:
            st.caption("Pin an image with its Pin button: it goes with every message as a reference.")


def pin(shown: Shown) -> None:
    """Make a finished image the reference of the open conversation."""
    own, one = opened(), taken(shown)
    if own and one:
        services().threads.pin(own.owner, own.id, own.style, one)


def _reference(one: Attachment) -> None:
    thumbnail(one, "Pinned reference", WIDE)
    st.button("Unpin", key="unpin", icon=":material/close:", type="tertiary", on_click=_unpin)


def _set_style() -> None:
    own = opened() or _begun()
    services().threads.pin(own.owner, own.id, STYLE.value.strip(), own.reference)


def _unpin() -> None:
    if own := opened():
        services().threads.pin(own.owner, own.id, own.style, None)


def _begun() -> Thread:
    """A conversation for what is pinned before the first message."""
    own = services().threads.begin(session().owner)
    THREAD.put(own.id)
    return own
