"""The large view of the images of a run: what was asked of each beside what came, and all that is known of it."""

from collections.abc import Iterator
from decimal import Decimal

import streamlit as st

from components.frame.formats import money, span
from components.frame.notice import plain
from components.image.from_run import Pictured, pictures
from components.image.large_view import large_view
from triptych.jobs import Job
from triptych.pricing import estimate
from triptych.results import Usage

COMPARED = ("size", "quality", "background", "output_format")


def lightbox(job: Job) -> None:
    """Draw the large view if it is open on a picture of ``job``."""
    shown = {one.key: one for one in pictures(job)}
    large_view(tuple(shown), shown.get, lambda key: _facts(shown[key]))


def _facts(one: Pictured) -> None:
    rows = [*_compared(one), _cost(one), _time(one)]
    st.table(
        {"": [r[0] for r in rows], "Requested": [r[1] for r in rows], "Got": [r[2] for r in rows]}, border="horizontal"
    )
    for label, value in _numbers(one):
        st.caption(f"{label}  \n{plain(value)}")


def _compared(one: Pictured) -> Iterator[tuple[str, str, str]]:
    yield "Model", plain(one.request.model), ""
    for name in COMPARED:
        asked = str(getattr(one.request, name))
        got = one.saved.got.get(name, "not reported")
        if name == "size":
            got = "x".join(map(str, one.pixels))
        differs = asked not in {got, "auto"} and got != "not reported"
        label = {"output_format": "Format"}.get(name, name.capitalize())
        yield label, plain(asked), f":orange[:material/difference: {plain(got)}]" if differs else plain(got)


def _cost(one: Pictured) -> tuple[str, str, str]:
    before = estimate(one.request, one.job.server).dollars
    actual: Decimal | None = one.saved.dollars
    if one.job.server.charged:
        return "Cost", plain(money(before)), plain(money(actual))
    return "Cost", plain(money(before)), "not charged" if not actual else plain(f"would have cost {money(actual)}")


def _time(one: Pictured) -> tuple[str, str, str]:
    return "Time", span(one.job.should), f"{one.saved.seconds:.1f} s"


def _numbers(one: Pictured) -> Iterator[tuple[str, str]]:
    if len(one.saved.pieces) > 1:
        yield "Cost, time and tokens are for", f"all {len(one.saved.pieces)} images of this run"
    doubtful = one.saved.got.get("doubt")
    counted = "" if one.saved.dollars is None else "; the upper end of the estimate is counted"
    more = f" ({doubtful}{counted})" if doubtful else ""
    yield "Tokens", _tokens(one.saved.usage) + more
    yield "Bytes", f"{one.weight:,}"
    yield "Request id", one.saved.request_id or "none"
    yield "SHA-256", one.sha256


def _tokens(usage: Usage | None) -> str:
    if usage is None:
        return "not reported by the server"
    counts = (("in", usage.input_tokens), ("out", usage.output_tokens))
    return ", ".join(f"{count:,} {way}" for way, count in counts if count is not None)
