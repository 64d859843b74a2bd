"""The next turn: what it is asked for, and the click that sends it."""

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from components.converse.attached import attach
from components.converse.settings import settings_now
from components.converse.tab_state import Next, last_of, opened, talk
from components.frame.price_tick import any_price
from components.frame.server_probe import finish_reading
from components.mask.easels import current_painting
from components.run.submit import draft
from components.state.account import session
from components.state.runs import CONVERSE
from components.state.services import services
from components.state.widgets import MESSAGE, THREAD
from triptych.conversation import Composed, Thread, Turn, compose, path
from triptych.errors import Duplicate, InvalidRequest, Refused
from triptych.inputs import Attachment
from triptych.jobs import Job
from triptych.masks import encode, verdict
from triptych.request import ImageRequest

NO_MASK = {
    "empty": "The mask is empty. Paint what should change, or remove the mask.",
    "full": "The mask covers the whole image. Erase what should stay, or remove the mask.",
}


def composed_next(
    own: Thread | None, turns: tuple[Turn, ...], message: str, settings: ImageRequest, ticket: str
) -> Composed:
    """What ``message`` would send as the tab stands, without its mask, under ``ticket`` ("": it is only looked at).

    Raises Refused where it cannot be.
    """
    here, asks, now = session(), talk().next, datetime.now(UTC)
    return compose(
        own or Thread(id="", owner=here.owner, name="", created=now, changed=now),
        answered(own, turns),
        message,
        replace(settings, safety_identifier=settings.safety_identifier or _identifier(ticket)),
        here.account,
        ticket=ticket,
        attachments=asks.images,
        mask=asks.mask,
        base=asks.base,
        files=asks.files,
        by_image=asks.by_image,
        any_price=any_price(),
    )


def _identifier(ticket: str) -> str | None:
    """What every turn names its owner by, where nothing is typed."""
    return services().threads.identifier(session().owner) if ticket else None


def answered(own: Thread | None, turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """The turns that the next message goes on from."""
    if own is None:
        return ()
    after = talk().next.after
    return path(turns, last_of(own, turns) if after is None else after or None)


def taken_back(own: Thread | None) -> tuple[Turn, ...]:
    """The turns of the open conversation, without the last where its run was refused before anything was sent: then
    its words and images are in the input again. Before the input is drawn.
    """
    here = talk()
    here.running = frozenset(job.ticket for job in services().jobs.running(session().owner))
    turns = services().threads.turns(own) if own else ()
    job = services().jobs.get(here.sent.order.ticket, session().owner) if here.sent else None
    if own is None or here.sent is None or job is None or not job.done:
        return turns
    refused = [error for error in job.errors if isinstance(error, Refused)]
    if refused and not job.saved:
        services().threads.forget(own, here.sent)
        MESSAGE.put(job.request.prompt)
        here.next, here.refused = here.before, refused[0]
        turns = services().threads.turns(own)
    here.sent = None
    return turns


def running_turn(turns: tuple[Turn, ...]) -> Job | None:
    """The run of one of these turns that has not ended."""
    ids = {turn.id for turn in turns}
    return next((job for job in services().jobs.running(session().owner) if job.ticket in ids), None)


def send() -> None:
    """Send what was typed, with the files that were added to it."""
    if (sent := MESSAGE.value) is not None:
        say(sent.text.strip(), ((file.name, file.getvalue()) for file in sent.files))


def say(text: str, files: Iterable[tuple[str, bytes]] = ()) -> None:
    """Send ``text``, with ``files`` and all that goes with it; where it cannot be, say why and put it back."""
    here = talk()
    here.refused = here.problem = None
    try:
        attach(files)
        if not text:
            raise InvalidRequest("Say what should be done with the image.")
        _send(text)
    except Duplicate:  # another click or tab has sent the same words: that turn is the one
        here.next = Next()
    except Refused as error:
        here.refused = error
        MESSAGE.put(text)


def _send(text: str) -> None:
    finish_reading()
    here, own, owner, ticket = talk(), opened(), session().owner, uuid.uuid4().hex
    turns = services().threads.turns(own) if own else ()
    if running_turn(turns):
        raise InvalidRequest("The last turn is still running. Wait for it, or cancel it.")
    here.next.mask = _painted(here.next)
    composed = composed_next(own, turns, text, settings_now(), ticket)
    request, server = composed.order.request, session().account.server
    asked = draft(request)
    if asked.problems:
        here.problem = asked.problems[0]
        MESSAGE.put(text)
        return
    job = Job(ticket, owner, CONVERSE, request, server, cost=asked.cost, should=asked.seconds)
    work = partial(services().studio.draw, session().client, composed.order)
    own = own or services().threads.begin(owner)
    services().threads.add(own, composed)
    services().jobs.start(job, work)
    here.sent, here.before, here.next, here.last[own.id] = composed, here.next, Next(), ticket
    THREAD.put(own.id)


def _painted(asks: Next) -> Attachment | None:
    """What is painted on the image that is changed, as a mask. Raises InvalidRequest where it masks nothing."""
    if asks.masked is None:
        return None
    paint = current_painting(asks.masked).paint()
    if doubt := verdict(paint):
        raise InvalidRequest(NO_MASK[doubt], param="mask")
    data = encode(paint)
    mask = Attachment.of(data)
    asks.files[mask.sha256], asks.base = data, asks.masked
    return mask
