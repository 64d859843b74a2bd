"""Plans a turn: which image it changes, what the text model makes of what was said, and the job that follows."""

import re
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from triptych.catalog import MODELS
from triptych.engine import rules
from triptych.engine.faults import unmarked
from triptych.engine.instructions import Heard, Reply, replied
from triptych.engine.job import TILES, Job, settled
from triptych.engine.turns import Sight, Turn, Turns
from triptych.engine.uploads import MOST_IMAGES, opened
from triptych.pricing import text_tokens
from triptych.wire.asks import Ask, Upload
from triptych.wire.refusals import Refusal, context_exceeded, invalid
from triptych.wire.turns import Call, Said, TurnAsk

MODEL = "gpt-image-2.6-sunburst"  # the tool's own default
POINTING = re.compile(r"\b(?:attached|(?:this|my) (?:photo|image|picture|drawing|one))\b")
CONTEXT = 272_000  # tokens of words that a text model reads
MOST_SIGHTS = 16  # the images of a conversation that its text model is shown, the latest
OF_TURN = {"type", "action", "input_image_mask", "partial_images", "svg"}


def planned(turns: Turns, ask: TurnAsk) -> Turn:
    """The turn of an ask, before anything is painted; raises Refusal."""
    if ask.get("model") in MODELS:
        raise invalid("model", f"The requested model '{ask.get('model')}' cannot be used with the Responses API.")
    before = turns.before(str(ask.get("previous_response_id"))) if ask.get("previous_response_id") else None
    earlier = (*before.sights, *([before.seen] if before.seen else [])) if before else ()
    shown = [_sight(turns, piece) for piece in ask.pieces if not isinstance(piece, Said)]
    sent = before.sent if before else frozenset[bytes]()
    base = None if ask.action == "generate" else _base(ask, earlier, shown, sent)
    for param, wanted in (("action", ask.action == "edit"), ("input_image_mask", ask.mask is not None)):
        if wanted and base is None:
            raise invalid(f"tools[0].{param}", "There is no image in the context that could be edited.")
    heard = Heard(
        unmarked(ask.said),
        base.about if base and not ask.mask else None,
        sees=base is not None,
        masked=ask.mask is not None,
        tool=ask.tool is not None,
        forced=ask.forced,
        manner="\n".join([str(ask.get("instructions", "")), *_told(ask)]).strip(),
    )
    reply = replied(heard)
    job = _job(ask, base, [one for one in shown if one is not base], reply) if reply.prompt else None
    words = text_tokens(heard.said) + text_tokens(heard.manner)
    words += before.words + text_tokens(before.reply.text) if before else 0
    if words > CONTEXT:
        raise context_exceeded()
    known = before.read if before else 0
    sent |= {sha256(piece.data).digest() for piece in ask.pieces if isinstance(piece, Upload)}
    status = "queued" if ask.background else "in_progress"
    return Turn(ask, reply, job, (*earlier, *shown)[-MOST_SIGHTS:], words, known, sent, status=status)


def _told(ask: TurnAsk) -> list[str]:
    """What the system or the developer says among the input."""
    return [p.text for p in ask.pieces if isinstance(p, Said) and p.role in {"system", "developer"}]


def _sight(turns: Turns, piece: Upload | Call) -> Sight:
    """An image of the input; raises Refusal for one that is not known, or is none."""
    if isinstance(piece, Upload):
        return turns.recognised(seen(piece))
    if found := turns.sight(piece.id):
        return found
    if piece.upload is None:
        kept = "Items are not persisted when `store` is set to false."
        message = f"Item with id '{piece.id}' not found. {kept} Try again with `store` set to true, or remove this item"
        raise Refusal(f"{message} from your input.", status=404, param="input")
    return turns.recognised(seen(piece.upload, piece.id))


def seen(upload: Upload, call: str = "") -> Sight:
    """An image as the text model sees it; raises Refusal for what is none."""
    picture = opened(upload)
    if picture is None:
        raise invalid("input", "The image data you provided does not represent a valid image.", "invalid_image")
    return Sight(upload, TILES.image_tokens(*picture.size).low, call)


def _base(ask: TurnAsk, earlier: Sequence[Sight], shown: Sequence[Sight], sent: frozenset[bytes]) -> Sight | None:
    """The image that the turn changes.

    It is what lies under the mask, else an image of the engine's own that is shown anew, else the latest one of the
    thread: what else is shown there is for reference, unless the words point at it.
    """
    new = [one for one in shown if one.digest not in sent]
    if ask.mask and shown:
        return shown[0]
    if named := [one for one in new if one.call]:
        return named[0]
    made = [one for one in earlier if one.call]
    if made and not (new and POINTING.search(ask.said.lower())):
        return made[-1]
    return next(iter([*new, *reversed(earlier), *shown]), None)


def _job(ask: TurnAsk, base: Sight | None, others: Sequence[Sight], reply: Reply) -> Job:
    """What is painted; raises Refusal where the image tool would not take it."""
    uploads = tuple(one.upload for one in ([base] if base else []) + [*others])[:MOST_IMAGES]
    asked = Ask("edit" if uploads else "generation", _fields(ask, reply), uploads, ask.mask)
    try:
        rules.check(asked)
    except Refusal as no:
        if no.error["param"] not in {None, "image", "prompt"}:
            no.error["param"] = f"tools[0].{no.error['param']}"
        raise
    job = settled(asked)
    repaints = bool(uploads) and ask.mask is None and (base is None or base.about is not None)
    about = reply.about
    order = (
        replace(job.order, root=about.root, index=about.index, first=about.first, seats=about.seats, also="")
        if about and (repaints or not uploads)
        else job.order
    )
    return replace(job, order=order, repaints=repaints)


def _fields(ask: TurnAsk, reply: Reply) -> dict[str, Any]:
    """The tool's parameters as those of a request for one image."""
    tool = ask.tool or {}
    fields = {name: value for name, value in tool.items() if name not in OF_TURN and value is not None}
    fields = {"model": MODEL, **fields, "prompt": reply.prompt}
    entry, effort = MODELS.get(fields["model"]), (ask.get("reasoning") or {}).get("effort")
    if entry and effort in entry.options.get("complexity", ()):
        fields.setdefault("complexity", effort)
    if ask.streams and tool.get("partial_images"):
        fields |= {"stream": True, "partial_images": tool["partial_images"]}
    if tool.get("output_format") == "svg":
        fields["svg"] = {"model": (tool.get("svg") or {}).get("model") or ask.get("model")}
    return fields
