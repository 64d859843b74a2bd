"""Answers whose images are not in the history: why, and what can be done with each."""

import hashlib
import textwrap
from functools import partial

import streamlit as st

from components.frame.news import news
from components.frame.notice import plain
from components.image.image import picture
from components.state.account import session
from components.state.services import services
from triptych.budget import today
from triptych.errors import Refused, TriptychError
from triptych.jobs import Job
from triptych.store import Answer, file_name
from triptych.studio import place_of

MOST = 20  # that are listed at once
WORDS = 100  # characters of the prompt
WIDTH = 150  # pixels, the least width of an image
ENDINGS = {"json": "json", "event-stream": "txt", "png": "png", "jpeg": "jpg", "webp": "webp", "zip": "zip"}


def kept_answers() -> None:
    """Draw the owner's answers that could not be read or saved, if there are any."""
    found = services().store.spool.answers(session().owner)
    if not found:
        return
    count = "1 answer" if len(found) == 1 else f"{len(found):,} answers"
    label = f"{count} could not be read or saved"
    with st.expander(label, expanded=len(found) == 1, icon=":material/inventory_2:", key="kept_answers"):
        st.caption("What arrived may have been charged. It is kept until its images are in your history, or until you "
                   "remove it.")  # fmt: skip
        for answer in found[:MOST]:
            with st.container(border=True, gap="xsmall"):
                st.text(textwrap.shorten(answer.asked.request.prompt, WORDS, placeholder="…"))
                _facts(answer)
                st.caption(f":material/help: {plain(_reason(answer))}")
                if answer.state != "unreadable":
                    _images(answer)
                _moves(answer)
        if len(found) > MOST:
            st.caption(f"{len(found) - MOST} more follow once these are gone.")


def answers_of(job: Job) -> None:
    """Draw the kept answers of a run, and what the last click on one has brought.

    What went wrong, and images that wait, stand above already.
    """
    news()
    if not job.errors and not any(saved.trouble for saved in job.saved):
        return
    for answer in services().store.spool.answers(job.owner):
        if answer.asked.ticket == job.ticket:
            with st.container(border=True, gap="xsmall"):
                st.markdown("**The answer is kept, here and in History.**")
                _moves(answer)


def _facts(answer: Answer) -> None:
    when = answer.sent.astimezone(today()[1])
    request, place = answer.asked.request, place_of(answer.asked.engine)
    st.caption(
        plain(
            f"{when:%Y-%m-%d %H:%M} · {request.model} · {request.size} · {place} · {_size(answer.weight)} · "
            f"request {answer.request_id or 'id unknown'}"
        )
    )


def _moves(answer: Answer) -> None:
    """Draw what can be done with it."""
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Download",
            partial(_data, answer),
            f"answer-{answer.name[:8]}-{answer.part}.{_ending(answer.media_type)}",
            key=f"answer_download_{answer.name}",
            on_click="ignore",
            icon=":material/download:",
            help="The answer exactly as it came.",
        )
        again = "Read again" if answer.state == "unreadable" else "Save now"
        st.button(again, key=f"answer_read_{answer.name}", icon=":material/refresh:", on_click=_read,
                  args=(answer.name,), help="Reads the kept answer. Nothing is sent or charged.")  # fmt: skip
        with st.popover("Remove", icon=":material/delete:", key=f"answer_ask_{answer.name}"):
            st.markdown("The answer is deleted for good. What it cost stays in your spending.")
            st.button("Delete for good", key=f"answer_remove_{answer.name}", type="primary",
                      icon=":material/delete_forever:", on_click=_remove, args=(answer.name,))  # fmt: skip


def _images(answer: Answer) -> None:
    """Draw the images that wait to be saved, from the kept bytes, once they are asked for."""
    if not st.toggle("Show the images", key=f"answer_show_{answer.name}"):
        return
    prompt = answer.asked.request.prompt
    try:
        found = services().studio.late.images(answer)
    except TriptychError as error:
        st.caption(f":material/help: {plain(error.message)}")
        return
    with st.grid(len(found), min_column_width=WIDTH, width=len(found) * WIDTH * 2) as cells:
        for index, one in enumerate(found):
            with cells.cell(), st.container(gap="xsmall"):
                picture(one.data, one.format, (one.width, one.height), prompt[:WORDS])
                digest = hashlib.sha256(one.data).hexdigest()
                st.download_button("Download image", one.data, file_name(prompt, digest, one.format), one.media_type,
                                   key=f"answer_image_{answer.name}_{index}", on_click="ignore", type="tertiary",
                                   icon=":material/download:")  # fmt: skip


def _reason(answer: Answer) -> str:
    if answer.state == "unreadable":
        return answer.reason or "No image could be read in it."
    return f"Not saved yet. {answer.reason}" if answer.reason else "It had just arrived when Triptych stopped."


def _data(answer: Answer) -> bytes:
    return services().store.spool.data(answer)


def _read(name: str) -> None:
    here = session()
    try:
        answer = services().store.spool.get(here.owner, name)
        if answer is None:
            here.tell("It is not kept any more: its images are in your history, or it was removed in another tab.")
            return
        saved = services().read_again(answer, here.account)
    except Refused as error:
        here.tell(error)
    except TriptychError as error:
        here.tell(f"It still cannot be read. {error.message}")
    else:
        count = len(saved.pieces)
        here.tell("The image is in your history now." if count == 1 else f"{count} images are in your history now.")


def _remove(name: str) -> None:
    here, spool = session(), services().store.spool
    try:
        if answer := spool.get(here.owner, name):
            spool.remove(answer.name)
        here.tell("The answer is deleted.")
    except Refused as error:
        here.tell(error)


def _ending(media_type: str) -> str:
    kind = media_type.partition(";")[0].rpartition("/")[2].strip().lower()
    return ENDINGS.get(kind, "bin")


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 10**6 else f"{count / 1e3:.1f} kB"
