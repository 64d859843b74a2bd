"""The pages in menu order, and the frame around each: engine, running jobs, what was spent."""

import re
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from components.frame import lifecycle
from components.frame.destination import arrived
from components.frame.drawing import configure
from components.frame.formats import money
from components.frame.heard import heard_number
from components.frame.keys import page_keys
from components.frame.login import admitted, login, logout
from components.frame.media import let_go
from components.frame.notice import error_notice, plain
from components.frame.parts import FOOT, Page, part
from components.frame.running import job_badge
from components.frame.server_probe import model_list
from components.frame.takeover import takeover
from components.state.account import session
from components.state.address import arrive
from components.state.returning import come_back, remember
from components.state.services import services, today
from components.state.tab import tab, this_page
from triptych.errors import Refused

SIDEBAR = 300  # pixels
SPENT = 2.0  # seconds between two looks at what was spent, while anything is drawn
# Seconds between looks while nothing runs. Any at all has the browser ask for the page when a connection that broke
# is back: it may have broken before the server said that it drew something.
IDLE = 600
SPOKEN = re.compile(r"[A-Z][\w (),]+|Compatible: (?!www\.)[\w.-]+(:\d+)?")  # names in which Markdown finds nothing
ICON = str(Path(__file__).parents[2] / "icon.svg")
STYLE = Path(__file__).with_name("style.css")  # a Path: Streamlit shows a string as text
# The groups of the menu, and in each its pages by name: title, and what the page is for.
MENU = {
    "": {
        "generate": ("Generate", "Create images from a prompt."),
        "edit": ("Edit", "Change part of an image: paint a mask and describe the result."),
        "compare": ("Compare", "Compare one prompt across models, qualities and sizes."),
        "batch": ("Batch", "Run many prompts, or one prompt over many images."),
        "converse": ("Converse", "Change an image in plain words, turn by turn."),
    },
    "Library": {
        "history": ("History", "Every image you made: find, rate, reuse, export, delete."),
        "spending": ("Spending", "Cost and time: totals, caps, accuracy of the estimates."),
        "provenance": ("Provenance", "Check where an image comes from."),
    },
    "More": {
        "models": ("Models", "What each model supports and costs, and retirement dates."),
        "settings": ("Settings", "Engine, key, limits, simulated errors."),
    },
}
FRONT = "generate"
RETURNING = "returning"

_returning = st.components.v2.component(
    "triptych_returning", js=Path(__file__).with_name("returning.js").read_text("utf-8")
)


@dataclass(slots=True)
class Frame:
    """Whether the frame (menu, sidebar) has been drawn in this tab."""

    drawn: bool = False


def pages() -> dict[str, list[StreamlitPage]]:
    """Streamlit's page objects by group, ``FRONT`` at "/"; before the login each of them is the login."""
    inside = admitted()
    return {
        group: [
            st.Page(
                f"pages/{name}.py" if inside else login, title=title, help=purpose, url_path=name, default=name == FRONT
            )
            for name, (title, purpose) in entries.items()
        ]
        for group, entries in MENU.items()
    }


def run() -> None:
    """Draw the frame and in it the page the visitor asked for; before the login there is neither."""
    let_go()
    page = _navigation()
    arrived()
    arrive(page.url_path)
    tab(Frame).drawn, tab(Page).whole = True, ""
    _browser_tab(page)
    if not admitted():
        page.run()
        return
    st.logo(ICON, size="large")
    st.html(STYLE)
    lifecycle.end_at_the_servers_signal()
    try:
        takeover()
        page.run()
    except Refused as error:  # a setting that cannot be used: said in words on whichever page needs it
        error_notice(error)
    _foot()
    page_keys()
    heard_number()
    _remember()
    tab(Page).whole = this_page()
    lifecycle.warm_up()


def _browser_tab(page: StreamlitPage) -> None:
    """Name the browser's tab, once in a run: it shows every name it is given.

    The icon is ours: a Material icon would be fetched from elsewhere by every visitor. Before the login it is
    Streamlit's, since no image is given out then.
    """
    title, icon = (f"{page.title} · Triptych", ICON) if admitted() else ("Triptych", None)
    st.set_page_config(page_title=title, page_icon=icon, layout="wide", initial_sidebar_state=SIDEBAR)


def _remember() -> None:
    """Keep what the tab holds for its next reload, and have the browser say so when it comes back."""
    with suppress(Refused):  # the page says what is wrong
        _returning(key=RETURNING, data={"name": remember()}, height=1, on_returned_change=partial(come_back, RETURNING))


def require_app() -> None:
    """First line of every page: a page that Streamlit started by itself, without the frame, starts again in it."""
    if not tab(Frame).drawn:
        tab(Frame).drawn = True
        configure()
        _navigation()
        st.rerun()
    if not admitted():
        login()
        st.stop()


def page_title(title: str) -> None:
    """Draw the first heading of a page that the menu marks itself: it is heard, and takes no height."""
    with st.container(key="page_title"):
        st.title(title)


def _navigation() -> StreamlitPage:
    return st.navigation(pages(), position="top" if admitted() else "hidden")


def _foot() -> None:
    """Draw what ends the sidebar on every page: what runs, the engine and what was spent today, who is logged in."""
    with st.sidebar, st.container(key="frame_foot", gap="xxsmall"):
        part(FOOT, _foot_lines)
        logout()


def _foot_lines() -> None:
    running = st.container()
    with st.container(key="frame_engine", horizontal=True, vertical_alignment="center", gap="xsmall"):
        _engine()
        spent = st.container()
    try:
        with running:
            job_badge()
        with spent:
            st.fragment(_spent, run_every=SPENT if services().jobs.running(session().owner) else IDLE)()
        model_list()
    except Refused:  # the page, which needs the same, says why
        st.caption(":material/error: Couldn't read runs and spending")


def _engine() -> None:
    try:
        account = session().account
    except Refused:
        st.caption(":material/error: No engine: check Settings")
        return
    name = account.name if SPOKEN.fullmatch(account.name) else plain(account.name)
    st.caption(f":material/bolt: {name}")


def _spent() -> None:
    try:
        spent = today()
    except Refused as error:
        st.metric("Spent today", "unknown", help=plain(error.message))
        return
    of = f" / ${spent.cap:.2f}" if spent.cap is not None else ""
    held = f"{money(spent.reserved)} more is reserved for runs in progress or possibly charged."
    st.metric("Spent today", f"${spent.spent:.2f}{of}", help=plain(held) if spent.reserved else None)
