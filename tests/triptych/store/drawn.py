"""Drawings as the tests of the store make them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from triptych.ranges import Range
from triptych.request import ImageRequest
from triptych.results import Picture
from triptych.sidecar import Sidecar
from triptych.store import Caps, Entry, Kept, Record, Store

NO_CAPS = Caps()
REQUEST = ImageRequest(model="gpt-image-2", prompt="A red fox in the snow", size="1024x1024", quality="low")
CENTS = Range(Decimal("0.01"), Decimal("0.02"))


@dataclass(frozen=True)
class Home:
    """Where a store lives."""

    images: Path | str
    database: str

    def store(self, caps: Caps = NO_CAPS) -> Store:
        return Store(self.images, self.database, caps=caps)


def entry(ticket: str = "t", request: ImageRequest = REQUEST, **more: Any) -> Entry:
    return Entry(**{"ticket": ticket, "request": request, "engine": "openai", "estimate": CENTS, **more})


def facts(picture: Picture, request: ImageRequest = REQUEST, **more: Any) -> dict[str, Any]:
    import hashlib

    return {
        "triptych": 1,
        "sha256": hashlib.sha256(picture.data).hexdigest(),
        "created": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "engine": "openai",
        "request": request.to_json(),
        "got": {"size": picture.size, "output_format": picture.format},
        "usage": {"output_tokens": 9},
        "cost_usd": "0.015",
        "pictures": 1,
        "seconds": 2.5,
        "parents": [],
        "request_id": "req_1",
        **more,
    }


def noted(picture: Picture, request: ImageRequest = REQUEST, **more: Any) -> Sidecar:
    """The same as the store takes them."""
    return Sidecar.from_json(facts(picture, request, **more))


def draw(
    store: Store, ticket: str = "t", *, data: bytes = b"", of: Mapping[str, Any] | None = None, **more: Any
) -> Record:
    """A drawing of one picture from its opening to its end; gives its record. ``of`` goes into the sidecar."""
    opened = entry(ticket, **more)
    store.journal.open(opened)
    store.journal.sent(ticket, 0, 1)
    told = keep(store, ticket, data=data, request=opened.request, **(of or {}))
    cost = Decimal(told["cost_usd"]) if opened.charged and told["cost_usd"] is not None else None
    store.journal.closed(ticket, "done", cost if opened.charged else Decimal(0), seconds=2.5)
    return next(one for one in store.history.latest(opened.owner, opened.page, 10_000) if one.ticket == ticket)


def keep(
    store: Store, ticket: str, index: int = 0, *, data: bytes = b"", request: ImageRequest = REQUEST, **more: Any
) -> dict[str, Any]:
    """Save one picture with its sidecar, and note it in the journal."""
    picture = Picture(data or f"{ticket}-{index}".encode(), "png", 8, 8)
    told, sidecar = facts(picture, request, **more), noted(picture, request, **more)
    store.note(f"{ticket}-0-{index}", sidecar)
    store.journal.kept(ticket, 0, [Kept(index, store.save(picture), sidecar)])
    return told
