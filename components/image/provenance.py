"""What an image says of its own origin, beside it: three verdicts in words, and whether its bytes are the answer's."""

import hashlib

import streamlit as st

from components.frame.notice import error_notice, plain
from components.image.protocol import Shown
from triptych.errors import BadFile, Refused
from triptych.provenance import Identity, Inspection, compared, inspect, trust_list, verdicts

TONES = {
    "good": ":green[:material/check_circle:]",
    "bad": ":red[:material/error:]",
    "doubt": ":orange[:material/help:]",
    "plain": ":gray[:material/info:]",
}
CACHED = 16  # inspections, which may hold thumbnails


def provenance_panel(shown: Shown, place: str, made_here: str | None = None, *, imported: bool = False) -> None:
    """Draw the panel of a finished image, closed at first; ``made_here`` says how it was made without a server."""
    key = f"provenance_panel_{place}_{shown.key}"
    with st.expander("Where this image comes from", icon=":material/verified_user:", key=key, on_change="rerun") as box:
        if not box.open:
            return
        what = "Result" if made_here else "Import" if imported else "Answer"
        _identity(compared(shown.sha256, shown.original, shown.original, what=what))
        if made_here:
            st.caption(plain(f"{made_here} on this machine, which encodes the image anew and drops any manifest."))
        try:
            found = inspected(shown.original())
            verdict_list(found)
            if found.manifest:
                st.caption("Download keeps the manifest. Copying the image to the clipboard does not.")
        except KeyError:
            st.caption("The image file is missing.")
        except Refused as error:
            error_notice(error)


def inspected(data: bytes) -> Inspection:
    """What is found in a file; equal bytes are looked at once. Raises Refused in words."""
    found = _outcome(hashlib.sha256(data).hexdigest(), trust_list(), data)
    if isinstance(found, str):
        raise BadFile(found)
    return found


@st.cache_data(max_entries=CACHED, show_spinner="Reading its manifest")
def _outcome(sha256: str, anchors: str, _data: bytes) -> Inspection | str:  # noqa: ARG001 - the key
    """The inspection, or why there is none: a file made to take long does so once."""
    try:
        return inspect(_data, anchors)
    except BadFile as error:
        return error.message


def verdict_list(found: Inspection) -> None:
    """Draw the three verdicts, each with its reason."""
    for each in verdicts(found):
        with st.container(gap=None):
            st.markdown(f"{TONES[each.tone]} **{plain(each.answer)}**")
            st.caption(plain(each.why))


def _identity(found: Identity) -> None:
    icon = TONES["good"] if found.same else TONES["bad"]
    st.caption(f"{icon} {plain(found.sentence)}")
