"""What a request should cost and take, before it is sent, and how prices read everywhere."""

from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal

import streamlit as st

from components.frame.formats import money, span
from components.frame.notice import plain
from components.run.submit import Draft
from components.state import services
from components.state.account import session
from triptych.errors import DatabaseDown
from triptych.pricing import Estimate
from triptych.ranges import Range
from triptych.timing import Seconds


def price_tag(draft: Draft) -> None:
    """Draw the metrics "Estimated cost" and "Estimated time", with what makes them uncertain, and who pays."""
    cost, seconds = draft.cost, draft.seconds
    with st.container(gap="xsmall"):
        with st.container(horizontal=True, gap="small"):
            st.metric("Estimated cost", money(cost.dollars), help=plain(cost.why or "") or None, width="content")
            st.metric("Estimated time", span(seconds), help=_basis(seconds), width="content")
        st.caption(price_note(cost))


def price_note(cost: Estimate) -> str:
    """One line on how sure the price is and who pays it."""
    server = session().account.server
    if session().reading is not None and not server.priced:
        return "The server is being asked what it is; then its price may be known."
    free = "" if server.charged else "The demo charges nothing; this is OpenAI's price.  "
    return plain(f"{free}{_sentence(cost)}")


def run_label(verb: str, dollars: Range[Decimal] | None) -> str:
    """The main button's text: what it does, what it will cost, and what a cap leaves for it."""
    return " · ".join((verb, about(dollars), *_left()))


def about(dollars: Range[Decimal] | None) -> str:
    """What something will cost, None where that is unknown."""
    return "price unknown" if dollars is None else f"about {money(dollars)}"


def about_here(dollars: Range[Decimal] | None) -> str:
    """The same beside an example that a click runs: whether anything is charged for it."""
    return f"{about(dollars)}{'' if session().account.server.charged else ', free in the demo'}"


def _left() -> Iterator[str]:
    """What is left of the cap that ends first, as "$1.20 left today"; nothing where none counts or none is known."""
    if session().account.server.charged:
        with suppress(DatabaseDown):  # the sidebar says it
            if tightest := services.left().tightest:
                name, dollars = tightest
                yield plain(f"{money(dollars)} left {name}")  # between two dollar signs stands a formula


def _basis(seconds: Seconds) -> str:
    return "From your own runs" if seconds.learned else "From published figures; your own runs will refine it"


def _sentence(cost: Estimate) -> str:
    """The first reason why the price is not certain; the tooltip of the estimate has them all."""
    if not cost.why:
        return "From OpenAI's price list and calculator."
    first, more, _ = cost.why.partition("; ")
    return f"{first[0].upper()}{first[1:]}{' (details in the tooltip)' if more else ''}."
