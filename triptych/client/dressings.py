"""Where an answer holds its images: OpenAI's way, and the dressings other servers put around them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Text = str | bytes | memoryview

# Names as `_flat` writes them: small letters and digits only.
ENCODED = (
    "b64json",
    "partialimageb64",
    "b64",
    "base64",
    "imagebase64",
    "base64image",
    "b64image",
    "imageb64",
    "bytesbase64encoded",
    "svg",
)
LINKED = ("url", "imageurl", "uri")
# What these hold is looked through in this order; the first that holds an image holds all of them.
WITHIN = (
    "data",
    "images",
    "image",
    "output",
    "outputs",
    "result",
    "results",
    "artifacts",
    "predictions",
    "generatedimages",
    "response",
    "body",
    "payload",
    "item",
    "items",
    "message",
    "choices",
    "content",
    "candidates",
    "parts",
    "inlinedata",
)
SHORTEST = 64  # characters of an image in base64 that stands where something else might
WAITS = {
    "accepted",
    "created",
    "in_progress",
    "in_queue",
    "initializing",
    "not_start",
    "pending",
    "processing",
    "queued",
    "running",
    "starting",
    "submitted",
    "waiting",
}
TASKS = ("task_id", "taskId", "job_id", "jobId", "prediction_id", "polling_url", "status_url")
WORK = ("data", "output", "result", "task", "job")
IDS = ("id", "request_id", "uuid")


@dataclass(frozen=True)
class Hidden:
    """A text that may be an image, in base64 or the like, or the link to one. ``bytes`` are the image itself."""

    text: Text
    link: bool = False


def hidden(said: Any) -> Iterator[tuple[Hidden, ...]]:
    """Each image that ``said`` may hold, in its order: the texts that may be it, the likeliest first."""
    if isinstance(said, list):
        for inner in said:
            yield from hidden(inner)
    elif isinstance(said, Mapping):
        yield from _in_object(said)
    elif isinstance(said, memoryview | bytes) or _may_be(said):
        yield (Hidden(said, _is_address(said)),)


def task(said: Any) -> str | None:
    """The id and status of the work that ``said`` announces instead of an image, None where it announces none."""
    if isinstance(said, list):
        return task(said[0]) if said else None
    if not isinstance(said, Mapping):
        return None
    status = next((said[name] for name in ("status", "task_status", "state") if isinstance(said.get(name), str)), "")
    names = TASKS + IDS if status.lower().replace(" ", "_") in WAITS else TASKS
    found = next((said[name] for name in names if isinstance(said.get(name), str | int) and said[name]), None)
    if found is not None:
        return f"{found} ({status})" if status else str(found)
    return next((inner for name in WORK if (inner := task(said.get(name)))), None)


def _in_object(said: Mapping[str, Any]) -> Iterator[tuple[Hidden, ...]]:
    said = {_flat(name): inner for name, inner in reversed(list(said.items()))}
    texts = [Hidden(text, _is_address(text)) for text in _texts(said, ENCODED)]
    texts += [Hidden(text, not _is_data(text)) for text in _texts(said, LINKED)]
    if texts:
        yield tuple(texts)
        return
    for name in ENCODED + LINKED + WITHIN:
        found = list(hidden(said.get(name)))
        if found:
            yield from found
            return


def _texts(said: Mapping[str, Any], names: tuple[str, ...]) -> list[Text]:
    values = (said.get(name) for name in names)
    return [value for value in values if isinstance(value, Text) and len(value) > 0]


def _flat(name: str) -> str:
    return "".join(filter(str.isalnum, name)).lower()


def _may_be(value: Any) -> bool:
    """Whether a short text without a name of its own may be an image."""
    if not isinstance(value, str):
        return False
    start = value.lstrip()[:5].lower()
    return _is_address(value) or start in {"data:", "<svg ", "<?xml"} or (len(value) >= SHORTEST and " " not in value)


def _is_address(text: Text) -> bool:
    return isinstance(text, str) and text.lstrip()[:8].lower().startswith(("http://", "https://"))


def _is_data(text: Text) -> bool:
    return not isinstance(text, str) or text.lstrip()[:5].lower() == "data:"
