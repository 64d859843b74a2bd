"""The pages in menu order, and the frame around each: engine, running jobs, what was spent."""

import re
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from components.frame import lifecycle
from components.frame.callbacks import tell_refusals
from components.frame.formats import money
from components.frame.login import admitted, login, logout
from components.frame.notice import error_notice, plain
from components.frame.running import job_badge
from components.frame.server_probe import model_list
from components.frame.takeover import takeover
from components.state.account import session
from components.state.services import services, today
from components.state.tab import tab
from triptych.errors import Refused

SPENT = 2.0  # seconds between two looks at what was spent, while anything is drawn
SPOKEN = re.compile(r"[A-Z][\w (),]+|Compatible: (?!www\.)[\w.-]+(:\d+)?")  # names in which Markdown finds nothing
ICON = str(Path(__file__).parents[2] / "icon.svg")
PAGES = (
    ("generate", "Generate", ":material/brush:", "A prompt becomes pictures."),
    ("edit", "Edit", ":material/ink_eraser:", "Paint what should change in a picture, and say what it should become."),
    ("compare", "Compare", ":material/grid_view:", "One prompt across models, qualities and sizes; which is worth it."),
    ("history", "History", ":material/history:", "Everything made: find, rate, reuse, export, throw away."),
    ("spending", "Spending", ":material/payments:", "Money and time: totals, caps, and how good the estimates are."),
    ("models", "Models", ":material/table_chart:", "What each model takes, costs, and until when it lives."),
    ("settings", "Settings", ":material/settings:", "Engine, key, limits, and faults to practise on."),
)


@dataclass(slots=True)
class Frame:
    """Whether the frame (menu, sidebar) has been drawn in this tab."""

    drawn: bool = False


def pages() -> list[StreamlitPage]:
    """Streamlit's page objects, the first one at "/"; before the login each of them is the login."""
    inside = admitted()
    return [
        st.Page(
            f"pages/{name}.py" if inside else login,
            title=title,
            icon=icon,
            help=purpose,
            url_path=name,
            default=name == PAGES[0][0],
        )
        for name, title, icon, purpose in PAGES
    ]


def configure() -> None:
    """Set up the browser's tab. The icon is ours: a Material icon would be fetched from elsewhere by every visitor.

    Before the login it is Streamlit's, since no image is given out then.
    """
    tell_refusals()
    icon = ICON if admitted() else None
    st.set_page_config(page_title="Triptych", page_icon=icon, layout="wide", initial_sidebar_state=320)


def run() -> None:
    """Draw the frame and in it the page the visitor asked for; before the login there is neither."""
    page = st.navigation(pages(), position="sidebar" if admitted() else "hidden")
    tab(Frame).drawn = True
    if not admitted():
        page.run()
        return
    lifecycle.end_at_the_servers_signal()
    try:
        _draw(page)
    except Refused as error:  # a setting that cannot be used: said in words on whichever page needs it
        error_notice(error)
    lifecycle.warm_up()


def require_app() -> None:
    """First line of every page: a page that Streamlit started by itself, without the frame, starts again in it."""
    if not tab(Frame).drawn:
        tab(Frame).drawn = True
        configure()
        st.navigation(pages())
        st.rerun()
    if not admitted():
        login()
        st.stop()


def _draw(page: StreamlitPage) -> None:
    with st.sidebar:
        _engine()
        job_badge()
    takeover()
    page.run()
    with st.sidebar:
        running = services().jobs.running(session().owner)
        st.fragment(_spent, run_every=SPENT if running else None)()
        model_list()
        logout()


def _engine() -> None:
    try:
        account = session().account
    except Refused:
        st.caption(":material/error: No engine: a setting cannot be used")
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
    held = f"{money(spent.reserved)} more is held for what is being drawn or may have been charged."
    st.metric("Spent today", f"${spent.spent:.2f}{of}", help=plain(held) if spent.reserved else None)
