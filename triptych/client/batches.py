"""The Batch API of one account: files go up, a batch is made of one, and its answers come back line by line."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx2
import openai
from openai.types import Batch
from openai.types.batch_error import BatchError

from triptych.client import outward
from triptych.client.failures import LONGEST_MESSAGE, reported, translated
from triptych.client.redaction import Redaction
from triptych.errors import BadAnswer, OutcomeUnknown, TriptychError

log = logging.getLogger(__name__)

KEPT = 2_592_000  # seconds that a server keeps what was uploaded and what came of it: 30 days, the most there is
ENDPOINTS: Mapping[str, Literal["/v1/images/generations", "/v1/images/edits"]] = {
    "generations": "/v1/images/generations",
    "edits": "/v1/images/edits",
}
STATUSES = (
    "validating",
    "failed",
    "in_progress",
    "finalizing",
    "completed",
    "expired",
    "cancelling",
    "cancelled",
)
LONGEST_LINE = 1 << 29  # characters of an answer to one line; ten images of the largest size have about that
LONGEST_LIST = 100  # pages of a hundred batches: as many as may be made in five hours
PAGE = 100
NEVER_RUN = ("batch_expired", "batch_cancelled")  # codes of lines whose turn did not come
MOST_PROBLEMS = 1000  # lines of which it is told what is wrong with them
MOST_LINES = 10**9  # beyond, it is no count
OK = 200


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a line of the uploaded file, from 1; None where it is the file itself."""

    line: int | None
    message: str


@dataclass(frozen=True)
class Told:
    """What the server says of a batch; ``status`` is one of STATUSES, and the counts are of its lines."""

    id: str
    status: str
    input_file: str
    output_file: str | None = None
    error_file: str | None = None
    total: int = 0
    completed: int = 0
    failed: int = 0
    wrong: tuple[Wrong, ...] = ()


@dataclass(frozen=True)
class Line:
    """One line of an output or error file: whose it is, the answer to it (``body``), or why there is none.

    ``error`` is what the server says of it; ``never_run`` that its turn did not come: the day was over, or the batch
    was cancelled.
    """

    custom_id: str
    body: Mapping[str, Any] | None = None
    request_id: str | None = None
    error: TriptychError | None = None
    never_run: bool = False


class BatchApi:
    """Files and batches in the name of one account; every method raises TriptychError in words. No call is retried."""

    def __init__(self, sdk: Callable[[], openai.AsyncOpenAI], redaction: Redaction) -> None:
        self._sdk = sdk
        self._redaction = redaction

    async def upload(self, name: str, data: bytes | Path, purpose: Literal["batch", "vision"], kind: str) -> str:
        """Upload a file of that media type, which the server removes by itself after 30 days; gives its id."""
        with self._in_words():
            lasts: Any = {"anchor": "created_at", "seconds": KEPT}
            create = self._sdk().files.create
            if isinstance(data, bytes):
                file = await create(file=(name, data, kind), purpose=purpose, expires_after=lasts)
            else:
                with data.open("rb") as opened:
                    file = await create(file=(name, opened, kind), purpose=purpose, expires_after=lasts)
            return _id(file)

    async def create(self, input_file: str, endpoint: str, metadata: Mapping[str, str]) -> Told:
        """Make a batch of an uploaded file: from here on its lines may be charged.

        What is raised says whether one may have been made: anything but Rejected and Unreachable leaves that open.
        """
        with self._in_words():
            batch = await self._sdk().batches.create(
                input_file_id=input_file,
                endpoint=ENDPOINTS[endpoint],
                completion_window="24h",
                metadata=dict(metadata),
                output_expires_after={"anchor": "created_at", "seconds": KEPT},
            )
            return self._told(batch)

    async def retrieve(self, id: str) -> Told:  # noqa: A002
        """How it stands."""
        with self._in_words():
            return self._told(await self._sdk().batches.retrieve(id))

    async def find(self, input_file: str, metadata: Mapping[str, str], since: float) -> Told | None:
        """The batch that was made of an uploaded file, or with that ``metadata``; None where the server lists none.

        ``since`` is Unix time; what was made before is not looked at.
        """
        with self._in_words():
            page = await self._sdk().batches.list(limit=PAGE)
            for _ in range(LONGEST_LIST):
                for batch in page.data:
                    said = batch.metadata or {}
                    if batch.input_file_id == input_file or metadata.items() <= said.items():
                        return self._told(batch)
                if not page.has_next_page() or min(batch.created_at for batch in page.data) < since:
                    return None
                page = await page.get_next_page()
        raise BadAnswer("The server's list of batches has no end.")

    async def cancel(self, id: str) -> Told:  # noqa: A002
        """Ask for its end, which takes up to ten minutes; lines that are done by then are charged."""
        with self._in_words():
            return self._told(await self._sdk().batches.cancel(id))

    async def delete(self, file: str) -> None:
        """Remove a file; one that is gone already is no error."""
        with self._in_words():
            try:
                await self._sdk().files.delete(file)
            except openai.NotFoundError:
                return

    async def lines(self, file: str) -> AsyncIterator[Line]:
        """The lines of an output or error file as they come; what is no line of such a file is left out."""
        async for text in self._texts(file):
            if line := await asyncio.to_thread(_line, text):
                yield self._redaction(line) if line.error else line
            elif text.strip():
                log.warning("file %s has a line of %d bytes that cannot be read", file, len(text))

    async def _texts(self, file: str) -> AsyncIterator[bytes]:
        with self._in_words():
            async with self._sdk().files.with_streaming_response.content(file) as response:
                held = bytearray()
                async for chunk in response.iter_bytes():
                    *whole, rest = chunk.split(b"\n")
                    for piece in whole:
                        yield bytes(held + piece)
                        held.clear()
                    held += rest
                    if len(held) > LONGEST_LINE:
                        raise BadAnswer(f"A line of the server's file is longer than {LONGEST_LINE:,} bytes.")
                if held:
                    yield bytes(held)

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except (openai.OpenAIError, httpx2.HTTPError, ValueError) as exc:
            error = translated(exc)
        except TriptychError as exc:
            error = exc
        except (AttributeError, TypeError):  # the SDK does not look whether an answer is of the kind that it says
            error = BadAnswer("The server's answer is none of the Batch API.")
        else:
            return
        raise self._redaction(outward.failed(error))

    def _told(self, batch: Batch) -> Told:
        if getattr(batch, "status", None) not in STATUSES:
            raise BadAnswer("The server's answer is none of the Batch API.")
        counts = batch.request_counts
        total, completed, failed = (_count(getattr(counts, name, 0)) for name in ("total", "completed", "failed"))
        said = (batch.errors.data or []) if batch.errors else []
        told = Told(
            id=_id(batch),
            status=batch.status,
            input_file=batch.input_file_id,
            output_file=batch.output_file_id or None,
            error_file=batch.error_file_id or None,
            total=total,
            completed=completed,
            failed=failed,
            wrong=tuple(map(_wrong, said[:MOST_PROBLEMS])),
        )
        return self._redaction(told)


def _id(answer: Any) -> str:
    """The id that an answer has; raises BadAnswer."""
    if not isinstance(getattr(answer, "id", None), str) or not answer.id:
        raise BadAnswer("The server's answer names no id.")
    return str(answer.id)


def _count(value: Any) -> int:
    return value if isinstance(value, int) and 0 <= value < MOST_LINES else 0


def _wrong(said: BatchError) -> Wrong:
    message = outward.clean(str(said.message or said.code or "It is refused."))[:LONGEST_MESSAGE]
    return Wrong(said.line if isinstance(said.line, int) else None, message)


def _line(text: bytes) -> Line | None:
    try:
        said = json.loads(text)
        custom_id, response, error = said["custom_id"], said.get("response"), said.get("error")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    if not isinstance(custom_id, str):
        return None
    if isinstance(response, Mapping):
        status, body, request_id = (response.get(name) for name in ("status_code", "body", "request_id"))
        request_id = request_id if isinstance(request_id, str) else None
        if status == OK and isinstance(body, Mapping):
            return Line(custom_id, body, request_id)
        number = status if isinstance(status, int) else None
        return Line(custom_id, error=outward.failed(reported(body, number, request_id)))
    if not isinstance(error, Mapping) or not (error.get("code") or error.get("message")):
        return Line(custom_id, error=OutcomeUnknown("The server does not say what became of this line."))
    never_run = error.get("code") in NEVER_RUN
    return Line(custom_id, error=outward.failed(reported({"error": error})), never_run=never_run)
