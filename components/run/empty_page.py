"""What the empty Generate page is for: four images that one click makes, and a tour of three steps."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from components.frame.notice import plain
from components.image.image import picture
from components.image.samples import EDGE
from components.run.last_run import continue_last
from components.run.price_tag import about_here
from components.run.submit import on_stage, standing, start, typed
from components.state.account import session
from components.state.services import services
from components.state.tab import overwrite, tab
from components.state.widgets import PROMPT
from triptych.errors import Refused

FOLDER = Path(__file__).with_name("samples")  # tools/samples.py makes these images with the demo engine
NARROW = 128  # pixels: two stand side by side on the narrowest phone
SAMPLES = {
    "lighthouse": 'A small red lighthouse on a cliff at dusk, gouache, the word "OPEN" above its door',
    "boat": "A small white sailing boat on a calm lake at dawn, mountains behind",
    "fox": "A red fox in a snowy forest, watercolor",
    "teapot": "A blue teapot and two cups on a wooden table, soft window light",
}
STEPS = (
    ("Describe", "Write what you want to see in the prompt. Builder and Templates help with the words."),
    ("Choose", "Pick model, size and quality on the left. The button always shows the price before anything is sent."),
    ("Generate", "Press the button. The image appears here, and History keeps every run with its original file."),
)


@dataclass(slots=True)
class Tour:
    """The step of the tour that the tab is at, from 0; past the last once it is over."""

    step: int = 0


def welcome(page: str) -> None:
    """Draw it as long as nothing stands on the stage of ``page``; a click costs what the form asks for."""
    if on_stage(page):
        return
    cost = standing().cost
    with st.container(key="welcome", gap="small"):
        st.markdown(plain("Create images from a prompt."))
        st.caption(plain(f"Write your own, or click one of these to generate it · {about_here(cost.dollars)}"))
        sample_tiles(page, "samples", columns=2)
        continue_last(page, "run")
        _tour()


def sample_tiles(page: str, key: str, columns: int) -> bool:
    """Draw the four images, each the button that generates it as a run of ``page``; whether one has just been clicked.

    They stand in so many ``columns``, fewer where there is no room.
    """
    clicked = False
    with st.grid(columns, min_column_width=NARROW, gap="small", key=key) as cells:
        for name, prompt in SAMPLES.items():
            with cells.cell(), st.container(key=f"frame_sample_{name}", gap=None):
                picture(FOLDER.joinpath(f"{name}.jpg").read_bytes(), "jpeg", (EDGE, EDGE), f"Sample: {prompt}")
                clicked |= st.button(
                    f"Generate: {plain(prompt)}", key=f"show_sample_{name}", on_click=_make, args=(page, prompt)
                )
    return clicked


def _make(page: str, prompt: str) -> None:
    overwrite({PROMPT: prompt})
    start(page, typed)


def _tour() -> None:
    """Draw the step that the tab is at, for who has made nothing yet and has not skipped it."""
    step = tab(Tour).step
    if step >= len(STEPS) or _has_runs():
        return
    title, text = STEPS[step]
    with st.container(key="tour", border=True, horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{step + 1} of {len(STEPS)} · {title}**  \n{text}", width="stretch")
        last = step + 1 == len(STEPS)
        st.button("Done" if last else "Next", key="tour_next", on_click=_go_to, args=(step + 1,))
        if not last:
            st.button("Skip tour", key="tour_skip", type="tertiary", on_click=_go_to, args=(len(STEPS),))


def _go_to(step: int) -> None:
    tab(Tour).step = step


def _has_runs() -> bool:
    """Whether this person has run anything before, as far as the records can be read."""
    found: Sequence[object] = ()
    if services().begun:
        with suppress(Refused):  # the sidebar says it
            found = services().store.history.latest(session().owner, "generate", 1)
    return bool(found)
