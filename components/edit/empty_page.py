"""What the Edit page is for, and a picture to try it with."""

from pathlib import Path

import streamlit as st

from components.edit.request import edit_back
from components.image.samples import Sample, samples
from components.inputs.inputs import only
from components.run.last_run import continue_last
from components.state.runs import EDIT
from components.state.widgets import PROMPT

PICTURE = "A small white sailing boat on a calm lake at dawn, mountains behind"
EXAMPLE = "A red sailing boat"
FOLDER = Path(__file__).with_name("samples")  # tools/samples.py makes these images with the demo engine
# By the name of the image of each step: what is done, and what the image shows.
STEPS = {
    "before": ("Add an image", "Sample: a white sailing boat on a lake"),
    "painted": ("Paint what should change", "The same image, a place on the water painted"),
    "after": ("Describe the result", "The result: a red sailing boat on the same water"),
}


def edit_welcome() -> None:
    """Draw it, where there is no picture yet."""
    with st.container(key="edit_welcome", gap="small"):
        st.markdown("Change part of an image.")
        st.caption("Drop an image anywhere, paste one, or choose one from your history. Or begin with this one.")
        steps = enumerate(STEPS.items(), 1)
        shown = [Sample(FOLDER / f"{name}.jpg", f"**{n}** {step}", alt) for n, (name, (step, alt)) in steps]
        samples(shown, "edit_steps")
        st.button("Try with a sample image", key="try_sample", icon=":material/image:", on_click=_try)
        st.caption("Without a mask the whole image may change.")
    continue_last(EDIT, "edit", edit_back)


def _try() -> None:
    from triptych.engine.artist import Order, paint
    from triptych.engine.encode import encode

    only(encode(paint(Order(PICTURE, 1024, 1024)), "png"))
    if not PROMPT.value:
        PROMPT.put(EXAMPLE)
