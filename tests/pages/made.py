"""Fills a history with small pictures as drawings leave them, without drawing."""

import io
import uuid
from decimal import Decimal
from typing import Any

from PIL import Image

from triptych.errors import Blocked, OutcomeUnknown, TriptychError
from triptych.ranges import Range
from triptych.request import ImageRequest
from triptych.results import Picture
from triptych.sidecar import Sidecar
from triptych.store import Entry, Kept, Query, Record, Store

ESTIMATE = Range(Decimal("0.01"), Decimal("0.04"))  # dollars


def picture(colour: int) -> Picture:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (colour % 256, colour // 256 % 256, 99)).save(out, "PNG")
    return Picture(out.getvalue(), "png", 64, 48)


def opened(
    store: Store,
    prompt: str,
    *,
    owner: str = "local",
    engine: str = "openai",
    page: str = "generate",
    parents: tuple[str, ...] = (),
    is_priced: bool = True,
    **asked: Any,
) -> ImageRequest:
    """Journal a drawing as sent. Its ticket is its safety identifier, so that it can be told by its request."""
    ticket = uuid.uuid4().hex
    request = ImageRequest(
        **{"model": "gpt-image-2", "quality": "low", "prompt": prompt, "safety_identifier": ticket, **asked}
    )
    is_paid = engine != "demo"
    entry = Entry(
        ticket=ticket,
        request=request,
        engine=engine,
        estimate=ESTIMATE if is_priced else None,
        charged=is_paid,
        owner=owner,
        page=page,
        parents=parents,
        allow_unknown=not is_priced,
    )
    store.journal.open(entry)
    store.journal.sent(ticket, 0, 1)
    return request


def drawn(
    store: Store,
    prompt: str = "a red square",
    *,
    owner: str = "local",
    engine: str = "openai",
    dollars: str = "0.02",
    seconds: float = 9.5,
    colour: int = 7,
    **asked: Any,
) -> Record:
    """A drawing that brought one picture."""
    request = opened(store, prompt, owner=owner, engine=engine, **asked)
    ticket, stored = str(request.safety_identifier), store.save(picture(colour))
    sidecar = {
        "triptych": 1,
        "sha256": stored.sha256,
        "created": "2026-11-20T10:00:00Z",
        "engine": engine,
        "request": request.to_json(),
        "got": {"quality": request.quality},
        "usage": None,
        "cost_usd": dollars if engine != "demo" else "0",
        "pictures": 1,
        "seconds": seconds,
        "parents": [],
        "request_id": f"req_{ticket[:8]}",
    }
    store.note(f"{ticket}-0-0", Sidecar.from_json(sidecar))
    store.journal.kept(ticket, 0, [Kept(0, stored, Sidecar.from_json(sidecar))])
    store.journal.closed(ticket, "done", Decimal(dollars), None, seconds)
    return newest(store, owner)


def failed(store: Store, prompt: str = "a red square") -> Record:
    """A drawing of which no picture came, and which cost nothing."""
    return _ended(store, prompt, "failed", Blocked("The safety system said no."))


def lost(store: Store, prompt: str = "a red square", *, is_priced: bool = True, owner: str = "local") -> Record:
    """A drawing whose outcome is unknown, and where it is not priced, what it would have cost too."""
    return _ended(store, prompt, "unknown", OutcomeUnknown("The connection was cut."), is_priced=is_priced, owner=owner)


def newest(store: Store, owner: str = "local") -> Record:
    return store.history.search(owner, Query(), 1, 1).records[0]


def _ended(
    store: Store, prompt: str, status: Any, error: TriptychError, *, is_priced: bool = True, owner: str = "local"
) -> Record:
    ticket = str(opened(store, prompt, is_priced=is_priced, owner=owner).safety_identifier)
    store.journal.closed(ticket, status, None, error, 3.0)
    return newest(store, owner)
