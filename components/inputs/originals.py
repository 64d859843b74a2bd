"""What a person gave where the page sent something made of it: the image that Extend gave more room, and how much."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components.state.account import session
from components.state.services import services
from components.state.tab import Widget
from triptych.inputs import Attachment

MOST = 4  # that the process remembers: each holds its file, of up to 50 MB


@dataclass(frozen=True)
class Original:
    """An image as it was given, its bytes, and what the widgets held that said what to make of it."""

    one: Attachment
    data: bytes
    values: dict[Widget[Any], Any]


@st.cache_resource(show_spinner=False)
def _known() -> OrderedDict[tuple[str, str], Original]:
    """By owner and by SHA-256 of what was made of it, the newest last."""
    return OrderedDict()


def note_original(made: Attachment, original: Original) -> None:
    """Remember what ``made`` was made of, for whoever looks."""
    known, name = _known(), (session().owner, made.sha256)
    with services().lock:
        known[name] = original
        known.move_to_end(name)
        while len(known) > MOST:
            known.popitem(last=False)


def original_of(images: tuple[Attachment, ...]) -> Original | None:
    """What the first of ``images`` was made of; None where it is as it was given, or nothing is known."""
    return _known().get((session().owner, images[0].sha256)) if images else None
