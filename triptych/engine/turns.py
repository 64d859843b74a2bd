"""The turns of a conversation: what each one sees, what it is to paint, and how it stands."""

import asyncio
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from triptych.engine.description import Description
from triptych.engine.instructions import Reply
from triptych.engine.job import Job
from triptych.engine.job import usage as tokens_used
from triptych.pricing import text_tokens
from triptych.wire.asks import Upload
from triptych.wire.refusals import Refusal, invalid
from triptych.wire.turn_events import image_usage, text_usage, whole
from triptych.wire.turns import TurnAsk

MOST_TURNS = 1000
MOST_MADE = 4000  # images of its own that the engine recognises
MOST_BYTES = 512 << 20  # of the images of all turns that are kept
FRAME_TOKENS = 320  # that the tool's own description takes of the text model: ours, as none is published
CACHED_FROM, CACHED_BY = 1024, 128  # tokens: shorter prefixes are not cached, and longer ones in such steps
REASONED = {"minimal": 16, "low": 64, "medium": 192, "high": 512, "xhigh": 1024, "max": 2048}  # tokens, by effort


@dataclass(frozen=True)
class Sight:
    """An image of the conversation, and what it costs the text model to see it.

    `call` is the id of the call that made it, `about` describes its scene where the engine composed it.
    """

    upload: Upload = field(repr=False)
    tokens: int
    call: str = ""
    about: Description | None = None

    @property
    def digest(self) -> bytes:
        return sha256(self.upload.data).digest()


@dataclass(eq=False)
class Turn:
    """One turn as it stands: what it says, what it paints if anything, and the events that tell of it."""

    ask: TurnAsk
    reply: Reply
    job: Job | None = None
    sights: tuple[Sight, ...] = ()
    words: int = 0  # tokens of all that was said before its answer
    known: int = 0  # tokens that the turn before had read already
    sent: frozenset[bytes] = frozenset()  # digests of the images that its thread has been sent so far
    seen: Sight | None = None  # its own image, once that is finished
    id: str = field(default_factory=lambda: f"resp_{secrets.token_hex(24)}")
    created: float = field(default_factory=time.time)
    status: str = "in_progress"
    output: list[dict[str, Any]] = field(default_factory=list)
    ended: dict[str, Any] = field(default_factory=dict)  # the fields that its end adds
    events: list[dict[str, Any]] = field(default_factory=list)
    task: asyncio.Task[None] | None = None
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def to_json(self) -> dict[str, Any]:
        return {**whole(self.id, self.ask, self.created, self.status, [*self.output]), **self.ended}

    def say(self, kind: str, **more: Any) -> None:
        """Add an event, and wake whoever follows."""
        self.events.append({"type": kind, **more, "sequence_number": len(self.events)})
        self.wake()

    def end(self, status: str, **more: Any) -> None:
        """Let it be ended, with an event if its status has one; `more` is what is known of it only now."""
        self.status = status
        self.ended.update(more)
        if status != "cancelled":
            self.say(f"response.{status}", response=self.to_json())
        self.wake()

    def wake(self) -> None:
        woken, self.news = self.news, asyncio.Event()
        woken.set()

    @property
    def over(self) -> bool:
        return self.status not in {"queued", "in_progress"}

    @property
    def weight(self) -> int:
        """About how many bytes its images take: the finished one as it is and in base64, and the unfinished."""
        partial = sum(len(said.get("partial_image_b64", "")) for said in self.events)
        return partial + (len(self.seen.upload.data) * 7 // 3 if self.seen else 0)

    @property
    def read(self) -> int:
        """Tokens that the text model reads: what was said, and each image that it is shown."""
        return FRAME_TOKENS + self.words + sum(sight.tokens for sight in self.sights)

    def usage(self, painted: bool = True) -> dict[str, Any]:
        """Both meters at its end: the text model's, and the image tool's where something was `painted`."""
        effort = (self.ask.get("reasoning") or {}).get("effort", "medium")
        reasoned = REASONED.get(effort, 0)
        cached = self.known // CACHED_BY * CACHED_BY if self.known >= CACHED_FROM else 0
        written = text_tokens(self.reply.text) + text_tokens(self.reply.revised) + reasoned
        used = tokens_used(self.job) if self.job and painted else None
        return {"usage": text_usage(self.read, cached, written, reasoned), "tool_usage": image_usage(used)}


class Turns:
    """The turns that can be asked for by their ids, the oldest forgotten first; of one event loop."""

    def __init__(self) -> None:
        self._turns: OrderedDict[str, Turn] = OrderedDict()
        self._made: OrderedDict[bytes, Sight] = OrderedDict()  # without their bytes

    def keep(self, turn: Turn) -> None:
        self._turns[turn.id] = turn
        held = sum(one.weight for one in self._turns.values())
        while len(self._turns) > MOST_TURNS or (len(self._turns) > 1 and held > MOST_BYTES):
            _, oldest = self._turns.popitem(last=False)
            held -= oldest.weight

    def get(self, id: str) -> Turn:  # noqa: A002 - the API's own word
        """The turn; raises the API's 404."""
        found = self._turns.get(id)
        if found is None:
            raise Refusal(f"Response with id '{id}' not found.", status=404)
        return found

    def before(self, id: str) -> Turn:  # noqa: A002
        """The turn that another one follows; raises the API's 400."""
        found = self._turns.get(id)
        if found is None:
            message = f"Previous response with id '{id}' not found."
            raise invalid("previous_response_id", message, "previous_response_not_found")
        if not found.over:
            raise invalid("previous_response_id", f"Previous response with id '{id}' is not finished.")
        return found

    def sight(self, call: str) -> Sight | None:
        """The image that a call made."""
        kept = (turn.seen for turn in reversed([*self._turns.values()]))
        return next((seen for seen in kept if seen and seen.call == call), None)

    def remember(self, made: Sight) -> None:
        """Know an image of the engine's own when it is sent again."""
        self._made[made.digest] = replace(made, upload=replace(made.upload, data=b""))
        while len(self._made) > MOST_MADE:
            self._made.popitem(last=False)

    def composed(self, job: Job, data: bytes) -> None:
        """Know an image that another route has composed from its prompt."""
        if job.ask.kind == "generation":
            about = Description.of(job.order.prompt, job.order.chance, job.order.index)
            self.remember(Sight(Upload("", "", data), 0, f"ig_{secrets.token_hex(24)}", about))

    def recognised(self, sight: Sight) -> Sight:
        """What was sent, with what is known of it if it was made here."""
        made = self._made.get(sight.digest)
        return replace(sight, call=made.call, about=made.about) if made else sight

    def forget(self, id: str | None = None) -> None:  # noqa: A002
        """Forget a turn, or all of them, as a server does after its thirty days."""
        for known in [id] if id else [*self._turns]:
            self._turns.pop(known, None)
