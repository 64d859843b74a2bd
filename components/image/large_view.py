"""One image as large as the window allows: looked at closely, the way to the next, what can be done, what is known."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.frame.formats import money, span
from components.frame.notice import plain
from components.image.actions import download, more_actions
from components.image.image import no_preview
from components.image.open_image import close_image, is_open, open_image
from components.image.protocol import Shown
from components.image.provenance import provenance_panel
from components.image.send_to import go_to, send_buttons
from components.image.side_by_side import close_up
from components.image.viewer import Look
from triptych.many.state import RunState

Found = Callable[[str], Shown | None]  # the image with a key, None where it is gone
WIDTH = 1600  # pixels, of the window at most
HEIGHT = 760  # pixels, of the image at most where style.css does not say how high the window is
STEPS = (
    ("Previous", -1, ":material/arrow_back:", "Left"),
    ("Next", 1, ":material/arrow_forward:", "Right"),
)


def large_view(keys: Sequence[str], found: Found, known: Callable[[str], object], *, reusable: bool = True) -> None:
    """Draw the window if it is open on one of the images with ``keys``, through which it goes.

    Of the open one, by its key, ``found`` is the image, None where it is gone, and ``known`` draws what is known of it;
    its settings are for the form of the page where they are ``reusable``.
    """
    if any(map(is_open, keys)):
        st.dialog("Image", width=WIDTH, on_dismiss=close_image)(_window)(tuple(keys), found, known, reusable)


def _window(keys: Sequence[str], found: Found, known: Callable[[str], object], reusable: bool) -> None:
    here = next(filter(is_open, keys), keys[0])
    if len(keys) > 1:
        pager("large_{}", keys, here)
    image = found(here)
    if image is None:
        st.info("This image is no longer in your history.")
        return
    left, right = halves()
    with left:
        large_image(image)
    with right:
        with st.container(key="large_actions", horizontal=True, vertical_alignment="center", gap="small"):
            download(image, "large")
            if more_actions(image, "large", reusable=reusable):
                close_image()
                st.rerun()
            if page := send_buttons(image, "large"):
                go_to(page)
        known(here)
        provenance_panel(image, "large")


def fact_table(facts: Iterable[tuple[str, str]]) -> None:
    """Draw what is known, each fact beside its name."""
    st.table(dict(zip(("", " "), zip(*facts, strict=True), strict=True)), border="horizontal")


def run_facts(state: RunState) -> Iterator[tuple[str, str]]:
    """What one of many runs cost and took, beside what was estimated."""
    label = "Cost" if state.paid else "Would have cost"
    yield label, plain(f"{money(state.dollars)}, estimated {money(state.cost.dollars)}")
    took = f"{state.seconds:.1f} s" if state.seconds is not None else "unknown"
    yield "Time", plain(f"{took}, estimated {span(state.should)}")
    yield "Output tokens", f"{state.output_tokens:,}" if state.output_tokens else "not reported by the server"
    if state.cached:
        yield "From", "History, no charge"


def pager(name: str, keys: Sequence[str], here: str, of: str = "", place: str = "large_pager") -> None:
    """Draw Previous and Next among the images with ``keys``; ``here`` is the open one, which may be none of them.

    ``name`` makes the names of the buttons, like ``history_{}``; ``of`` is said after the count. style.css puts the row
    where its ``place`` is.
    """
    number = keys.index(here) if here in keys else -1
    with st.container(key=place, horizontal=True, vertical_alignment="center"):
        for label, step, icon, shortcut in STEPS:
            ok = number >= 0 and 0 <= number + step < len(keys)
            st.button(
                label,
                key=name.format(label.lower()),
                icon=icon,
                shortcut=shortcut,
                disabled=not ok,
                on_click=open_image,
                args=(keys[number + step] if ok else here,),
            )
        st.text(f"{number + 1} of {len(keys)}{of}" if number >= 0 else "On another page", width="content")


def halves(place: str = "large_bench") -> tuple[DeltaGenerator, DeltaGenerator]:
    """Where the image stands and where what is known of it: beside each other, on a phone one over the other."""
    with st.container(key=place):
        return st.container(key="large_image"), st.container(key="large_facts")


def large_image(shown: Shown) -> None:
    """Draw the image, or say why it cannot be shown; the next one takes its place and is zoomed as it was."""
    try:
        close_up(Look.of(shown), "large_close_up", height=HEIGHT)
    except KeyError:
        st.error(plain(f"{shown.file_name} is missing."), title="Add the image again")
    except ValueError as reason:
        st.caption(no_preview(reason))
