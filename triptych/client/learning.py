"""What an answer shows of the server that gave it, by the names of the facts that it is kept under."""

from collections.abc import Callable, Mapping
from typing import Any

from triptych.capabilities import REFUSED, How
from triptych.errors import NoResponsesApi, NothingStored, RequestRejected, TriptychError
from triptych.request import ImageRequest
from triptych.results import Finished
from triptych.servers import Account

Learn = Callable[[Account, str, Mapping[str, Any], How], None]  # who was asked, by whom, and what is known of it now
LONGEST_SIZE = 20  # characters


def unheard(account: Account, owner: str, facts: Mapping[str, Any], how: How) -> None:
    """Where nobody remembers what servers can do."""


def learned(request: ImageRequest, finished: Finished) -> Mapping[str, Any]:
    """What images that came of ``request`` show: an endpoint that is there, usage that is told or not, sizes."""
    if request.turn:
        return {"responses": True}
    counts = finished.usage is not None and finished.usage.output_tokens is not None
    facts: dict[str, Any] = {"usage": counts}
    if request.endpoint != "generations":
        return {**facts, request.endpoint: True}  # an edit may keep the size of its image
    if request.size == "auto":
        return {**facts, "auto_size": True}
    if request.output_format != "svg":
        facts["sizes"] = all(image.size == request.size for image in finished.pictures)
    return {**facts, f"{REFUSED}{request.size}": None}


def lacking(request: ImageRequest, error: TriptychError) -> Mapping[str, Any]:
    """What a refusal says that the server lacks: the Responses API, a memory, a size."""
    if isinstance(error, NothingStored):
        return {"stores": False}
    if isinstance(error, NoResponsesApi):
        return {"responses": False}
    if isinstance(error, RequestRejected) and error.param == "size" and not request.turn:
        is_short = len(request.size) <= LONGEST_SIZE
        return (
            {"auto_size": False} if request.size == "auto" else {f"{REFUSED}{request.size}": True} if is_short else {}
        )
    return {}
