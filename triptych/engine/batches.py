"""The demo engine's Batch API: /v1/batches, with a day that lasts seconds and faults on demand."""

import asyncio
import hashlib
import json
import secrets
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import State
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from triptych.engine import answers, job, rules
from triptych.engine.batch_file import Line, read
from triptych.engine.faults import Fault, refusal
from triptych.engine.files import File
from triptych.wire import asks
from triptych.wire.refusals import Refusal, invalid

KINDS = {"/v1/images/generations": "generation", "/v1/images/edits": "edit"}
LEAST_EXPIRY, MOST_EXPIRY = 3600, 2_592_000  # seconds that output files are kept
ENDED = ("failed", "completed", "expired", "cancelled")
MOST_BATCHES = 1000
PAINTED = 16  # answers that equal lines share
OK = 200
MOST_PAIRS, LONGEST_NAME, LONGEST_TEXT = 16, 64, 512  # of metadata


@dataclass
class Batch:
    """One batch as it stands; ``stamps`` are the times at which it came so far, by status."""

    endpoint: str
    input_file: str
    metadata: Mapping[str, str] | None
    expires: int
    fault: Fault | None = None
    id: str = field(default_factory=lambda: f"batch_{secrets.token_hex(12)}")
    created: int = field(default_factory=lambda: int(time.time()))
    status: str = "validating"
    counts: Counter[str] = field(default_factory=Counter)
    errors: list[dict[str, Any]] = field(default_factory=list)
    model: str | None = None
    output_file: str | None = None
    error_file: str | None = None
    stamps: dict[str, int] = field(default_factory=dict)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    def turn(self, status: str) -> None:
        """Come to the next status."""
        self.status = status
        self.stamps[f"{status}_at"] = int(time.time())

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "batch",
            "endpoint": self.endpoint,
            "model": self.model,
            "errors": {"object": "list", "data": self.errors} if self.errors else None,
            "input_file_id": self.input_file,
            "completion_window": "24h",
            "status": self.status,
            "output_file_id": self.output_file,
            "error_file_id": self.error_file,
            "created_at": self.created,
            "expires_at": self.expires,
            **self.stamps,
            "request_counts": {name: self.counts[name] for name in ("total", "completed", "failed")},
            "metadata": self.metadata,
        }


async def create(request: Request) -> Response:
    """POST /v1/batches"""
    state, asked = request.app.state, await _fields(request)
    file = state.cabinet.get(str(asked.get("input_file_id")))
    if file.purpose != "batch":
        raise invalid("input_file_id", "The file must be uploaded with the purpose 'batch'.", "invalid_purpose")
    if len(state.batches) >= MOST_BATCHES:
        raise Refusal("The demo engine keeps no more batches: start it anew.", status=409)
    fault = state.faults.next_batch()
    if fault and fault.name == "batch_unmade":
        raise Refusal("The server is overloaded.", status=502)
    expires = int(time.time() + state.day)
    batch = Batch(str(asked["endpoint"]), file.id, asked.get("metadata"), expires, fault)
    state.batches[batch.id] = batch
    task = asyncio.create_task(_worked(state, batch, file))
    state.working.add(task)
    task.add_done_callback(state.working.discard)
    if fault and fault.name == "batch_lost":
        return answers.CutResponse(json.dumps(batch.to_json()).encode(), media_type="application/json")
    return JSONResponse(batch.to_json())


async def _fields(request: Request) -> dict[str, Any]:
    """What was asked; raises Refusal where it is no batch."""
    try:
        asked = json.loads(await request.body())
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise Refusal("We could not parse the JSON body of your request.")
    if asked.get("endpoint") not in KINDS:
        raise invalid("endpoint", f"Invalid value: '{asked.get('endpoint')}'.")
    if asked.get("completion_window") != "24h":
        raise invalid("completion_window", "Invalid value: only '24h' is supported.")
    metadata = asked.get("metadata") or {}
    texts = isinstance(metadata, dict) and all(
        isinstance(text, str) and len(text) <= LONGEST_TEXT and len(name) <= LONGEST_NAME
        for name, text in metadata.items()
    )
    if not texts or len(metadata) > MOST_PAIRS:
        raise invalid("metadata", "Metadata is up to 16 texts of 512 characters, by names of 64.")
    kept = asked.get("output_expires_after") or {"anchor": "created_at", "seconds": MOST_EXPIRY}
    seconds = kept.get("seconds") if isinstance(kept, dict) else None
    if not isinstance(seconds, int) or not LEAST_EXPIRY <= seconds <= MOST_EXPIRY or kept["anchor"] != "created_at":
        raise invalid("output_expires_after", f"It is {LEAST_EXPIRY} to {MOST_EXPIRY} seconds from created_at.")
    return asked


async def every(request: Request) -> Response:
    """GET /v1/batches: the newest first, a page at a time"""
    batches = [*reversed(request.app.state.batches.values())]
    after, limit = request.query_params.get("after"), int(request.query_params.get("limit", 20))
    start = next((at for at, one in enumerate(batches, 1) if one.id == after), 0)
    page = batches[start : start + limit]
    ends = {"first_id": page[0].id, "last_id": page[-1].id} if page else {}
    more = start + limit < len(batches)
    return JSONResponse({"object": "list", "data": [one.to_json() for one in page], **ends, "has_more": more})


async def one(request: Request) -> Response:
    """GET /v1/batches/{id}"""
    return JSONResponse(_found(request).to_json())


async def cancel(request: Request) -> Response:
    """POST /v1/batches/{id}/cancel: what has begun is ended first"""
    batch = _found(request)
    if batch.status in ENDED:
        raise Refusal(f"Cannot cancel a batch with status '{batch.status}'.", status=409)
    batch.turn("cancelling")
    batch.stopped.set()
    return JSONResponse(batch.to_json())


def _found(request: Request) -> Batch:
    asked = request.path_params["id"]
    batch: Batch | None = request.app.state.batches.get(asked)
    if batch is None:
        raise Refusal(f"No batch found with id '{asked}'.", status=404)
    return batch


async def _worked(state: State, batch: Batch, file: File) -> None:
    """What becomes of a batch: checked whole, then worked on line by line, in an order of its own."""
    broken = batch.fault.number("line", 1) if _is(batch, "batch_invalid") and batch.fault else None
    lines, batch.errors, batch.model = await run_in_threadpool(read, file.path, batch.endpoint, broken)
    if batch.errors:
        batch.turn("failed")
        return
    batch.counts["total"] = len(lines)
    if not batch.stopped.is_set():
        batch.turn("in_progress")
    if batch.fault and batch.fault.name == "batch_stuck":
        await batch.stopped.wait()
    mixed = sorted(lines, key=lambda line: hashlib.sha256(line["custom_id"].encode()).digest())
    new = state.cabinet.new
    with new("output.jsonl", "batch_output") as (output, good), new("errors.jsonl", "batch_output") as (errors, bad):
        last = await _answered(state, batch, mixed, good, bad)
    for id, kind in ((output, "output_file"), (errors, "error_file")):  # noqa: A001
        if state.cabinet.get(id).bytes:
            setattr(batch, kind, id)
        else:
            state.cabinet.delete(id)
    batch.turn(last)


async def _answered(state: State, batch: Batch, lines: list[Line], good: IO[bytes], bad: IO[bytes]) -> str:
    """Write the answer of each line; the status in which the batch ends."""
    kept: dict[str, Any] = {}
    for number, line in enumerate(lines):
        late = time.time() >= batch.expires or (_is(batch, "batch_expired") and number >= len(lines) // 2)
        if batch.stopped.is_set():
            _rest(batch, lines[number:], bad, "batch_cancelled", "This line was not run: the batch was cancelled.")
            return "cancelled"
        if late:
            said = "This request could not be executed before the completion window expired."
            _rest(batch, lines[number:], bad, "batch_expired", said)
            return "expired"
        answer = await _answer(state, batch, line, kept)
        status = answer["status_code"]
        if _is(batch, "batch_missing") and number == 0:
            continue
        batch.counts["completed" if status == OK else "failed"] += 1
        _write(good if status == OK else bad, line, answer, None)
    if batch.status == "in_progress":
        batch.turn("finalizing")
    return "completed"


def _is(batch: Batch, fault: str) -> bool:
    return batch.fault is not None and batch.fault.name == fault


def _rest(batch: Batch, lines: list[Line], bad: IO[bytes], code: str, message: str) -> None:
    for line in lines:
        batch.counts["failed"] += 1
        _write(bad, line, None, {"code": code, "message": message})


def _write(out: IO[bytes], line: Line, answer: Any, error: Any) -> None:
    told = {"id": f"batch_req_{secrets.token_hex(8)}", "custom_id": line["custom_id"], "response": answer}
    out.write(json.dumps({**told, "error": error}).encode() + b"\n")


async def _answer(state: State, batch: Batch, line: Line, kept: dict[str, Any]) -> dict[str, Any]:
    """The answer to one line. Equal lines are painted once."""
    request_id = f"req_{secrets.token_hex(16)}"
    try:
        fault = state.faults.next(None, str(line["body"].get("prompt", "")), batch.id)
        if fault and (no := refusal(fault, str(line["body"].get("model", "")))):
            raise no
        name = json.dumps(line["body"], sort_keys=True)
        if name not in kept:
            if len(kept) >= PAINTED:
                kept.clear()
            kept[name] = await run_in_threadpool(_drawn, state, batch, line)
        body, seconds = kept[name]
    except Refusal as no:
        return {"status_code": no.status, "request_id": request_id, "body": no.body}
    if state.pace:
        with suppress(TimeoutError):
            fair = state.day / 2 / batch.counts["total"]  # so that a long batch ends within the day, too
            await asyncio.wait_for(batch.stopped.wait(), min(seconds * state.pace, fair))
    return {"status_code": OK, "request_id": request_id, "body": body}


def _drawn(state: State, batch: Batch, line: Line) -> tuple[dict[str, Any], float]:
    ask = asks.of_json(dict(line["body"]), KINDS[batch.endpoint], state.cabinet.upload)
    if ask.streams:
        raise invalid("stream", "Streaming is not supported in a batch.")
    rules.check(ask)
    work = job.settled(ask)
    return answers.body(work, list(job.pictures(work))), job.seconds(work)
