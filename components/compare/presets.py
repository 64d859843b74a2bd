"""What a comparison can start from: a click fills the editor."""

import streamlit as st

from components.compare.axes import show_axes
from components.state.form import form_request
from components.state.tab import put
from components.state.widgets import MODEL
from triptych.experiment import Axis, Experiment
from triptych.experiment.presets import tiers
from triptych.request import ImageRequest

DRAFTS = 4  # pictures to choose from


def presets() -> None:
    """Draw the choice; a click fills the widgets of the editor."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("Start from", width="content")
        for label, key, icon, fill, text in PRESETS:
            st.button(label, key=key, type="tertiary", icon=icon, on_click=fill, help=text)


def _three_tiers() -> None:
    steps = tiers()
    _describe((Axis("model", tuple(step.model for step in steps)), Axis("quality", tuple(s.quality for s in steps))))


def _drafts() -> None:
    draft = tiers()[0]
    _describe((Axis("model", (draft.model,)), Axis("quality", (draft.quality,))), DRAFTS)


def _qualities() -> None:
    request = form_request()
    _describe((Axis("model", (request.model,)), Axis("quality", request.entry.options.get("quality") or ("auto",))))


def _describe(axes: tuple[Axis, ...], repeats: int = 1) -> None:
    put(show_axes(Experiment("", ImageRequest(model=MODEL.value, prompt=""), axes, repeats)))


PRESETS = (
    (
        "Draft, review, final",
        "preset_tiers",
        ":material/stairs:",
        _three_tiers,
        "The cheapest model, a mid-range one and the best, each at low, medium and high.",
    ),
    (
        f"{DRAFTS} drafts",
        "preset_drafts",
        ":material/draw:",
        _drafts,
        "The cheapest model at low. Then move the best of them up a tier with its arrow.",
    ),
    (
        "All qualities",
        "preset_qualities",
        ":material/signal_cellular_alt:",
        _qualities,
        "The chosen model at each of its qualities.",
    ),
)
