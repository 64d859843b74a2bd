"""What the Batch page makes, shown until a batch is open or a file was given, and a small batch to begin with."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import streamlit as st

from components.batch.rows_in import batch_endpoint
from components.batch.run_row import start
from components.batch.tab_state import BatchTab, describe
from components.frame.notice import plain
from components.image.samples import Sample, example_button, samples
from components.run.price_tag import about_here
from components.state.account import session
from components.state.form import form_request
from components.state.tab import tab
from triptych.batch import Images, lines
from triptych.batch.batch import Batch, BatchInput
from triptych.ranges import Range
from triptych.request import ImageRequest
from triptych.servers import DEMO

FOLDER = Path(__file__).with_name("samples")
ROWS = ("A fox", "A teapot", "A lighthouse", "A sailboat")
TEMPLATE = "{{prompt}}, product photo, {morning|evening} light"


def batch_welcome(own: Batch | None, form: ImageRequest) -> None:
    """Draw it where the tab has no batch. On the demo engine, where it is free, a click runs the example, with what the
    sidebar's ``form`` holds.
    """
    here = tab(BatchTab)
    if own or here.table or here.images.named:
        return
    with st.container(key="batch_welcome", gap="small"):
        st.markdown("**One prompt per line, one image per row.** A template completes them all.")
        shown = [Sample(FOLDER / f"{row.split()[-1]}.jpg", row, f"Sample: {row}, product photo") for row in ROWS]
        samples(shown, "batch_samples", columns=2)
        example_button("batch", _try)
        st.caption(plain(f"{len(ROWS)} rows · {about_here(_cost(form))}"))


def example(base: ImageRequest) -> BatchInput:
    """Its rows; what no row says is as in ``base``."""
    return BatchInput(lines("\n".join(ROWS)), TEMPLATE, replace(base, prompt="", stream_each=False))


def _cost(form: ImageRequest) -> Range[Decimal] | None:
    """What the example costs, None where that is unknown."""
    server = session().account.server
    coming = example(form).plan(server).forecasts(server=server)[""]
    return None if coming.unknown else coming.dollars


def _try() -> None:
    describe(example(form_request(batch_endpoint())), Images())
    if session().account.server is DEMO:
        start()
