"""What an image was made from, and what that was made from: each with its thumbnail, its signer and its state."""

import streamlit as st

from components.frame.notice import plain
from components.image.image import picture
from triptych import store
from triptych.inputs import measured
from triptych.provenance import Ingredient

THUMBNAIL = 96  # pixels
RELATIONS = {"parentOf": "the image that was edited", "componentOf": "a part", "inputTo": "an input"}


def ingredient_tree(ingredients: tuple[Ingredient, ...]) -> None:
    """Draw them, and below each its own, further in."""
    for each in ingredients:
        with st.container(border=True, gap="small"):
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                _thumbnail(each)
                with st.container(gap=None):
                    st.markdown(f"**{plain(each.title or 'Without a title')}**")
                    st.caption(plain(_line(each)))
            if each.manifest and each.manifest.ingredients:
                ingredient_tree(each.manifest.ingredients)


def _thumbnail(one: Ingredient) -> None:
    """The thumbnail inside the manifest, by way of the image gate."""
    found = measured(one.thumbnail) if one.thumbnail else None
    if one.thumbnail is None or found is None:
        st.caption(":material/hide_image: No thumbnail", width=THUMBNAIL)
        return
    form, width, height = found[0].name, found[1], found[2]
    with st.container(width=THUMBNAIL):
        try:
            small = store.preview(one.thumbnail, form, THUMBNAIL)
            picture(small, form if form == "gif" else "jpeg", (width, height), f"Thumbnail of {one.title}"[:100])
        except ValueError:
            st.caption(":material/hide_image: No preview")


def _line(one: Ingredient) -> str:
    manifest = one.manifest
    changed = any(code.endswith("mismatch") for code in one.failures)
    signed = f"signed by {manifest.signer or 'an unnamed issuer'}" if manifest else "without a manifest in this file"
    steps = ", ".join(each.label.lower() for each in manifest.actions) if manifest else ""
    sources = ", ".join(dict.fromkeys(manifest.sources())) if manifest else ""
    parts = (
        RELATIONS.get(one.relationship, one.relationship),
        one.format,
        signed,
        manifest.software if manifest else "",
        steps,
        sources,
        "already changed when it was added" if changed else "",
    )
    return " · ".join(filter(None, parts))
