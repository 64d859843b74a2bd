"""What can be done with an answer whose images are not in the history, beside the run it belongs to."""

from functools import partial

import streamlit as st

from components.frame.news import news, tell
from components.state.account import session
from components.state.services import services
from triptych.errors import Refused, TriptychError
from triptych.jobs import Job
from triptych.store import Answer

ENDINGS = {"json": "json", "event-stream": "txt", "png": "png", "jpeg": "jpg", "webp": "webp", "zip": "zip"}


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
                st.markdown("**The answer is kept here and in History.**")
                answer_moves(answer)


def answer_moves(answer: Answer) -> None:
    """Draw what can be done with it."""
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Download",
            partial(_data, answer),
            f"answer-{answer.name[:8]}-{answer.part}.{_ending(answer.media_type)}",
            key=f"answer_download_{answer.name}",
            on_click="ignore",
            icon=":material/download:",
            help="The server's answer, unchanged.",
        )
        again = "Read again" if answer.state == "unreadable" else "Save now"
        st.button(
            again,
            key=f"answer_read_{answer.name}",
            icon=":material/refresh:",
            on_click=_read,
            args=(answer.name,),
            help="Reads the kept answer. Nothing is sent or charged.",
        )
        with st.popover("Remove", icon=":material/delete:", key=f"answer_ask_{answer.name}"):
            st.markdown("Deletes the answer for good. Its cost stays in Spending.")
            st.button(
                "Delete for good",
                key=f"answer_remove_{answer.name}",
                type="primary",
                icon=":material/delete_forever:",
                on_click=_remove,
                args=(answer.name,),
            )


def _data(answer: Answer) -> bytes:
    return services().store.spool.data(answer)


def _read(name: str) -> None:
    here = session()
    try:
        answer = services().store.spool.get(here.owner, name)
        if answer is None:
            tell("This answer is gone: its images are in your history, or it was removed in another tab.")
            return
        saved = services().read_again(answer, here.account)
    except Refused as error:
        tell(error)
    except TriptychError as error:
        tell(f"It still cannot be read. {error.message}")
    else:
        count = len(saved.pieces)
        tell("The image is in your history now." if count == 1 else f"{count} images are in your history now.")


def _remove(name: str) -> None:
    here, spool = session(), services().store.spool
    try:
        if answer := spool.get(here.owner, name):
            spool.remove(answer.name)
        tell("The answer is deleted.")
    except Refused as error:
        tell(error)


def _ending(media_type: str) -> str:
    kind = media_type.partition(";")[0].rpartition("/")[2].strip().lower()
    return ENDINGS.get(kind, "bin")
