"""A prompt rewritten by a text model: priced first, sent on a click, and taken only once it has been read."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

import streamlit as st

from components.form.revised import revised_prompt
from components.frame.formats import money
from components.frame.notice import error_notice, plain
from components.frame.running import cancel_advice
from components.state.account import session
from components.state.services import services
from components.state.tab import Widget, overwrite, tab
from components.state.widgets import PROMPT
from triptych.errors import Refused, TriptychError
from triptych.jobs import Job
from triptych.pricing import Estimate, estimate
from triptych.prompts import rewriting
from triptych.request.turns import TEXT_MODEL
from triptych.studio import Order, Saved
from triptych.text_models import TEXT_MODELS

PAGE = "rewrite"  # what the records call these runs
OPEN = Widget[bool]("prompt_rewrite", first=False)
MODEL = Widget[str]("rewrite_model", TEXT_MODEL)
ANY_PRICE = Widget[bool]("rewrite_any_price", first=False)
WIDTH = 388  # pixels; with its padding the popover has 420
TICK = 0.3  # seconds between two looks
FAILED = "No rewrite came back"


@dataclass(slots=True)
class Rewriting:
    """The rewrite of a tab: the ticket of the next, and the last one until it is taken or left."""

    ticket: str = field(default_factory=lambda: uuid.uuid4().hex)
    job: Job | None = None
    refused: TriptychError | None = None


def prompt_rewrite(prompt: str) -> None:
    """Draw the button that opens it, where there is a prompt to rewrite."""
    if not prompt.strip():
        return
    with st.popover("Rewrite", icon=":material/edit_note:", type="tertiary", key=OPEN.key, on_change="rerun") as box:
        if box.open:
            with st.container(width=WIDTH):
                _rewrite(prompt)


def _rewrite(prompt: str) -> None:
    here = tab(Rewriting)
    if here.job is None:
        _offer(prompt, "Rewrite")
    elif not here.job.done:
        _running(here.job)
    elif words := _words(here.job):
        _choice(here.job, words)
    else:
        _failed(here.job)
        _offer(prompt, "Try again")
    if here.refused:
        error_notice(here.refused)


def _offer(prompt: str, verb: str) -> None:
    """Draw the text model and the button, which says what it costs."""
    st.selectbox(
        "Text model",
        tuple(dict.fromkeys((*TEXT_MODELS, MODEL.value or TEXT_MODEL))),
        key=MODEL.begin(),
        accept_new_options=True,
        persist_state="session",
        help="Adds medium, light and composition where the prompt lacks them. Enter any model your server supports.",
    )
    try:
        server = session().account.server
    except Refused as error:
        error_notice(error)
        return
    cost = estimate(rewriting(prompt, (MODEL.value or TEXT_MODEL).strip()), server)
    if cost.dollars is None and server.charged and services().budget.is_capped:
        st.checkbox("Run without a price estimate", key=ANY_PRICE.begin(), help="The cost is unknown, so no cap holds.")
    price = "price unknown" if cost.dollars is None else f"about {money(cost.dollars)}"
    st.button(f"{verb} · {plain(price)}", key="rewrite", type="secondary", on_click=_start, args=(prompt,))
    st.caption(_note(cost, free=not server.charged))


def _note(cost: Estimate, *, free: bool) -> str:
    said = "The demo charges nothing; this is the text model's price. " if free else ""
    return plain(f"{said}Your prompt stays until you take the rewrite.{_doubt(cost)}")


def _doubt(cost: Estimate) -> str:
    return f" {cost.why[0].upper()}{cost.why[1:]}." if cost.why else ""


def _running(job: Job) -> None:
    st.button("Cancel", key="rewrite_cancel", on_click=job.cancel, help=cancel_advice())
    st.fragment(_look, run_every=TICK)(job)


def _look(job: Job) -> None:
    if job.done:
        st.rerun()
    late = " · longer than usual" if job.seconds > job.should.high else ""
    st.caption(f"Rewriting · {job.seconds:.0f} s{late}")


def _choice(job: Job, words: str) -> None:
    """Draw the rewrite beside what it changes, and the two answers."""
    if words == job.request.prompt:
        st.caption("The text model found nothing to change.")
    else:
        revised_prompt(job.request.prompt, words, "new")
    with st.container(horizontal=True, vertical_alignment="center"):
        if words != job.request.prompt:
            st.button("Take it", key="rewrite_take", type="primary", on_click=_take, args=(words,))
        st.button("Keep mine", key="rewrite_keep", on_click=_leave)
    st.caption(plain(" · ".join(_facts(job))))


def _facts(job: Job) -> Iterator[str]:
    yield job.request.model
    yield f"{job.seconds:.1f} s"
    for saved in job.saved:
        verb = "cost" if job.server.charged else "would have cost"
        yield "price unknown" if saved.dollars is None else f"{verb} {money(saved.dollars)}"


def _words(job: Job) -> str:
    """The rewrite, empty where none came: a refusal, or one that was cut off, is none."""
    saved = _answer(job)
    return saved.got.get("answer", "").strip() if saved and not {"refused", "note"} & set(saved.got) else ""


def _answer(job: Job) -> Saved | None:
    return next(iter(job.saved), None)


def _failed(job: Job) -> None:
    """Say why there is no rewrite."""
    if job.errors:
        error_notice(job.errors[0])
        return
    saved = _answer(job)
    got = saved.got if saved else {}
    why = "The text model declined" if "refused" in got else got.get("note") or "The answer holds no words"
    st.warning(plain(f"{FAILED}. {why}: {got['answer'][:300]}" if "refused" in got else f"{FAILED}. {why}"))


def _start(prompt: str) -> None:
    """Send it; a second click while it runs sends nothing."""
    here, who = tab(Rewriting), session()
    if here.job and not here.job.done:
        return
    here.refused = here.job = None
    request = rewriting(prompt, (MODEL.value or TEXT_MODEL).strip())
    try:
        request.check(who.account.server)
        job = Job(here.ticket, who.owner, PAGE, request, who.account.server)
        order = Order(request, here.ticket, who.owner, PAGE, redraw=True, any_price=ANY_PRICE.value)
        here.job = services().jobs.start(job, partial(services().studio.draw, who.client, order))
    except Refused as error:
        here.refused = error
    here.ticket = uuid.uuid4().hex


def _take(words: str) -> None:
    overwrite({PROMPT: words})
    _leave()


def _leave() -> None:
    tab(Rewriting).job = None
    OPEN.put(value=False)
