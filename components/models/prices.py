"""What one image costs: every model against every quality, at one size."""

from datetime import UTC, datetime

import streamlit as st

from components.models.table import NOT_TAKEN, UNKNOWN, table
from components.state.tab import Widget
from triptych.catalog import MODELS
from triptych.model import Model
from triptych.pricing import price_of_one


def price_matrix() -> None:
    """Draw the choice of a size, and the prices at it."""
    size = st.selectbox("Size", SIZES, key=SIZE.begin(), width=240)
    rows = {name: {quality: price(entry, size, quality) for quality in QUALITIES} for name, entry in MODELS.items()}
    table(rows, datetime.now(UTC).date(), f"US dollars for one image of {size}, by model and quality")
    st.caption(
        "US dollars OpenAI charges for the output of one image; the prompt and input images cost extra. A range means "
        "token counts are not published. – means the model does not offer it."
    )


def price(entry: Model, size: str, quality: str) -> str:
    """Dollars of one picture as "0.053" or "0.018–0.024", "unknown", or "–" for what the model does not take."""
    if quality not in entry.options.get("quality", ()) or entry.sizes.problem(size):
        return NOT_TAKEN
    dollars = price_of_one(entry, size, quality)
    ends = (dollars.low, dollars.high) if dollars else ()
    return "–".join(dict.fromkeys(f"{end:.3f}" for end in ends)) or UNKNOWN


SIZES = tuple(dict.fromkeys(size for entry in MODELS.values() for size in entry.sizes.presets))
SIZE = Widget[str]("matrix_size", SIZES[0])
QUALITIES = tuple(dict.fromkeys(word for entry in MODELS.values() for word in entry.options.get("quality", ())))
