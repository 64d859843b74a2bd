"""The selected images of a comparison, two overlaid or up to four side by side, and how far two differ."""

from collections.abc import Callable, Sequence

import streamlit as st

from components.compare.axes import described, title_of
from components.compare.plan import Plan, key_of
from components.compare.tab_state import CompareTab
from components.compare.zoom import image_of
from components.frame.formats import money
from components.frame.notice import plain
from components.image.before_after import before_after
from components.image.protocol import Shown
from components.image.side_by_side import side_by_side
from components.image.viewer import Look
from components.state.tab import Widget, tab
from triptych.errors import Refused
from triptych.experiment import CellState

OVER, BESIDE = WAYS = ("Overlaid", "Side by side")
HOW = Widget[str]("compare_how", OVER)
CACHED = 64  # distances kept in memory
PAIR = 2
LABEL = 40  # characters

Pairs = Sequence[tuple[CellState, Shown]]


def compare_closer(plan: Plan, found: Sequence[CellState]) -> None:
    """Draw those that are picked of ``found``, which have pictures, or how to pick some."""
    if plan.own is None or not found:
        return
    by_key = {key_of(state): state for state in found}
    picked = [by_key[key] for key in tab(CompareTab).picked if key in by_key]
    pairs = [(state, image) for state in picked if (image := image_of(plan.own, state))]
    with st.container(key="compare_closer"):
        if len(pairs) < PAIR:
            said = "Select two images to overlay them, or up to four to see them side by side."
            st.caption(f":material/compare: {said if not pairs else 'Select one more image.'}")
            return
        _chosen(pairs)


def _chosen(pairs: Pairs) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.header("Selected images", anchor=False)
        if len(pairs) == PAIR:
            st.segmented_control(
                "How", WAYS, key=HOW.begin(), required=True, label_visibility="collapsed", persist_state="session"
            )
        st.button("Clear", key="compare_unpick", type="tertiary", icon=":material/close:", on_click=_clear)
    looks = [Look.of(image) for _, image in pairs]
    if len(pairs) == PAIR and HOW.value == OVER:
        (one, before), (other, after) = pairs
        before_after(looks[0], looks[1], "compare_over", labels=(_label(one, pairs), _label(other, pairs)))
        _apart(before, after)
        return
    several = any(state.repeat for state, _ in pairs)
    side_by_side(looks, "compare_beside", facts=[_facts(state, several=several) for state, _ in pairs])
    if len(pairs) == PAIR:
        _apart(pairs[0][1], pairs[1][1])


def _label(state: CellState, pairs: Pairs) -> str:
    """The values in which this one differs from the other."""
    others = [dict(other.cell.coordinates) for other, _ in pairs]
    own = [described(value) for name, value in state.cell.coordinates if len({one[name] for one in others}) > 1]
    label = " · ".join(own) or f"Number {state.repeat + 1}"
    return label if len(label) <= LABEL else f"{label[: LABEL - 1]}…"


def _facts(state: CellState, *, several: bool) -> dict[str, str]:
    facts = {title_of(name): described(value) for name, value in state.cell.coordinates}
    took = f"{state.seconds:.1f} s" if state.seconds is not None else "unknown"
    number = {"Number": str(state.repeat + 1)} if several else {}
    return {**facts, **number, "Cost": money(state.dollars), "Time": took}


def _apart(one: Shown, other: Shown) -> None:
    """Say how far two pictures are apart, or why that cannot be said."""
    try:
        pixels, perceptual, stretched = _distance((one.sha256, other.sha256), (one.original, other.original))
    except KeyError:
        return  # the pictures above say it
    except Refused as error:
        st.caption(f":material/info: The difference cannot be measured: {plain(error.message)}")
        return
    with st.container(horizontal=True, gap="large"):
        st.metric(
            "Pixel difference",
            f"{pixels:.1%}",
            width="content",
            help="The mean over all pixels and colors; white and black differ by 100 %.",
        )
        st.metric(
            "Perceptual distance",
            f"{perceptual:.2f} of 1",
            width="content",
            help="0: they look the same. 1: they have nothing in common. Calculated as 1 minus their MS-SSIM.",
        )
    if stretched:
        st.caption("Their shapes differ, so one was stretched to measure this. The numbers are only a rough guide.")


@st.cache_data(max_entries=CACHED, show_spinner=False)
def _distance(
    hashes: tuple[str, str],  # noqa: ARG001 (what it is cached by)
    _read: tuple[Callable[[], bytes], Callable[[], bytes]],
) -> tuple[float, float, bool]:
    from triptych.vision.distance import distance

    found = distance(_read[0](), _read[1]())
    return found.pixels, found.perceptual, found.stretched


def _clear() -> None:
    tab(CompareTab).picked = ()
