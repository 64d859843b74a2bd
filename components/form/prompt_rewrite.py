"""A prompt rewritten by a text model: priced first, sent on a click, and taken only once it has been read."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

import streamlit as st

from components.form.revised import revised_prompt
from components.frame.formats import money, span
from components.frame.notice import error_notice, plain
from components.frame.price_tick import any_price, price_tick
from components.frame.running import cancel_advice
from components.state.account import session
from components.state.returning import remember
from components.state.runs import runs
from components.state.services import services
from components.state.tab import Popover, Widget, overwrite, tab
from components.state.widgets import PROMPT
from triptych.errors import Refused, TriptychError
from triptych.jobs import Job
from triptych.pricing import Estimate, estimate
from triptych.prompts import rewriting
from triptych.request.turns import TEXT_MODEL
from triptych.studio import Order, Saved
from triptych.text_models import TEXT_MODELS

PAGE = "rewrite"  # what the records call these runs
POPOVER = Popover("prompt_rewrite")
MODEL = Widget[str]("rewrite_model", TEXT_MODEL)
ANY_PRICE = Widget[bool]("rewrite_any_price", first=False)
WIDTH = 388  # pixels; with its padding the popover has 420
TICK = 0.3  # seconds between two looks
LONG = 2  # times the expected time, after which it takes longer than usual
FAILED = "No rewrite came back"


@dataclass(slots=True)
class Rewriting:
    """What a tab keeps of its rewrites beside the run itself: the ticket of the next, and why the last was not sent."""

    ticket: str = field(default_factory=lambda: uuid.uuid4().hex)
    refused: TriptychError | None = None


def prompt_rewrite(prompt: str) -> None:
    """Draw the button that opens it, where there is a prompt to rewrite."""
    if not prompt.strip():
        return
    with st.popover("Rewrite", type="tertiary", key=POPOVER.key, on_change="rerun") as box:
        if box.open:
            with st.container(width=WIDTH):
                _rewrite(prompt)


def rewriting_run() -> Job | None:
    """This tab's last rewrite until it is taken or left, also after a reload."""
    return services().jobs.get(runs().last(PAGE), session().owner)


def _rewrite(prompt: str) -> None:
    job = rewriting_run()
    if job is None:
        _offer(prompt, "Rewrite")
    elif not job.done:
        _running(job)
    elif words := _words(job):
        _choice(job, words, prompt)
    else:
        _failed(job)
        _offer(prompt, "Try again")
    if refused := tab(Rewriting).refused:
        error_notice(refused)


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
    if cost.dollars is None:
        price_tick(ANY_PRICE)
    price = "price unknown" if cost.most is None else f"up to {money(cost.most)}"  # the least is next to nothing
    st.button(f"{verb} · {plain(price)}", key="rewrite", on_click=_start, args=(prompt,))
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
    late = job.seconds > LONG * job.should.high
    words = "Longer than usual; cancel it, or wait" if late else "Rewriting"
    st.caption(plain(f"{words} · {job.seconds:.0f} s of about {span(job.should)}"))


def _choice(job: Job, words: str, prompt: str) -> None:
    """Draw the rewrite beside what it changes, and the two answers."""
    if prompt != job.request.prompt:
        st.caption("A rewrite of an earlier prompt. Taking it replaces what is there now.")
    if words == job.request.prompt:
        st.caption("The text model found nothing to change.")
    else:
        revised_prompt(job.request.prompt, words, "new")
    with st.container(horizontal=True, vertical_alignment="center"):
        if words != job.request.prompt:
            st.button("Take it", key="rewrite_take", icon=":material/check:", on_click=_take, args=(words,))
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
    here, who, last = tab(Rewriting), session(), rewriting_run()
    if last and not last.done:
        return
    here.refused = None
    request = rewriting(prompt, (MODEL.value or TEXT_MODEL).strip())
    try:
        request.check(who.account.server)
        job = Job(here.ticket, who.owner, PAGE, request, who.account.server)
        order = Order(request, here.ticket, who.owner, PAGE, redraw=True, any_price=any_price(ANY_PRICE))
        services().jobs.start(job, partial(services().studio.draw, who.client, order))
        runs().begin(PAGE, here.ticket)
        remember()
    except Refused as error:
        here.refused = error
    here.ticket = uuid.uuid4().hex


def _take(words: str) -> None:
    overwrite({PROMPT: words})
    _leave()


def _leave() -> None:
    runs().started.pop(PAGE, None)
    remember()
    POPOVER.close()
