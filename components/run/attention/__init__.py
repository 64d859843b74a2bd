"""How a run stands, for who does not look at it: heard politely, and told by title and notification when it ends."""

from pathlib import Path

import streamlit as st

from components.frame.parts import BY_RUN, draw_only
from components.state.runs import runs
from triptych.jobs import Job

HERE = Path(__file__).parent
HTML = '<button type="button" hidden>Notify me when runs end</button>'
JS, CSS = (HERE.joinpath(f"attention.{kind}").read_text("utf-8") for kind in ("js", "css"))
WORDS = 100  # characters of the prompt in a notification

_attention = st.components.v2.component("triptych_attention", html=HTML, css=CSS, js=JS)


def attention(job: Job, stage: str | None = None) -> None:
    """Say how ``job`` stands, move the focus with it, and offer to notify at its end while it runs.

    ``stage`` is the key of the container of its images, None for the page's own stage.
    """
    data = {
        "ticket": job.ticket,
        "stage": stage or f"{job.page}_stage",
        "done": job.done,
        "said": said(job),
        "prompt": job.request.prompt[:WORDS],
        "tells": job.done and runs().beside == job.ticket,
    }
    _attention(key=f"attention_{job.page}", data=data, on_seen_change=_seen)


def _seen() -> None:
    """The images are on the screen: draw what belongs to them and stands beside them."""
    runs().beside = ""
    draw_only(BY_RUN)


def said(job: Job) -> str:
    """How it stands, in one sentence."""
    ready = sum(len(saved.pieces) for saved in job.saved)
    n = max(job.request.n, ready)
    if not job.done:
        doing = "Editing" if job.request.images else "Generating"
        return f"{doing}, {ready} of {n} ready" if n > 1 else doing
    if ready:
        return f"{ready} of {n} images ready" if ready != n else "1 image ready" if n == 1 else f"{n} images ready"
    if job.was_cancelled:
        return "Canceled"
    if job.errors:
        return f"Failed. {next(iter(job.errors)).next_move}."
    return "Answered in words" if job.request.turn else "Ended"
