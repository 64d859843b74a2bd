"""What somebody made before owners were issuer and subject: offered to the same person, and given once."""

from dataclasses import dataclass

import streamlit as st

from components.frame.notice import plain
from components.state.access import visitor
from components.state.runs import runs
from components.state.services import services
from components.state.tab import tab


@dataclass(slots=True)
class Earlier:
    """How many images there are under earlier names of the tab's visitor; None until it is asked."""

    images: int | None = None


def takeover() -> None:
    """Draw the offer where this login has images under an earlier name of the same person. Raises DatabaseDown."""
    here, found = visitor(), tab(Earlier)
    if not here.earlier or not services().begun:
        return
    if found.images is None:
        owners = services().store.owners
        found.images = owners.images(owners.earlier(here.owner, here.earlier))
    if found.images:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.caption(plain(f"{_counted(found.images)} stored under your name from an older version."))
            st.button("Move them to your history", key="take_over", icon=":material/person_check:", on_click=_take_over)


def _take_over() -> None:
    here = visitor()  # asked anew: only what this very login proves is given
    store = services().store
    earlier = store.owners.earlier(here.owner, here.earlier)
    images = store.owners.take_over(earlier, here.owner)
    for name in earlier:
        store.spool.hand_over(name, here.owner)
    tab(Earlier).images = 0
    runs().past.clear()
    st.toast(plain(f"{_counted(images)} in your history."), icon=":material/check:")


def _counted(images: int) -> str:
    return f"{images:,} images are" if images != 1 else "1 image is"
