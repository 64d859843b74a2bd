"""What a click asks back before it sends anything: whether a mask of nothing, or of everything, is meant."""

from dataclasses import replace
from functools import partial

import streamlit as st

from components.edit.modes import EXTEND, mode
from components.edit.news import edit_news
from components.edit.request import edit_at_click
from components.edit.size import size_notice
from components.inputs.inputs import PAGE
from components.run.run_row import problem_notice
from components.run.submit import start
from components.state.account import session
from triptych.request import ImageRequest


def edit_notes(request: ImageRequest, files: dict[str, bytes]) -> None:
    """Draw what is to be known of ``request`` before it is sent, and what the last click asked back."""
    if mode() != EXTEND:
        size_notice(request)
    _question(files)
    edit_news()


def _question(files: dict[str, bytes]) -> None:
    """Draw the question, or what is wrong with the mask, if the last click left one."""
    refused = session().refused
    if refused is None or refused.parameter not in {"mask", "markup"}:
        return
    ours = set(refused.fix or ()) & {"mask", "markup"}  # not widgets that a fix could set
    problem_notice(replace(refused, fix=None) if ours else refused)
    st.button(
        "Edit the whole picture",
        key="whole_picture",
        icon=":material/select_all:",
        on_click=start,
        args=(PAGE, partial(edit_at_click, files, whole=True)),
        kwargs={"files": files},
    )
