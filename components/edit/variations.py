"""Variations of a picture: how far they may go from it, and the request that asks for them."""

from dataclasses import replace

import streamlit as st

from components.frame.notice import plain
from components.state.account import session
from components.state.tab import Widget
from triptych.prompts.variations import STRENGTHS, variation_prompt
from triptych.request import ImageRequest

STRENGTH = Widget[str]("variation_strength", "moderate")


def vary_panel() -> None:
    """Draw the choice of the strength and what it asks for; on servers with the old endpoint, that it is used."""
    if session().account.server.variations:
        st.caption(
            ":material/info: This server has the variations endpoint, so it is used: one square PNG; "
            "prompt and strength are not sent."
        )
        return
    st.segmented_control(
        "How far from the image",
        tuple(STRENGTHS),
        key=STRENGTH.begin(),
        required=True,
        persist_state="session",
        help="Set the number of images on the left.",
    )
    st.caption(plain(STRENGTHS[strength()]))
    st.caption("The prompt is optional here: add anything else you want.")


def strength() -> str:
    """The chosen one."""
    return STRENGTH.value or STRENGTH.first


def varied(request: ImageRequest) -> ImageRequest:
    """``request`` as one for variations of its first picture."""
    if session().account.server.variations:
        return _by_endpoint(replace(request, variation=True, images=request.images[:1]))
    return replace(request, prompt=variation_prompt(strength(), request.prompt))


def _by_endpoint(request: ImageRequest) -> ImageRequest:
    """``request`` at a size that the endpoint has: the one asked for, else the picture's nearest."""
    if request.sizes.problem(request.size) is None:
        return request
    return replace(request, size=request.sizes.nearest(request.images[0].width, request.images[0].height))
