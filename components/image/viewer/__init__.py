"""An image to look at beside another, wherever it is kept, and where the page finds it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from components.frame.keys import KEY_JS
from components.frame.notice import plain
from components.image.image import vector
from components.image.media_url import address
from components.image.protocol import Shown
from components.state.tab import tab
from triptych.inputs import Attachment, format_of
from triptych.store import PREVIEW_EDGE, as_shown, preview

HERE = Path(__file__).parent
STAGE_JS, ZOOMING_JS, CSS = (HERE.joinpath(name).read_text("utf-8") for name in ("stage.js", "zooming.js", "stage.css"))
JS = KEY_JS + STAGE_JS
CLOSE_UPS = 4  # views that may hold their images' own bytes for the page at the same time
CACHED = 96  # small copies kept in memory, some 200 kB each


@dataclass(slots=True)
class _CloseUps:
    """The keys of the few views whose images are looked at in their own pixels, the newest last."""

    keys: tuple[str, ...] = ()


def is_close(key: str) -> bool:
    """Whether the view with this key is looked at in its images' own pixels."""
    return key in tab(_CloseUps).keys


def look_closely(key: str) -> None:
    """Send the page the images' own bytes there; of many such views the newest keep them."""
    close = tab(_CloseUps)
    close.keys = (*(one for one in close.keys if one != key), key)[-CLOSE_UPS:]


@dataclass(frozen=True)
class Look:
    """A picture of ``pixels`` (width, height) with its text for who does not see it; ``read`` gives its bytes.

    ``read`` raises KeyError where they are gone.
    """

    sha256: str
    format: str
    pixels: tuple[int, int]
    alt: str
    read: Callable[[], bytes]

    @classmethod
    def of(cls, shown: Shown) -> "Look":
        """A finished picture."""
        return cls(shown.sha256, shown.format, shown.pixels, shown.alt, shown.original)

    @classmethod
    def at(cls, attachment: Attachment, read: Callable[[], bytes], alt: str) -> "Look":
        """An input."""
        size = (attachment.width, attachment.height)
        return cls(attachment.sha256, attachment.format, size, alt, read)


def seen(look: Look, place: str, *, sharp: bool) -> Mapping[str, Any]:
    """What the page needs of a picture; its own pixels only where it is looked at closely.

    ``place`` tells the pictures of a page apart. Raises KeyError: gone; ValueError: why it cannot be shown.
    """
    width, height = look.pixels
    size = {"width": width, "height": height}
    if look.format in {"svg", "gif"}:
        data = look.read()
        url = vector(data) if look.format == "svg" else address(as_shown(data, "gif"), "image/gif", place)
        return {"id": look.sha256, "alt": look.alt, "small": url, "own": url, **size}
    small = address(_small(look.sha256, look.format, look.read), "image/jpeg", f"{place}-small")
    own = address(look.read(), format_of(look.format).media_type, f"{place}-own") if sharp else None
    return {"id": look.sha256, "alt": look.alt, "small": small, "own": own, **size}


def overlay(look: Look, place: str) -> Mapping[str, Any]:
    """What the page needs of a transparent png to lay over a picture: its own bytes."""
    return {"id": look.sha256, "alt": look.alt, "own": address(look.read(), "image/png", f"{place}-over")}


def pictures_or_notice(named: Iterable[tuple[str, Look]], key: str, *, sharp: bool) -> list[Mapping[str, Any]]:
    """``seen`` of every one by its name; where one cannot be shown, say so and give none."""
    found = []
    for number, (name, look) in enumerate(named):
        try:
            found.append(seen(look, f"{key}-{number}", sharp=sharp))
        except KeyError:
            st.error(plain(f"The image file of “{name}” is missing."), title="The image file is missing")
            return []
        except ValueError as reason:
            st.error(plain(f"No preview of “{name}” ({reason}). The original is safe."), title="Download the image")
            return []
    return found


@st.cache_data(max_entries=CACHED, show_spinner=False)
def _small(sha256: str, form: str, _read: Callable[[], bytes]) -> bytes:  # noqa: ARG001 (what it is cached by)
    return preview(_read(), form, PREVIEW_EDGE)
