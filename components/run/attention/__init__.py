"""How a run stands, for who does not look at it: heard politely, and told by title and notification when it ends."""

from pathlib import Path

import streamlit as st

from triptych.jobs import Job

HERE = Path(__file__).parent
HTML = '<button type="button" hidden>Notify me when runs end</button>'
JS, CSS = (HERE.joinpath(f"attention.{kind}").read_text("utf-8") for kind in ("js", "css"))
WORDS = 100  # characters of the prompt in a notification

_attention = st.components.v2.component("triptych_attention", html=HTML, css=CSS, js=JS)


def attention(job: Job) -> None:
    """Say how ``job`` stands, move the focus with it, and offer to notify at its end while it runs."""
    data = {
        "ticket": job.ticket,
        "page": job.page,
        "done": job.done,
        "said": said(job),
        "prompt": job.request.prompt[:WORDS],
    }
    _attention(key=f"attention_{job.page}", data=data)


def said(job: Job) -> str:
    """How it stands, in one sentence."""
    ready, n = sum(len(saved.pieces) for saved in job.saved), job.request.n
    if not job.done:
        doing = "Editing" if job.request.images else "Generating"
        return f"{doing}, {ready} of {n} ready" if n > 1 else doing
    if ready:
        return f"{ready} of {n} images ready" if ready != n else "1 image ready" if n == 1 else f"{n} images ready"
    return (
        "Canceled" if job.was_cancelled else f"Failed. {next(iter(job.errors)).next_move}." if job.errors else "Ended"
    )
