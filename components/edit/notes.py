"""What a click asks back before it sends anything: whether a mask of nothing, or of everything, is meant."""

from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from components.edit.modes import EXTEND, Mode, mode
from components.edit.request import edit_at_click
from components.form.fields import follow
from components.frame.news import told
from components.frame.notice import error_notice, plain
from components.inputs.inputs import inputs
from components.mask.easels import current_painting
from components.mask.usage import mask_use
from components.run.run_row import problem_notice
from components.run.submit import start
from components.state.account import session
from components.state.runs import EDIT, runs
from components.state.tab import tab
from triptych.masks.painting import Painting
from triptych.parameters import pixels
from triptych.request import ImageRequest, Problem

PAINTED = {"mask", "markup"}  # the parameters that what is painted stands for
CLOSE = 0.01  # share by which the ratio of width to height may differ before it is worth a word


@dataclass(slots=True)
class _Asked:
    """What the last click asked back, and what was painted then, as what, in which way of editing."""

    why: Problem | None = None
    about: tuple[Mode, str, Painting | None] | None = None


def question_settled() -> bool:
    """Take back the question that the last click left once something else is painted; whether this has just been."""
    why, asked, first = runs().refused.why, tab(_Asked), next(iter(inputs()), None)
    if why is None or why.parameter not in PAINTED:
        return False
    about = (mode(), mask_use(), current_painting(first) if first else None)
    if asked.why is not why:
        asked.why, asked.about = why, about
    if asked.about == about:
        return False
    runs().refused.say(None)
    return True


def edit_notes(request: ImageRequest) -> None:
    """Draw what is to be known of ``request`` before it is sent, and what the last click asked back."""
    if mode() != EXTEND:
        _size_notice(request)
    _question(request)
    _news()


def _question(request: ImageRequest) -> None:
    """Draw the question, or what is wrong with the mask, if the last click left one."""
    question_settled()
    refused = runs().refused.of((request, session().account))
    if refused is None or refused.parameter not in PAINTED:
        return
    ours = set(refused.fix or ()) & PAINTED  # not widgets that a fix could set
    problem_notice(replace(refused, fix=None) if ours else refused)
    st.button(
        "Edit without a mask",
        key="whole_picture",
        icon=":material/select_all:",
        on_click=start,
        args=(EDIT, partial(edit_at_click, whole=True)),
    )


def _size_notice(request: ImageRequest) -> None:
    """Say it where the answer will have another shape than the picture, and offer the nearest that is right."""
    edges, first = pixels(request.size), next(iter(request.images), None)
    if edges is None or first is None or abs(edges[0] * first.height / (edges[1] * first.width) - 1) <= CLOSE:
        return
    near = request.entry.sizes.nearest(first.width, first.height)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f":material/aspect_ratio: The image is {first.size}; the answer will be {request.size}.")
        if near != request.size:
            st.button(
                f"Use {near}", key="follow_size", type="tertiary", on_click=follow, args=(first.width, first.height)
            )


def _news() -> None:
    """Say once what the last click could not do."""
    news = told()
    if isinstance(news, str):
        st.info(plain(news), icon=":material/info:")
    elif news:
        error_notice(news)
