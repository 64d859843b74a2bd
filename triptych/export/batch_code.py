"""Rows as files for the Batch API, and the code that uploads them, asks for their batches and saves what comes back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from triptych.export.code import rendered
from triptych.inputs import Attachment
from triptych.request import ImageRequest
from triptych.request.batch_line import in_files, line
from triptych.servers import OPENAI, Server

PAUSE = 30  # seconds between two looks at a batch


@dataclass(frozen=True)
class BatchFile:
    """One file of requests beside the code: its ``name``, its endpoint's path, and the names of its lines."""

    name: str
    endpoint: str
    names: tuple[str, ...]


def batch_files(requests: Mapping[str, ImageRequest], server: Server = OPENAI) -> tuple[BatchFile, ...]:
    """The files of requests that the code reads, by the names of the lines."""
    some = enumerate(in_files(requests, server), start=1)
    return tuple(BatchFile(f"batch-{at}.jsonl", f"/images/{lines.endpoint}", lines.names) for at, lines in some)


def jsonl(file: BatchFile, requests: Mapping[str, ImageRequest], server: Server = OPENAI) -> Iterator[bytes]:
    """Its lines. In the place of the id of each image stands its file's name, for which the code puts in the id."""
    names = {sha256: name for name, (sha256, _) in inputs(requests).items()}
    return (line(name, requests[name], server, names) for name in file.names)


def inputs(requests: Mapping[str, ImageRequest]) -> dict[str, tuple[str, Attachment]]:
    """The images that go with the requests, each once: by file name its SHA-256 and what is known of it."""
    every = {one.sha256: one for request in requests.values() for _, one in request.attachments}
    return {f"input-{at}.{one.suffix}": (sha256, one) for at, (sha256, one) in enumerate(every.items(), start=1)}


def python(
    requests: Mapping[str, ImageRequest], base_url: str | None = None, server: Server = OPENAI, pause: float = PAUSE
) -> str:
    """A Python script on the OpenAI SDK that stands beside the files; it saves row7-1.png for the line "row7"."""
    return _render("batch.py.jinja", requests, base_url, server, pause)


def curl(
    requests: Mapping[str, ImageRequest], base_url: str | None = None, server: Server = OPENAI, pause: float = PAUSE
) -> str:
    """The same in Bash with curl 7.55 or later, and python3 with its standard library."""
    return _render("batch.sh.jinja", requests, base_url, server, pause)


BATCH_LANGUAGES = {"Python": (".py", "python", python), "curl": (".sh", "bash", curl)}  # file suffix, colours, writer


def _render(
    template: str, requests: Mapping[str, ImageRequest], base_url: str | None, server: Server, pause: float
) -> str:
    return rendered(
        template,
        base_url,
        files=batch_files(requests, server),
        inputs={name: one.media_type for name, (_, one) in inputs(requests).items()},
        pause=pause,
    )
