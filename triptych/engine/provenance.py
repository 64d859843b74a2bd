"""The demo's check of where a file comes from: it knows its own signature, and it puts no watermark into anything."""

import time
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from triptych.engine import manifest
from triptych.errors import BadFile, Refused
from triptych.provenance import Inspection, Integrity, Issuer, inspect, integrity, issuer, kind_of
from triptych.wire.asks import Upload
from triptych.wire.refusals import Refusal, invalid, missing

LABELS = frozenset({"PNG", "JPEG", "WebP", "GIF"})  # by the types of openai 3.54
MOST_BYTES = 50 << 20


async def read(request: Request) -> Upload:
    """The file of a form. Raises Refusal where there is none, or another field."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise missing("file")
    async with request.form(max_part_size=1 << 20) as form:
        for key, value in form.multi_items():
            if key != "file":
                raise invalid(key, f"Unknown parameter: '{key}'.", "unknown_parameter")
            if isinstance(value, UploadFile):
                return Upload(value.filename or "", value.content_type or "", await value.read())
    raise missing("file")


def checked(upload: Upload) -> dict[str, Any]:
    """The answer as the API writes it. Raises Refusal for a file that the API does not take."""
    kind = kind_of(upload.data)
    if kind is None or kind.label not in LABELS:
        supported = "Supported file formats are 'image/png', 'image/jpeg', 'image/webp', and 'image/gif'."
        raise invalid("file", f"Invalid file 'file'. {supported}", "unsupported_file_mimetype")
    if len(upload.data) >= MOST_BYTES:
        raise invalid("file", f"The file must be smaller than {MOST_BYTES >> 20} MB.", "image_file_too_large")
    try:
        found = inspect(upload.data, manifest.root())
    except BadFile as error:
        raise invalid("file", error.message, "invalid_image_file") from None
    except Refused as error:
        raise Refusal(error.message, status=503, kind="server_error") from None
    watermark = {"type": "synthid", "outcome": "not_detected", "model": None, "generated_at": None}
    return {"object": "content_provenance_check", "created_at": int(time.time()), "results": [_c2pa(found), watermark]}


def _c2pa(found: Inspection) -> dict[str, Any]:
    ours = issuer(found) is Issuer.KNOWN and integrity(found) is Integrity.INTACT
    valid = "valid" if integrity(found) is Integrity.INTACT else "invalid"
    state = "trusted" if ours else "not_present" if found.manifest is None else valid
    return {
        "type": "c2pa",
        "outcome": "detected" if ours else "not_detected",
        "validation_state": state,
        "issuer": found.manifest.signer or None if found.manifest else None,
        "model": None,
        "generated_at": found.manifest.time or None if found.manifest else None,
    }
