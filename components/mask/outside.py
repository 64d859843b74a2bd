"""What a model did to the pixels it was not to touch: how many, how much, and where."""

from collections.abc import Callable, Iterator

import streamlit as st

from components.frame.notice import plain
from components.image.before_after import before_after
from components.image.viewer import Look
from triptych import masks
from triptych.errors import BadFile
from triptych.inputs import Attachment
from triptych.masks import Outside
from triptych.masks.truth import NOISE

CACHED = 32  # measurements kept in memory, each with its heat map
LEAST = 0.001  # the share that is still said as a number
FAINT = 0.05  # of 255, the least mean that is said as a number
ROUND = 0.1  # the share from which it is said without a decimal


def mask_truth(  # noqa: PLR0917 - what is measured, and what is shown of it
    original: Look,
    answer: Look,
    mask: Attachment,
    read: Callable[[], bytes],
    key: str,
    restored: Look | None = None,
) -> Outside | None:
    """Draw both images with the heat map, and below them the numbers; None where they cannot be measured.

    ``original`` carried the ``mask``, whose bytes ``read`` gives; KeyError where they are gone. ``restored``, where the
    original's own pixels stand outside the mask, is shown in the answer's place.
    """
    with st.container(key=f"truth_{key}", gap="small"):
        pair, place = st.container(), st.empty()  # the pictures above, so that they stand still
        place.caption("Measuring what changed outside the mask …")
        found: Outside | None = None
        with place.container(gap="xxsmall"):
            try:
                found = _measured(
                    original.sha256, answer.sha256, mask.sha256, original.pixels, original.read, answer.read, read
                )
                _numbers(found, is_restored=restored is not None)
            except KeyError:
                st.caption("What changed outside the mask cannot be measured: an image file is missing.")
            except BadFile as error:
                st.caption(f"What changed outside the mask cannot be measured. {plain(error.message)}")
        with pair:
            heat = _heat(original, answer, found) if found else None
            before_after(original, restored or answer, f"{key}_pair", heat=heat, is_heated=True)
    return found


def share_text(share: float) -> str:
    """A share, 0 to 1, as people read it: "0 %", "less than 0.1 %", "0.4 %", "23 %"."""
    if 0 < share < LEAST:
        return "less than 0.1 %"
    return f"{100 * share:.0f} %" if share >= ROUND or not share else f"{100 * share:.1f} %"


def sentence(found: Outside) -> str:
    """What was measured, in one sentence."""
    if not found.pixels:
        return "The mask covers the whole image: nothing was to be kept."
    if not found.share_changed:
        return "No pixel outside the mask changed."
    text = share_text(found.share_changed)
    return f"{text[0].upper()}{text[1:]} of the pixels outside the mask changed."


def _numbers(found: Outside, *, is_restored: bool) -> None:
    icon = "difference" if found.share_changed else "check"
    said = f"{sentence(found)} They are restored here." if is_restored and found.share_changed else sentence(found)
    st.markdown(f":material/{icon}: **{plain(said)}**")
    st.caption(plain(" ".join(_details(found))))


def _details(found: Outside) -> Iterator[str]:
    if found.worst:
        mean = f"{found.mean:.1f}" if found.mean >= FAINT else "less than 0.1"
        yield f"Average difference {mean} of 255, largest {found.worst}. Up to {NOISE} does not count."
    elif found.pixels:
        yield "Every pixel there is identical to the original."
    if found.resampled:
        yield "The result has another size and was scaled to be measured, which changes it slightly."


@st.cache_data(max_entries=CACHED, show_spinner=False)
def _measured(
    original: str,  # noqa: ARG001 (the three hashes are what it is cached by)
    answer: str,  # noqa: ARG001
    mask: str,  # noqa: ARG001
    size: tuple[int, int],
    _original: Callable[[], bytes],
    _answer: Callable[[], bytes],
    _mask: Callable[[], bytes],
) -> Outside:
    return masks.truth(_original(), _answer(), masks.decode(_mask(), size))


def _heat(original: Look, answer: Look, found: Outside) -> Look:
    name = f"{original.sha256}-{answer.sha256}"
    return Look(name, "png", answer.pixels, f"Heat map: {sentence(found)}", lambda: found.heat)
