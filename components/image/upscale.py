"""Making a picture larger on this machine: the click, and the work as it goes on, beside the edit."""

import uuid
from dataclasses import replace

import streamlit as st

from components.frame.news import tell
from components.image.protocol import Shown
from components.state.account import session
from components.state.runs import EDIT, runs
from components.state.services import services
from triptych.errors import Refused
from triptych.inputs import FORMATS
from triptych.jobs import Job
from triptych.servers import DEMO

PAGE = "upscale"  # what jobs of this kind go by; their records belong to the page they are made from
HERE = replace(DEMO, id="local", label="This machine")
SIZES = (2, 4)
HELP = (
    "On this machine; nothing is sent or charged. The original stays; the upscaled image, which has no C2PA manifest, "
    "is saved beside it."
)


def upscale_buttons(shown: Shown, place: str) -> bool:
    """Draw them, or what to install; whether one was pressed."""
    from triptych.vision import missing

    if shown.format not in FORMATS:
        return False
    if said := missing("upscale"):
        st.caption(f"Upscaling: {said}")
        return False
    pressed = [
        st.button(
            f"Upscale {times}×",
            key=f"upscale_{times}_{place}_{shown.key}",
            icon=":material/open_in_full:",
            type="tertiary",
            on_click=_start,
            args=(shown, times),
            help=HELP,
        )
        for times in SIZES
    ]
    return any(pressed)


def upscaling() -> Job | None:
    """The newest one of this tab, until it is put away."""
    return services().jobs.get(runs().staged.get(PAGE, ""), session().owner)


def put_away() -> None:
    """Show it no longer; its picture is in the history."""
    runs().staged.pop(PAGE, None)


def _start(shown: Shown, times: int) -> None:
    from triptych.store import Stored
    from triptych.studio.local import FREE, Enlarging, upscaled

    here = session()
    running = upscaling()
    if running and not running.done:
        tell("An upscale is already running. Wait for it, or cancel it.")
        return
    number = uuid.uuid4().hex
    stored = Stored(shown.sha256, shown.format, *shown.pixels, 0)
    work = Enlarging(
        of=stored, asked=shown.asked, times=4 if times == SIZES[1] else 2, owner=here.owner, page=EDIT, ticket=number
    )
    width, height = shown.pixels
    large = replace(work.request, size=f"{width * times}x{height * times}")
    job = Job(number, here.owner, PAGE, large, HERE, cost=FREE, should=work.seconds)
    try:
        studio = services().studio
    except Refused as error:
        tell(error)
        return
    runs().staged[PAGE] = number
    services().jobs.start(job, lambda stop: upscaled(studio, work, stop))
