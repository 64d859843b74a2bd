"""The sidecar of a record: what was asked, got and paid, to go with the picture wherever it goes."""

from typing import Any

from triptych.store.entries import Record


def sidecar_of(record: Record) -> dict[str, Any]:
    """The facts of one record as JSON values; dollars are this picture's share, tokens the whole answer's."""
    derived = {"derived": record.got["derived"]} if "derived" in record.got else {}
    return {
        "triptych": 1,
        "sha256": record.stored.sha256 if record.stored else None,
        "created": record.created.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "engine": record.engine,
        "request": record.request.to_json(),
        "got": dict(record.got),
        **derived,
        "usage": dict(record.usage) if record.usage else None,
        "cost_usd": f"{record.dollars.normalize():f}" if record.dollars is not None else None,
        "pictures": 1,
        "seconds": record.seconds,
        "parents": list(record.parents),
        "request_id": record.request_id,
    }
