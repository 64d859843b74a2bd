"""Which image the large view is open on: the address says it, so that Back closes it and a reload opens it again."""

import streamlit as st

OPEN = "image"  # of the address: the image's key


def open_image(key: str) -> None:
    """Open the large view on the image with this key."""
    st.query_params[OPEN] = key


def close_image() -> None:
    """Close the large view."""
    st.query_params.pop(OPEN, None)


def is_open(key: str) -> bool:
    """Whether the large view is open on the image with this key."""
    return bool(st.query_params.get(OPEN) == key)
