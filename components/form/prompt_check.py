"""Whether a prompt would likely be refused, asked of the server's moderation on request."""

import asyncio
from concurrent.futures import Future
from dataclasses import dataclass

import streamlit as st

from components.frame.notice import plain, sentence
from components.state.account import session
from components.state.services import Services, services
from components.state.tab import tab
from triptych.errors import Refused, TriptychError
from triptych.prompts import PromptCheck
from triptych.servers import DEMO, Account

TICK = 0.3  # seconds


@dataclass(slots=True)
class Checking:
    """The check that was asked for last: of which prompt, and what came of it."""

    prompt: str = ""
    asking: "Future[PromptCheck] | None" = None
    answer: PromptCheck | TriptychError | None = None


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
        _arrived()
        st.fragment(_arrived, run_every=TICK)()
    elif here.answer and here.prompt == prompt:
        st.markdown(f":small[{_said(here.answer, account)}]", wrap=False, width="content")
        return
    st.button(
        "Check prompt",
        key="check_prompt",
        type="tertiary",
        icon=":material/policy:",
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
    here = tab(Checking)
    if here.asking is None:
        here.prompt, here.answer = prompt, None
        here.asking = services().jobs.run(_checked(services(), session().account, prompt))


async def _checked(process: Services, account: Account, prompt: str) -> PromptCheck:
    """The answer, by a client of its own: the tab's is closed when its account changes."""
    client = await asyncio.to_thread(process.client, account)
    try:
        return await client.check_prompt(prompt)
    finally:
        await client.aclose()


def _arrived() -> None:
    """Take the answer once it is there, and draw the page with it."""
    here = tab(Checking)
    if here.asking is None or not here.asking.done():
        return
    try:
        here.answer = here.asking.result()
    except TriptychError as error:
        here.answer = error
    here.asking = None
    st.rerun()
