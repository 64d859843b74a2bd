"""A file sent to OpenAI's check of where it comes from, and the answer as ours."""

import io
from typing import Any

import openai

from triptych.client import outward
from triptych.errors import BadAnswer
from triptych.provenance import ServerCheck, Signal

LONGEST = 120.0  # seconds for the whole of a check
NAME = "image"  # what the file is called on the wire: its own name may tell of a person
LONGEST_TEXT = 300  # characters of what the server says of a signal


async def check(sdk: openai.AsyncOpenAI, data: bytes, media_type: str) -> ServerCheck:
    """Send ``data``, whole and with its metadata. Raises what the SDK raises, and BadAnswer for an answer of no use."""
    raw = await sdk.content_provenance_checks.with_raw_response.create(file=(NAME, io.BytesIO(data), media_type))
    said: Any = raw.parse().to_dict(warnings=False)
    request_id = raw.headers.get("x-request-id")
    results = said.get("results") if isinstance(said, dict) else None
    signals = tuple(_signal(each) for each in results if isinstance(each, dict)) if isinstance(results, list) else ()
    if not signals:
        raise BadAnswer("The server's answer holds no result.", request_id=request_id)
    return ServerCheck(signals, request_id)


def _signal(said: dict[str, Any]) -> Signal:
    """One result; only "detected" is a detection, whatever else a server may say."""
    told = {name: _text(said.get(name)) for name in ("validation_state", "issuer", "model", "generated_at")}
    return Signal(
        _text(said.get("type")) or "unnamed",
        said.get("outcome") == "detected",
        told["validation_state"],
        told["issuer"],
        told["model"],
        told["generated_at"],
    )


def _text(value: Any) -> str | None:
    return str(outward.clean(" ".join(value.split())[:LONGEST_TEXT])) if isinstance(value, str) and value else None
