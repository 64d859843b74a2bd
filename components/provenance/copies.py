"""Copies that are no longer the original, offered as what they are."""

from functools import partial
from pathlib import PurePath

import streamlit as st

from components.provenance.subject import Subject
from triptych.errors import BadFile
from triptych.inputs import measured
from triptych.provenance import with_prompt, without_metadata

TAKEN = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}


def copies(subject: Subject) -> None:
    """Draw the downloads, with what each gives up."""
    found = measured(subject.data)
    form = found[0].name if found else ""
    if form not in TAKEN:
        return
    st.header("Copies")
    stem, suffix = PurePath(subject.name).stem, PurePath(subject.name).suffix
    with st.container(horizontal=True, gap="medium"):
        _copy(
            "Strip metadata",
            f"{stem}-stripped{suffix}",
            TAKEN[form],
            partial(without_metadata, subject.data),
            "The same pixels without the manifest, location, camera data and text. Its origin can no longer be "
            "verified. A watermark in the pixels stays.",
        )
        if subject.prompt and form == "png":
            _copy(
                "Embed prompt in a copy",
                f"{stem}-prompt{suffix}",
                TAKEN[form],
                partial(with_prompt, subject.data, subject.prompt, subject.model),
                "The same pixels with prompt and model as text, for programs that read it back. Anyone can change "
                "that text, and the manifest is removed.",
            )


def _copy(label: str, name: str, media_type: str, make: "partial[bytes]", what: str) -> None:
    with st.container(width=320, gap="xxsmall"):
        try:
            make()  # a copy that cannot be made is not offered
        except BadFile as error:
            st.caption(f"{label}: {error.message}")
            return
        key = f"copy_{label.split(maxsplit=1)[0].lower()}"
        st.download_button(label, make, name, media_type, key=key, on_click="ignore", icon=":material/download:")
        st.caption(what)
