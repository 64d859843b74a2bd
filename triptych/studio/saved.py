"""An answer as the playground keeps it: its pictures on disk, each with the facts that go with it."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import urlsplit

from triptych.errors import Refused
from triptych.request import ImageRequest
from triptych.results import Event, Finished, Picture, Usage
from triptych.servers import GENERIC, OWN, PRESETS, Account, Server
from triptych.sidecar import LONGEST_TEXT, LONGEST_WORD, MOST_DOLLARS, Sidecar, cleaned
from triptych.store import Record, Stored, sidecar_of
from triptych.store.values import Told


@dataclass(frozen=True)
class Piece:
    """One picture of an answer as the playground keeps it.

    ``stored`` is None where it could not be saved; then ``picture`` still holds its bytes, to be downloaded at once.
    """

    stored: Stored | None
    picture: Picture | None
    sidecar: Sidecar


@dataclass(frozen=True)
class Saved(Event):
    """An answer whose pictures are on disk; ``trouble`` says why one of them, or its record, is not.

    ``dollars`` is the price of the tokens the server counted, None where that is unknown; ``seconds`` its time.
    ``cached`` says that it comes from history: nothing was sent, and ``dollars`` is 0.
    """

    pieces: tuple[Piece, ...]
    got: dict[str, str]
    usage: Usage | None
    dollars: Decimal | None
    request_id: str | None
    seconds: float
    trouble: Refused | None = None
    cached: bool = False


def engine_of(account: Account) -> str:
    """What the records call the place where ``account`` draws: "openai", "demo", or a kind of server @ its address."""
    server = account.server
    return server.id if server.id in OWN else f"{server.id}@{urlsplit(account.base_url).netloc}"


def place_of(engine: str) -> str:
    """Where that is, whatever kind of server it was taken for: a kind is guessed, and may be guessed better later."""
    return engine.rpartition("@")[2]


def server_of(engine: str) -> Server:
    """The kind of server that ``engine_of`` named."""
    return PRESETS.get(engine.partition("@")[0], GENERIC)


def parents_of(request: ImageRequest) -> tuple[str, ...]:
    """The SHA-256 of the images that a request is made from; of a turn also that of the turn before, and of an extended
    image that of its original.
    """
    before = [request.turn.from_image] if request.turn and request.turn.from_image else []
    original = [request.extension.original.sha256] if request.extension else []
    return tuple(dict.fromkeys([*(one.sha256 for one in request.images), *original, *before]))


def sidecar(
    picture: Picture, finished: Finished, account: Account, request: ImageRequest, dollars: Decimal | None
) -> Sidecar:
    """What goes with a picture wherever it goes: what was asked, what was got, what it cost.

    Tokens and dollars are those of the whole answer, which may hold several pictures (``pictures`` says how many).
    """
    booked = None if dollars is None or not 0 <= dollars < MOST_DOLLARS else dollars
    return Sidecar(
        sha256=hashlib.sha256(picture.data).hexdigest(),
        created=datetime.now(UTC).replace(microsecond=0),
        engine=engine_of(account),
        request=request,
        got={cleaned(name)[:LONGEST_WORD]: cleaned(said)[:LONGEST_TEXT] for name, said in finished.got.items()},
        usage=finished.usage,
        dollars=booked if account.server.charged else Decimal(0),
        pictures=len(finished.pictures),
        seconds=round(finished.seconds, 2) if finished.seconds else None,
        parents=parents_of(request),
        request_id=cleaned(finished.request_id)[:LONGEST_WORD] if finished.request_id else None,
    )


def remembered(request: ImageRequest, records: Sequence[Record], *, cached: bool) -> Iterator[Saved]:
    """The answers that ``records`` tell of, in the shape of ``request``: one for each call that it would make."""
    kept = sorted((one for one in records if one.stored), key=lambda one: (one.part, one.index))
    if not kept:
        return
    calls = len(request.parts())
    if calls == 1:
        yield _answer(0, kept, cached)
    elif cached and len(kept) == calls:  # it may have been drawn in one call then
        yield from (_answer(part, [one], cached) for part, one in enumerate(kept))
    else:
        yield from (
            _answer(part, [one for one in kept if one.part == part], cached)
            for part in sorted({one.part for one in kept})
        )


def _answer(part: int, records: Sequence[Record], cached: bool) -> Saved:
    first = records[0]
    costs = [one.dollars for one in records]
    known = sum((cost for cost in costs if cost is not None), Decimal(0)) if None not in costs else None
    return Saved(
        part,
        tuple(Piece(one.stored, None, sidecar_of(one)) for one in records),
        dict(first.got),
        first.usage,
        Decimal(0) if cached else known,
        first.request_id,
        max(one.seconds or 0.0 for one in records),
        cached=cached,
    )


def told_by(saved: Saved) -> Told:
    """What is kept of an answer beside its images."""
    cost = None if saved.dollars is None or not 0 <= saved.dollars < MOST_DOLLARS else saved.dollars
    seconds = round(saved.seconds, 2) if saved.seconds else None
    return Told(saved.got, saved.usage, cost, seconds, saved.request_id)


def total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum, None as soon as one is unknown."""
    known = list(amounts)
    return None if None in known else sum((one for one in known if one is not None), Decimal(0))
