"""The picture that is being made larger, or has been, where the edits are."""

import streamlit as st

from components.image.upscale import PAGE, put_away, upscaling
from components.run.live_view import job_view
from components.state.runs import runs


def edit_larger() -> None:
    """Draw how far an upscale has come, with a way to stop it and to put it away, if there is one in this tab."""
    job = upscaling()
    if job is None:
        return
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown("**Upscaled**" if job.done else "**Upscaling**")
            if job.done:
                st.button(
                    ":material/close:",
                    key="close_upscale",
                    type="tertiary",
                    on_click=put_away,
                    help="Close. The image is in your history.",
                )
            else:
                runs().unfinished.add(job.ticket)
                st.button(
                    "Cancel", key="cancel_upscale", on_click=job.cancel, help="Cancels the upscale; nothing is saved."
                )
        job_view(PAGE)
