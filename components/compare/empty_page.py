"""What the Compare page makes, shown until a comparison is open, and a small one to begin with."""

from dataclasses import replace
from decimal import Decimal
from itertools import product
from pathlib import Path

import streamlit as st

from components.compare.axes import show_axes
from components.compare.run_row import start
from components.frame.notice import plain
from components.image.samples import Sample, example_button, samples
from components.run.price_tag import about_here
from components.state.account import session
from components.state.form import form_request
from components.state.tab import overwrite
from components.state.widgets import PROMPT
from triptych.experiment import Axis, Experiment, Grid
from triptych.pricing import estimate
from triptych.ranges import Range, added, exactly
from triptych.request import ImageRequest
from triptych.servers import DEMO

FOLDER = Path(__file__).with_name("samples")
EXAMPLE = 'A lighthouse at dusk, gouache, "OPEN" above the door'
MODELS = ("gpt-image-2", "gpt-image-2.6-flare")
QUALITIES = ("low", "medium")
AXES = (Axis("model", MODELS), Axis("quality", QUALITIES))


def compare_welcome(own: Grid | None, form: ImageRequest) -> None:
    """Draw it where the tab has no comparison. On the demo engine, where it is free, a click runs the example, with
    what the sidebar's ``form`` holds.
    """
    if own:
        return
    with st.container(key="compare_welcome", gap="small"):
        st.markdown("**Compare models and qualities on one prompt.**")
        shown = [
            Sample(FOLDER / f"{model}-{quality}.jpg", f"**{quality}**  \n{model}", f"Sample by {model} at {quality}")
            for model, quality in product(MODELS, QUALITIES)
        ]
        samples(shown, "compare_samples", columns=len(QUALITIES))
        example_button("compare", _try)
        st.caption(plain(f"{len(shown)} images · {about_here(_cost(form))}"))


def _cost(form: ImageRequest) -> Range[Decimal] | None:
    """What the example costs with the form's other settings, None where that is unknown."""
    server, base = session().account.server, replace(form, prompt=EXAMPLE, n=1)
    each = [
        estimate(replace(base, model=model, quality=one), server).dollars for model, one in product(MODELS, QUALITIES)
    ]
    known = [dollars for dollars in each if dollars is not None]
    return added(known, exactly(Decimal(0))) if len(known) == len(each) else None


def _try() -> None:
    overwrite({PROMPT: EXAMPLE, **show_axes(Experiment("", form_request(), AXES))})
    if session().account.server is DEMO:
        start()
