"""The next turn of a thread as what is ordered of the studio."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from triptych.conversation.thread import Thread, Turn
from triptych.inputs import FORMATS, Attachment
from triptych.request import ImageRequest, TurnOptions
from triptych.servers import Account
from triptych.studio import Order, engine_of, place_of

PAGE = "converse"
KEPT_FOR = timedelta(days=30)  # OpenAI's documentation: at least so long does a server know a response

ANEW = "The last image is sent again, without the words before it; its tokens are paid for again."
MISSING = "This server has no Responses API: each turn edits the last image, without the words before it."
PROMPT_ONLY = "This server makes images from a prompt only: each turn is a new image."


@dataclass(frozen=True)
class Composed:
    """What to order for a turn, and what to say before it costs (``note``): how it differs from what one expects."""

    order: Order
    parent: str | None
    note: str | None = None


def compose(
    thread: Thread,
    branch: Sequence[Turn],
    message: str,
    settings: ImageRequest,
    account: Account,
    *,
    ticket: str,
    attachments: Sequence[Attachment] = (),
    mask: Attachment | None = None,
    base: Attachment | None = None,
    files: Mapping[str, bytes] | None = None,
    by_image: bool = False,
    any_price: bool = False,
    identifier: str | None = None,
) -> Composed:
    """The turn that says ``message`` after the last of ``branch`` (as `path` gives it; empty: the first turn).

    ``settings`` is the sidebar's, with the text model and its options in its ``turn``. ``attachments`` go in as images
    after the pinned reference, ``files`` holds bytes that the store has not, by SHA-256. ``mask`` lies over ``base``,
    else over the branch's last image. ``by_image`` starts anew from that, as a thread that is too long or forgotten has
    to; so does what the server cannot go on from, and the note says so. ``identifier`` is the owner's
    (`Threads.identifier`), sent where the settings name none. Nothing is sent or written: see `Threads.add`.
    """
    last = next((turn for turn in reversed(branch) if turn.response_id or turn.records or turn.answer), None)
    image = last_image(branch)
    note = ANEW if by_image and last else _why_anew(last, account)
    previous = last if last and note is None else None
    shown = [base or (image if mask or (last and not previous) else None), thread.reference, *attachments]
    if note == PROMPT_ONLY:
        shown, mask = [], None
    request = replace(
        settings,
        prompt=message,
        n=1,
        images=tuple(dict.fromkeys(one for one in shown if one)),
        mask=mask,
        safety_identifier=settings.safety_identifier or identifier,
        turn=_options(settings.turn or TurnOptions(), thread, branch, previous),
    )
    order = Order(request, ticket, thread.owner, PAGE, redraw=True, any_price=any_price, files=files or {})
    return Composed(order, branch[-1].id if branch else None, note)


def _options(chosen: TurnOptions, thread: Thread, branch: Sequence[Turn], previous: Turn | None) -> TurnOptions:
    """The turn's own options: what it goes on from, and how much the server reads again for it."""
    chosen = replace(chosen, style=thread.style, previous=None, from_image=None, context=0, earlier=0)
    if previous is None:
        return chosen
    image = last_image(branch)
    return replace(
        chosen,
        previous=previous.response_id,
        from_image=image.sha256 if image else None,
        context=previous.context,
        earlier=sum(len(one.records) for one in branch),
    )


def last_image(branch: Sequence[Turn]) -> Attachment | None:
    """The newest image of the branch that can be sent again; None where there is none."""
    for turn in reversed(branch):
        for record in reversed(turn.records):
            if (one := record.stored) and one.format in FORMATS:
                return Attachment(one.sha256, one.format, one.width, one.height, one.bytes)
    return None


def _why_anew(last: Turn | None, account: Account) -> str | None:
    """Why a turn cannot go on from the response before by its id; None where it can."""
    server = account.server
    if not server.responses:
        return MISSING if server.edits else PROMPT_ONLY
    if last and last.response_id is None and not last.is_imported:
        return MISSING
    reasons = (
        (last and last.is_imported, "This thread was imported, so the server does not know it."),
        (last and place_of(last.engine) != place_of(engine_of(account)), "Another server answered before."),
        (last and not (server.stores and last.is_stored), "This server does not keep what it answered."),
        (last and datetime.now(UTC) - last.created > KEPT_FOR, f"A server keeps a thread for {KEPT_FOR.days} days."),
    )
    return next((f"{reason} {ANEW}" for holds, reason in reasons if holds), None)
