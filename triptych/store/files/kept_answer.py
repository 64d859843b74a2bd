"""An answer that is kept as it came, and the small file beside it that says whose it is and what was asked."""

import hashlib
import json
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Literal, get_args

from triptych.errors import InvalidRequest
from triptych.request import ImageRequest
from triptych.servers import Account
from triptych.store.values import Entry, Kept, Told

# coming: it was being received when its process ended; waiting: its images are to be written, or their records;
# cancelled: its run was cancelled before it had been read; unreadable: only a person decides on it.
State = Literal["coming", "waiting", "cancelled", "unreadable"]
VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was asked for, by whom, and of which server: all that it takes to read the answer later, but no key."""

    ticket: str
    owner: str
    page: str
    engine: str
    base_url: str
    server: str
    public_only: bool
    request: ImageRequest

    @classmethod
    def of(cls, entry: Entry, account: Account) -> "Asked":
        """What ``entry`` asks of the server of ``account``."""
        return cls(
            ticket=entry.ticket,
            owner=entry.owner,
            page=entry.page,
            engine=entry.engine,
            base_url=account.base_url,
            server=account.server.id,
            public_only=account.public_only,
            request=entry.request,
        )


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One kept answer: to request number ``part`` of a run, which was sent at ``sent`` (UTC).

    ``weight`` is how many bytes of it came, ``seconds`` how long that took from the sending on, ``reason`` why its
    images are not in the history. ``unsettled`` are the parts that were open when the run ended, None where that is
    not known.
    """

    asked: Asked
    part: int
    status: int
    media_type: str
    request_id: str | None
    sent: datetime
    state: State = "coming"
    reason: str = ""
    unsettled: tuple[int, ...] | None = None
    weight: int = 0
    seconds: float = 0.0

    @cached_property
    def name(self) -> str:
        """What it is called on the disk; a ticket may be any text."""
        return f"{hashlib.sha256(self.asked.ticket.encode()).hexdigest()[:32]}-{self.part}"

    def to_json(self) -> bytes:
        """The small file beside the bytes; `answer_of` reads it."""
        asked = {**vars(self.asked), "request": self.asked.request.to_json()}
        told = {name: value for name, value in vars(self).items() if name in _TOLD}
        told |= {"triptych": VERSION, "asked": asked, "sent": self.sent.isoformat()}
        return json.dumps(told).encode()


_TOLD = frozenset(one.name for one in fields(Answer)) - {"asked", "weight", "seconds"}  # in the small file, as it is


@dataclass(frozen=True)
class Belated:
    """All images of an answer to request number ``part``, saved after its run had ended; ``told`` is what it says.

    ``unsettled`` are the parts of the run that are open beside it, None where only the records know.
    """

    asked: Asked
    part: int
    pieces: tuple[Kept, ...]
    unsettled: tuple[int, ...] | None
    told: Told | None = None


def answer_of(text: bytes) -> Answer | None:
    """The answer that ``to_json`` told of; None for anything else."""
    try:
        told = json.loads(text)
        if told.pop("triptych") != VERSION:
            return None
        asked = told.pop("asked")
        asked = Asked(**{**asked, "request": ImageRequest.from_json(asked["request"])})
        sent = datetime.fromisoformat(told.pop("sent")).astimezone(UTC)
        open_parts = told.pop("unsettled")
        unsettled = None if open_parts is None else tuple(map(int, open_parts))
        answer = Answer(**told, asked=asked, sent=sent, unsettled=unsettled)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError, InvalidRequest):
        return None
    return answer if _is_sound(answer) else None


def _is_sound(answer: Answer) -> bool:
    asked = answer.asked
    places = (asked.ticket, asked.owner, asked.page, asked.engine, asked.base_url, asked.server)
    texts = (*places, answer.media_type, answer.reason, answer.request_id or "")
    numbers: tuple[Any, ...] = (answer.part, answer.status)  # as a file that anybody may have changed has them
    checks = (
        all(isinstance(text, str) for text in texts),
        all(isinstance(number, int) and number >= 0 for number in numbers),
        answer.state in get_args(State),
        isinstance(asked.public_only, bool),
    )
    return all(checks)
