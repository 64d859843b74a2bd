"""Answers whose images are not in the history: why, and what can be done with each."""

import hashlib
import textwrap

import streamlit as st

from components.frame.notice import plain
from components.image.image import picture
from components.run.kept_answers import answer_moves
from components.state.account import session
from components.state.services import services
from triptych.budget import today
from triptych.errors import TriptychError
from triptych.store import Answer, file_name
from triptych.studio import place_of

MOST = 20  # that are listed at once
WORDS = 100  # characters of the prompt
WIDTH = 150  # pixels, the least width of an image


def kept_answers() -> None:
    """Draw the owner's answers that could not be read or saved, if there are any."""
    found = services().store.spool.answers(session().owner)
    if not found:
        return
    count = "1 answer" if len(found) == 1 else f"{len(found):,} answers"
    label = f"{count} could not be read or saved"
    with st.expander(label, expanded=len(found) == 1, icon=":material/inventory_2:", key="kept_answers"):
        st.caption(
            "What arrived may have been charged. It is kept until its images are in your history, or until you "
            "remove it."
        )
        for answer in found[:MOST]:
            with st.container(border=True, gap="xsmall"):
                st.text(textwrap.shorten(answer.asked.request.prompt, WORDS, placeholder="…"))
                _facts(answer)
                st.caption(f":material/help: {plain(_reason(answer))}")
                if answer.state != "unreadable":
                    _images(answer)
                answer_moves(answer)
        if len(found) > MOST:
            st.caption(f"{len(found) - MOST} more follow once these are gone.")


def _facts(answer: Answer) -> None:
    when = answer.sent.astimezone(today()[1])
    request, place = answer.asked.request, place_of(answer.asked.engine)
    st.caption(
        plain(
            f"{when:%Y-%m-%d %H:%M} · {request.model} · {request.size} · {place} · {_size(answer.weight)} · "
            f"request {answer.request_id or 'id unknown'}"
        )
    )


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
                st.download_button(
                    "Download image",
                    one.data,
                    file_name(prompt, digest, one.format),
                    one.media_type,
                    key=f"answer_image_{answer.name}_{index}",
                    on_click="ignore",
                    type="tertiary",
                    icon=":material/download:",
                )


def _reason(answer: Answer) -> str:
    if answer.state == "unreadable":
        return answer.reason or "No image could be read in it."
    return f"Not saved yet. {answer.reason}" if answer.reason else "It had just arrived when Triptych stopped."


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 10**6 else f"{count / 1e3:.1f} kB"
