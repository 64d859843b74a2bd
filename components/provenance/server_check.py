"""OpenAI's own check, on request: what is sent to whom, and its results side by side with what was read here."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import streamlit as st

from components.frame.notice import error_notice, plain
from components.frame.question import Question
from components.provenance.subject import Subject
from components.state.account import session
from components.state.tab import tab
from triptych.errors import InvalidSetting, TriptychError
from triptych.provenance import Inspection, ServerCheck, verdicts
from triptych.servers import DEMO, Account

LABELS = frozenset({"PNG", "JPEG", "WebP", "GIF"})  # what the check takes, by the types of openai 3.54
MOST_BYTES = 50 << 20


@dataclass(slots=True)
class Checking(Question[ServerCheck]):
    """The check that was asked for last: of the file with which SHA-256, and what came of it."""


def server_check(subject: Subject, found: Inspection) -> None:
    """Draw the button with what it sends, and its results once there are any."""
    st.header("OpenAI's check")
    try:
        account = session().account
    except InvalidSetting as error:
        error_notice(error)
        return
    if not account.server.checks_provenance:
        st.caption(
            plain(f"Only OpenAI supports this check, and this tab uses {account.name}. Choose the engine in Settings.")
        )
        return
    if found.label not in LABELS or len(subject.data) >= MOST_BYTES:
        st.caption("Supports PNG, JPEG, WebP and GIF files below 50 MB.")
        return
    check = tab(Checking)
    answer = check.answer if check.about == subject.sha256 else None
    st.caption(plain(_sends(account, subject)))
    st.button(
        "Check with the demo engine" if account.server is DEMO else "Check with OpenAI",
        key="check_provenance",
        icon=":material/travel_explore:",
        disabled=check.asking is not None,
        on_click=_ask,
        args=(subject, found.media_type),
    )
    if check.asking is not None:
        st.caption(":material/hourglass_empty: Checking. This takes a few seconds.")
        check.wait()
    elif isinstance(answer, TriptychError):
        error_notice(answer)
    elif answer:
        _results(answer, found)


def _sends(account: Account, subject: Subject) -> str:
    what = f"the whole file ({len(subject.data):,} bytes, with all its metadata, but not its name)"
    if account.server is DEMO:
        return f"Sends {what} to the demo engine on this machine, which recognizes only its own. Nothing leaves it."
    host = urlsplit(account.base_url).netloc
    return f"Sends {what} to {host} with your key. Triptych does not know whether OpenAI charges for this."


def _ask(subject: Subject, media_type: str) -> None:
    tab(Checking).ask(subject.sha256, lambda client: client.check_provenance(subject.data, media_type))


def _results(answer: ServerCheck, found: Inspection) -> None:
    ours, theirs = st.columns(2, gap="medium")
    whole, by, _ = verdicts(found)
    with ours:
        st.markdown("**Read on this machine**")
        _result("C2PA", whole.answer.lower(), f"{whole.why} {by.answer}: {by.why}")
        _result("SynthID", "not readable here", "Only its maker can read this watermark.")
    with theirs:
        st.markdown("**The server's answer**")
        for each in answer.signals:
            _result(each.label, each.answer.lower(), each.why)
        st.caption(plain(f"Request {answer.request_id or 'without an id'}"))


def _result(signal: str, answer: str, why: str) -> None:
    with st.container(gap=None):
        st.markdown(plain(f"{signal}: {answer}"))
        st.caption(plain(why))
