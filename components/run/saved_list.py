"""What an owner keeps of a page, as a list: each is opened by its name, and can be deleted."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import streamlit as st

from components.frame.notice import plain

LONGEST = 60  # characters of a title


@dataclass(frozen=True)
class Saved:
    """One of them: the ``id`` that it is opened by, its title, and in words when it was made or changed."""

    id: str
    title: str
    when: str


def saved_list(
    each: Iterable[Saved], page: str, here: str, open_one: Callable[[str], None], delete: Callable[[str], None]
) -> None:
    """Draw them in their order; ``here`` is the id of the one that the tab has open, "" for none."""
    for one in each:
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.button(
                plain(one.title),
                key=f"{page}_open_{one.id}",
                type="tertiary",
                on_click=open_one,
                args=(one.id,),
                disabled=here == one.id,
                help=plain(one.when),
            )
            st.space("stretch")
            st.button(
                ":material/delete:",
                key=f"{page}_delete_{one.id}",
                type="tertiary",
                on_click=delete,
                args=(one.id,),
                help="Delete. Its images stay in History.",
            )


def title_of(name: str, instead: str = "") -> str:
    """What it is called: its name, else what stands ``instead``, on one line and cut where it is long."""
    title = name or " ".join(instead.split()) or "Untitled"
    return title if len(title) <= LONGEST else f"{title[: LONGEST - 1].rstrip()}…"
