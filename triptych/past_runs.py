"""What an owner drew before this process began, as a drawing that has ended."""

from collections.abc import Iterator

from triptych.errors import Cancelled, OutcomeUnknown, TriptychError
from triptych.jobs import Job, PartState
from triptych.store import Record
from triptych.studio import remembered, server_of


def past_job(newest: tuple[Record, ...]) -> Job | None:
    """The newest drawing that the ``newest`` records tell of, None where there are none."""
    if not newest:
        return None
    first = newest[0]
    records = tuple(one for one in newest if one.ticket == first.ticket)
    saved = {one.part: one for one in remembered(first.request, records, cached=False)}
    error = _error(first)
    job = Job(first.ticket, first.owner, first.page, first.request, server_of(first.engine))
    parts = tuple(
        PartState(last=saved.get(number), saved=saved.get(number), error=None if number in saved else error)
        for number in range(len(job.parts))
    )
    seconds = max((one.seconds for one in records if one.seconds is not None), default=0.0)
    return job.remember(first.created, parts, seconds)


def _error(record: Record) -> TriptychError:
    """Why a part of it has no picture, as far as the records say."""
    next_move, message = record.error or ("", "")
    if record.status == "unknown":
        return OutcomeUnknown(message or "The playground stopped before the answer came.", record.request_id)
    if record.status == "cancelled":
        return Cancelled(message or "It was already sent and may still be charged.", record.request_id)
    kind = next((kind for kind in _kinds(TriptychError) if kind.next_move == next_move), TriptychError)
    return kind(message or "No image came back.", record.request_id)


def _kinds(error: type[TriptychError]) -> Iterator[type[TriptychError]]:
    yield error
    for kind in error.__subclasses__():
        yield from _kinds(kind)
