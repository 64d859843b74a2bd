"""What a model did to the pixels it was not to touch: how many, how much, and where."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from components.before_after import before_after
from components.looks import Look
from components.side_by_side import side_by_side
from triptych import masks
from triptych.errors import BadFile
from triptych.inputs import Attachment

CACHED = 32  # measurements kept in memory, each with its heat map
LEAST = 0.001  # the share that is still said as a number
ROUND = 0.1  # the share from which it is said without a decimal


@dataclass(frozen=True)
class Measured:
    """``share`` of the pixels outside the mask, 0 to 1, that changed; by how much of 255 on average and at worst.

    ``heat`` is a png to lay over the picture; ``scaled`` whether the answer had another size and was scaled first.
    """

    share: float
    mean: float
    worst: float
    scaled: bool
    heat: bytes


def mask_truth(original: Look, answer: Look, mask: Attachment, read: Callable[[], bytes], key: str) -> Measured | None:
    """Draw the numbers and below them both pictures with the heat map; None where they cannot be measured.

    ``original`` carried the ``mask``, whose bytes ``read`` gives; KeyError where they are gone.
    """
    with st.container(key=f"truth_{key}", gap="small"):
        place = st.empty()
        place.caption("Measuring what changed outside the mask …")
        found = _measured_or_none(original, answer, mask, read)
        with place.container(gap="xxsmall"):
            _numbers(found) if found else st.caption("What changed outside the mask cannot be measured any more.")
        before_after(original, answer, f"{key}_pair", heat=found and _heat(original, answer, found))
    return found


def kept_outside(answer: Look, kept: Look, key: str) -> None:
    """Draw an answer as it came beside the picture whose pixels outside the mask were put back."""
    captions = ({"Outside the mask": "as the model drew it"}, {"Outside the mask": "the original's own pixels"})
    side_by_side((answer, kept), key, facts=captions)


def share_text(share: float) -> str:
    """A share, 0 to 1, as people read it: "0 %", "less than 0.1 %", "0.4 %", "23 %"."""
    if 0 < share < LEAST:
        return "less than 0.1 %"
    return f"{100 * share:.0f} %" if share >= ROUND or not share else f"{100 * share:.1f} %"


def sentence(found: Measured) -> str:
    """What was measured, in one sentence."""
    if not found.share:
        return "No pixel outside the mask changed."
    return f"{share_text(found.share)[0].upper()}{share_text(found.share)[1:]} of the pixels outside the mask changed."


def _numbers(found: Measured) -> None:
    st.markdown(f":material/{'check' if not found.share else 'difference'}: **{sentence(found)}**")
    details = [f"On average by {found.mean:.1f} of 255, at worst by {found.worst:.0f}."] if found.share else []
    if found.scaled:
        details.append("The answer had another size and was scaled to be measured, which itself changes a little.")
    st.caption(" ".join(details) or "What you see inside the mask is all that the model changed.")


def _measured_or_none(original: Look, answer: Look, mask: Attachment, read: Callable[[], bytes]) -> Measured | None:
    try:
        return _measured(original.sha256, answer.sha256, mask.sha256, original.pixels, original.read, answer.read, read)
    except (KeyError, ValueError, BadFile):  # the viewer below says which picture is gone or damaged
        return None


@st.cache_data(max_entries=CACHED, show_spinner=False)
def _measured(
    original: str,  # noqa: ARG001 (the three hashes are what it is cached by)
    answer: str,  # noqa: ARG001
    mask: str,  # noqa: ARG001
    size: tuple[int, int],
    _original: Callable[[], bytes],
    _answer: Callable[[], bytes],
    _mask: Callable[[], bytes],
) -> Measured:
    found = masks.truth(_original(), _answer(), masks.decode(_mask(), size))
    return Measured(found.share_changed, found.mean, found.worst, found.resampled, found.heat)


def _heat(original: Look, answer: Look, found: Measured) -> Look:
    name = f"{original.sha256}-{answer.sha256}"
    return Look(name, "png", answer.pixels, f"Heat map: {sentence(found)}", lambda: found.heat)
