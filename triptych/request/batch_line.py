"""A request as a line of the file that the Batch API takes, and which requests go into one file.

The limits are those of OpenAI's guide to its Batch API, 2026-11; a file holds requests of one model for one endpoint.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from triptych.request import ImageRequest
from triptych.request.problem import Problem
from triptych.servers import Server

MOST_LINES = 50_000  # of a file
MOST_BYTES = 200_000_000  # of a file
ID_LENGTH = 64  # characters that the id of an uploaded image is taken to have; a SHA-256 in hex has as many


@dataclass(frozen=True)
class Lines:
    """Requests that go into one file, by the names of their lines."""

    model: str
    endpoint: str
    names: tuple[str, ...]


def batchable(request: ImageRequest) -> ImageRequest:
    """The same request as a batch can hold it: nothing is streamed in one."""
    return replace(request, stream=False, stream_each=False, partial_images=0)


def problem(request: ImageRequest, server: Server, *, unconfirmed: bool = False) -> Problem | None:
    """Why a request cannot go into a batch, None where it can.

    Whether the Batch API takes a model is not known of all; ``unconfirmed`` is the user's word to try one of these.
    """
    if not server.batches:
        return Problem("model", f"{server.label} has no Batch API here. Run it now instead.")
    if request.variation:
        return Problem("variation", "The Batch API makes no variations.", {"variation": False}, "Make it an edit")
    if request.entry.batched is False:
        return Problem("model", f"The Batch API does not take {request.model}. Choose another model, or run it now.")
    if request.entry.batched is None and not unconfirmed:
        said = f"It is not confirmed that the Batch API takes {request.model}: tick the box to try, or run it now."
        return Problem("model", said)
    return None


def body(request: ImageRequest, server: Server, files: Mapping[str, str]) -> dict[str, Any]:
    """What is asked, as JSON; ``files`` gives the id of each uploaded image by its SHA-256."""
    asked = batchable(request).api_kwargs(server)
    if not request.images:
        return asked
    layers = {role: _file(files[one.sha256]) for role, one in request.attachments if role != "image"}
    return {**asked, "images": [_file(files[one.sha256]) for one in request.images], **layers}


def _file(id: str) -> dict[str, str]:  # noqa: A002 - the API's own word
    return {"file_id": id}


def line(name: str, request: ImageRequest, server: Server, files: Mapping[str, str]) -> bytes:
    """The line of a request by its ``name``, with its end; names are used once in a file."""
    url = f"/v1/images/{request.endpoint}"
    told = {"custom_id": name, "method": "POST", "url": url, "body": body(request, server, files)}
    return json.dumps(told).encode() + b"\n"


def in_files(requests: Mapping[str, ImageRequest], server: Server) -> Iterator[Lines]:
    """The requests by name, as few files as hold them: each of one model and endpoint, within the limits."""
    groups: dict[tuple[str, str], list[str]] = {}
    for name, request in requests.items():
        groups.setdefault((request.model, request.endpoint), []).append(name)
    for (model, endpoint), names in groups.items():
        some, weight = list[str](), 0
        for name in names:
            request = requests[name]
            ids = {one.sha256: "0" * ID_LENGTH for _, one in request.attachments}
            heavy = len(line(name, request, server, ids))
            if some and (len(some) == MOST_LINES or weight + heavy > MOST_BYTES):
                yield Lines(model, endpoint, tuple(some))
                some, weight = [], 0
            some.append(name)
            weight += heavy
        yield Lines(model, endpoint, tuple(some))
