"""Whether a prompt would likely be refused, asked of the server's moderation on request."""

from dataclasses import dataclass

import streamlit as st

from components.frame.notice import plain, sentence
from components.frame.question import Question
from components.state.account import session
from components.state.tab import tab
from triptych.errors import Refused, TriptychError
from triptych.prompts import PromptCheck
from triptych.servers import DEMO, Account


@dataclass(slots=True)
class Checking(Question[PromptCheck]):
    """The check that was asked for last: of which prompt, and what came of it."""


def prompt_check(prompt: str) -> None:
    """Draw the button where the server can be asked, and a few words on its answer to this very prompt."""
    try:
        account = session().account
    except Refused:
        return  # what is wrong with the account stands where it is set
    here = tab(Checking)
    if not account.server.moderates or not prompt.strip():
        return
    if here.asking is not None:
        here.wait()
    elif here.answer and here.about == prompt:
        st.markdown(f":small[{_said(here.answer, account)}]", wrap=False, width="content")
        return
    st.button(
        "Check",
        key="check_prompt",
        type="tertiary",
        disabled=here.asking is not None,
        on_click=_ask,
        args=(prompt,),
        help=_help(account),
    )


def _help(account: Account) -> str:
    if account.server is DEMO:
        return "Asks the demo engine, which knows a few words of each category. OpenAI's own check reads more."
    return "Sends the prompt to OpenAI's moderation, free of charge. What it flags is likely to be refused."


def _said(answer: PromptCheck | TriptychError, account: Account) -> str:
    if isinstance(answer, TriptychError):
        return f":orange[:material/error: {plain(f'Not checked. {sentence(answer)}')}]"
    by = " (demo)" if account.server is DEMO else ""
    if answer.flagged:
        # "violence/graphic" says "violence" too
        named = [one for one in answer.categories if not any(c.startswith(f"{one}/") for c in answer.categories)]
        told = f"Flagged: {', '.join(named) or 'no category named'}{by}"
        return f":orange[:material/flag: {plain(told)}]"
    return f":green[:material/check: {plain(f'Not flagged{by}')}]"


def _ask(prompt: str) -> None:
    tab(Checking).ask(prompt, lambda client: client.check_prompt(prompt))
