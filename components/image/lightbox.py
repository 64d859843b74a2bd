"""One image as large as the window allows, with the next and the previous, and everything known about it."""

from collections.abc import Iterator
from decimal import Decimal

import streamlit as st

from components.frame.formats import money, span
from components.frame.notice import plain
from components.image.actions import download, more_actions
from components.image.from_run import Pictured, pictures
from components.image.large_image import WIDTH, halves, large_image, pager
from components.image.open_image import close_image, is_open
from components.image.provenance import provenance_panel
from components.image.send_to import go_to, send_buttons
from triptych.jobs import Job
from triptych.pricing import estimate
from triptych.results import Usage

COMPARED = ("size", "quality", "background", "output_format")


def large_view(job: Job) -> None:
    """Draw the dialog if it is open on a picture of ``job``."""
    shown = tuple(pictures(job))
    if any(is_open(one.key) for one in shown):
        st.dialog("Image", width=WIDTH, on_dismiss=close_image)(_view)(shown)


def _view(shown: tuple[Pictured, ...]) -> None:
    one = next(one for one in shown if is_open(one.key))
    if len(shown) > 1:
        pager("{}_picture", [each.key for each in shown], one.key)
    left, right = halves()
    with left:
        large_image(one)
    with right:
        with st.container(key="large_actions", horizontal=True, vertical_alignment="center", gap="small"):
            download(one, "large")
            if more_actions(one, "large"):
                close_image()
                st.rerun()
            if page := send_buttons(one, "large"):
                go_to(page)
        _facts(one)
        provenance_panel(one, "large")


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
