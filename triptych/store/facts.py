"""The sidecar of a record: what was asked, got and paid, to go with the image wherever it goes."""

from triptych.sidecar import Sidecar
from triptych.store.values import Record


def sidecar_of(record: Record) -> Sidecar:
    """The facts of one record; dollars are this image's share, tokens the whole answer's.

    Raises KeyError for the record of a run of which no image came.
    """
    if record.stored is None:
        raise KeyError(record.id)
    return Sidecar(
        sha256=record.stored.sha256,
        created=record.created.replace(microsecond=0),
        engine=record.engine,
        request=record.request,
        got=record.got,
        usage=record.usage,
        dollars=None if record.dollars is None else record.dollars.normalize(),
        seconds=record.seconds,
        parents=record.parents,
        request_id=record.request_id,
    )
