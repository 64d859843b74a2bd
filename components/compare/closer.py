"""The picked pictures of a comparison, two laid over each other or up to four side by side, and how far two differ."""

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

OVER, BESIDE = WAYS = ("Over each other", "Side by side")
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
            said = "Tick two pictures to lay them over each other, or up to four to see them side by side."
            st.caption(f":material/compare: {said if not pairs else 'Tick one more.'}")
            return
        _chosen(pairs)


def _chosen(pairs: Pairs) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.header("A closer look")
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
        st.caption(f":material/info: No distance: {plain(error.message)}")
        return
    with st.container(horizontal=True, gap="large"):
        st.metric(
            "Pixel difference",
            f"{pixels:.1%}",
            width="content",
            help="The mean over all pixels and colours; white and black differ by 100 %.",
        )
        st.metric(
            "Perceptual distance",
            f"{perceptual:.2f} of 1",
            width="content",
            help="0: they look the same, 1: they share nothing. It is 1 less their MS-SSIM.",
        )
    if stretched:
        st.caption("They have different shapes, so one was stretched for this and the numbers mean little.")


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
