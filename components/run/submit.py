"""A page's runs: what one should cost and take, those of this tab, and the click that starts the next."""

import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from components.frame.parts import alone
from components.frame.price_tick import any_price
from components.frame.server_probe import finish_reading
from components.state.account import session
from components.state.form import form_request
from components.state.returning import Identity, remember
from components.state.runs import runs
from components.state.services import services
from components.state.tab import tab
from triptych.errors import Refused
from triptych.experience import Experience
from triptych.jobs import Job
from triptych.past_runs import past_job
from triptych.pricing import Estimate
from triptych.request import ImageRequest, Problem
from triptych.studio import Order, engine_of
from triptych.timing import Seconds

MOST_PICTURES = 10  # of one drawing
ATTACHED = ("image", "mask")  # what a click may still find wrong beside the widgets
AT_ONCE = 0.5  # seconds after a click in which an answer is shown without having been waited for
REPEAT = 0.7  # seconds: a click this soon after the last, for the same picture, is the same click


def on_stage(page: str) -> Job | None:
    """The run on the page's stage: the tab's newest or the one chosen in its filmstrip, also after a reload; in a new
    tab only what is running; after a restart the owner's last from history.

    A process remembers few of those that have ended; this tab's own is then what the records say of it. One that was
    begun just now is given the time to end: what is answered at once, as from history, is drawn once, by the click's
    own run of the page, and nothing of it comes and goes. One that ends later is noted in `Runs.unfinished`.
    """
    job = _on_stage(page)
    if job and not job.done and not job.wait_for_end(AT_ONCE - job.seconds):
        runs().unfinished.add(job.ticket)
    return job


def _on_stage(page: str) -> Job | None:
    here, jobs = session(), services().jobs
    ticket = runs().staged.get(page)
    if ticket and (job := jobs.get(ticket, here.owner) or _past(page, ticket)):
        return job
    if running := next((job for job in jobs.running(here.owner) if job.page == page), None):
        runs().staged[page] = running.ticket  # of a tab that is gone, or another: the queue is the owner's
        return running
    return last_run(page) if tab(Identity).forgotten else None


def last_run(page: str) -> Job | None:
    """The owner's last run on the page, of whichever tab, as the process or the records have it."""
    return next((job for job in services().jobs.of(session().owner) if job.page == page), None) or _past(page)


def _past(page: str, ticket: str | None = None) -> Job | None:
    """The drawing of that ticket as the records have it, else the owner's last on the page, until they draw another."""
    here = session()
    name = ticket or f"{page} {next((job.ticket for job in services().jobs.of(here.owner)), '')}"
    past = runs().past
    if name not in past and services().begun:
        with suppress(Refused):  # the sidebar says it
            services().recovered  # noqa: B018 - what a crash left is settled before it is shown
            found = services().store.history.latest(here.owner, page, MOST_PICTURES, ticket)
            past[name] = past_job(found)
    return past.get(name)


def tab_runs(page: str) -> tuple[Job, ...]:
    """This tab's runs on the page that the process remembers, the oldest first."""
    jobs, owner = services().jobs, session().owner
    found = (jobs.get(ticket, owner) for ticket in runs().started.get(page, []))
    return tuple(job for job in found if job)


@dataclass(frozen=True)
class Draft:
    """A request before it is sent, and all that a page says of it: worked out once a rerun and handed down."""

    request: ImageRequest
    problems: tuple[Problem, ...]
    cost: Estimate
    seconds: Seconds


@dataclass(slots=True)
class _Standing:
    """The draft of what the form holds, and in which run of parts of the page it was worked out."""

    draft: Draft | None = None
    run: object = None


@dataclass(frozen=True)
class Outgoing:
    """A request as a click sends it; ``files`` holds by SHA-256 what goes with it and may not be in the store yet."""

    request: ImageRequest
    files: Mapping[str, bytes] = field(default_factory=dict)


Make = Callable[[], Outgoing]  # raises Refused where nothing can be sent


def experience() -> Experience:
    """What is known of the runs of whoever looks, on the tab's account, at this moment."""
    here = session()
    history = services().store.history if services().begun else None
    return Experience(here.owner, here.account.server, engine_of(here.account), history)


def draft(request: ImageRequest) -> Draft:
    """What is to be said of ``request`` in this tab. Raises InvalidSetting where its account cannot be used."""
    known = experience()
    problems = tuple(request.problems(known.server))
    return Draft(request, problems, known.cost(request), known.seconds(request))


def stands(request: ImageRequest) -> None:
    """Have the form's ``request`` worked out for all that says something of it in this run of the whole page."""
    held = tab(_Standing)
    held.draft, held.run = draft(request), alone()


def standing() -> Draft:
    """What is to be said of what the form holds: once a run, in which parts of the page may be drawn alone."""
    held, run = tab(_Standing), alone()
    if held.draft is None or held.run is not run:
        held.draft, held.run = draft(typed().request), run
    return held.draft


def typed() -> Outgoing:
    """What the form holds at the click: a request that nothing goes with."""
    return Outgoing(form_request(relevant=True))


def ticket(page: str) -> str:
    """The ticket of the button that is about to be drawn; a used one is replaced."""
    tickets = runs().tickets
    if page not in tickets or services().jobs.get(tickets[page], session().owner):
        tickets[page] = uuid.uuid4().hex
    return tickets[page]


def start(page: str, make: Make, *, redraw: bool = False) -> None:
    """Draw what ``make`` makes of the tab's widgets; a repeated click starts nothing, a bad request says why.

    ``redraw`` asks for new pictures where an equal request is answered already.
    """
    here, held = session(), runs()
    held.refused.say(None)
    number = ticket(page)
    try:
        finish_reading()
        outgoing = make()
        request = outgoing.request
        if _is_repeat(page, request, redraw=redraw):
            return
        asked = draft(request)
        if asked.problems:
            held.refused.say(asked.problems[0])
            return
        job = Job(number, here.owner, page, request, here.account.server, cost=asked.cost, should=asked.seconds)
        client = here.client
    except Refused as error:
        held.refused.say(Problem(error.param if error.param in ATTACHED else "account", error.message))
        return
    held.begin(page, number)
    order = Order(request, number, here.owner, page, redraw=redraw, any_price=any_price(), files=outgoing.files)
    services().jobs.start(job, partial(services().studio.draw, client, order))
    remember()  # now and not when the page has been drawn: a reload may come before


def _is_repeat(page: str, request: ImageRequest, *, redraw: bool) -> bool:
    """Whether this click belongs to the run that has just been clicked for, as the second of a double click does."""
    held = runs()
    last = held.last(page)
    soon = held.click() < REPEAT or held.drawn != last
    job = services().jobs.get(last, session().owner)
    # An answer from history comes within a double click, and the click that asks for another is no second one.
    return soon and job is not None and job.request == request and not (redraw and job.cached)
