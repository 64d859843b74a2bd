"""The demo engine's files and batches, asked by the real SDK over a real socket."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from openai import APIConnectionError, APIStatusError, BadRequestError, ConflictError, NotFoundError, OpenAI
from openai.types import Batch
from PIL import Image

from tests.triptych.engine.wire import png
from triptych.engine.serve import Engine

BODY = {"model": "gpt-image-2", "prompt": "a red square", "size": "1024x640", "quality": "low", "output_format": "jpeg"}
ENDPOINT = "/v1/images/generations"


def line(name: str, url: str = ENDPOINT, **body: Any) -> dict[str, Any]:
    return {"custom_id": name, "method": "POST", "url": url, "body": {**BODY, **body}}


def begun(client: OpenAI, *lines: dict[str, Any], endpoint: Any = ENDPOINT) -> Batch:
    text = "\n".join(map(json.dumps, lines)).encode()
    file = client.files.create(file=("requests.jsonl", text), purpose="batch")
    return client.batches.create(input_file_id=file.id, endpoint=endpoint, completion_window="24h")


def ended(client: OpenAI, batch: Batch) -> Batch:
    while batch.status not in {"failed", "completed", "expired", "cancelled"}:
        batch = client.batches.retrieve(batch.id)  # each asking is a turn of the engine's loop
    return batch


def said(client: OpenAI, file: str | None) -> dict[str, dict[str, Any]]:
    text = client.files.content(file).text if file else ""
    return {one["custom_id"]: one for one in map(json.loads, text.splitlines())}


def test_a_batch_answers_each_line_by_its_name(client: OpenAI) -> None:
    picture = client.files.create(file=png(Image.new("RGB", (64, 64), "navy")), purpose="vision")
    url = "/v1/images/edits"
    lines = [line(f"row-{number}", url, images=[{"file_id": picture.id}]) for number in range(3)]

    batch = ended(client, begun(client, *lines, line("no", url, images=[{"file_id": "file-x"}]), endpoint=url))

    assert ("completed", "gpt-image-2") == (batch.status, batch.model)
    assert batch.request_counts
    assert (4, 3, 1) == (batch.request_counts.total, batch.request_counts.completed, batch.request_counts.failed)
    good, bad = said(client, batch.output_file_id), said(client, batch.error_file_id)
    assert {"row-0", "row-1", "row-2"} == set(good)
    assert good["row-0"]["response"]["body"]["data"][0]["b64_json"]
    assert good["row-0"]["response"]["body"]["usage"]["output_tokens"]
    assert ("file_not_found", 400) == (
        bad["no"]["response"]["body"]["error"]["code"],
        bad["no"]["response"]["status_code"],
    )


def test_where_all_lines_fail_there_is_no_output_file(client: OpenAI) -> None:
    batch = ended(client, begun(client, line("a", quality="max"), line("b", prompt="")))

    assert ("completed", None) == (batch.status, batch.output_file_id)
    assert {"a", "b"} == set(said(client, batch.error_file_id))


BAD_LINES = {
    "mismatched_model": [line("a"), line("b", model="gpt-image-2.6-flare")],
    "duplicate_custom_id": [line("a"), line("a")],
    "invalid_url": [line("a"), line("b", "/v1/images/edits")],
}


@pytest.mark.parametrize(("code", "lines"), BAD_LINES.items(), ids=BAD_LINES)
def test_a_file_that_breaks_a_rule_fails_at_its_line(client: OpenAI, code: str, lines: list[dict[str, Any]]) -> None:
    batch = ended(client, begun(client, *lines))

    assert batch.errors
    assert ("failed", [(code, 2)]) == (batch.status, [(e.code, e.line) for e in batch.errors.data or ()])


def test_faults_of_a_batch_are_planned(client: OpenAI, engine: Engine) -> None:
    engine.faults.plan("batch_invalid", line=2)
    engine.faults.plan("batch_expired")
    lines = [line(f"row-{number}") for number in range(4)]

    failed, expired = (ended(client, begun(client, *lines)) for _ in range(2))

    assert failed.errors
    assert [("invalid_json_line", 2)] == [(e.code, e.line) for e in failed.errors.data or ()]
    assert "expired" == expired.status
    assert 2 == len(said(client, expired.output_file_id))
    late = said(client, expired.error_file_id).values()
    assert [(None, "batch_expired")] * 2 == [(one["response"], one["error"]["code"]) for one in late]


@pytest.fixture
def short() -> Iterator[Engine]:
    engine = Engine.start(pace=0, day=0)
    yield engine
    engine.stop()


def test_a_day_lasts_as_long_as_it_is_told_to(short: Engine) -> None:
    with OpenAI(base_url=short.base_url, api_key=short.token, max_retries=0) as client:
        assert "expired" == ended(client, begun(client, line("a"))).status


def test_an_answer_that_is_lost_leaves_a_batch_that_is_listed(client: OpenAI, engine: Engine) -> None:
    engine.faults.plan("batch_lost")
    with pytest.raises(APIConnectionError):
        begun(client, line("a"))
    second = begun(client, line("b"))

    pages = client.batches.list(limit=1)
    newest = [batch for batch, _ in zip(pages, range(2), strict=False)]

    assert second.id == newest[0].id
    assert {"a"} == set(said(client, ended(client, newest[1]).output_file_id))


def test_a_batch_can_be_cancelled_until_it_has_ended(client: OpenAI, engine: Engine) -> None:
    engine.faults.plan("batch_stuck")
    batch = client.batches.cancel(begun(client, line("a"), line("b")).id)

    assert "cancelling" == batch.status
    last = ended(client, batch)
    assert "cancelled" == last.status
    assert {"batch_cancelled"} == {one["error"]["code"] for one in said(client, last.error_file_id).values()}
    with pytest.raises(ConflictError):
        client.batches.cancel(batch.id)


def test_what_is_not_there_or_not_allowed_is_refused(client: OpenAI) -> None:
    with pytest.raises(NotFoundError):
        client.batches.retrieve("batch_x")
    with pytest.raises(NotFoundError):
        client.files.content("file-x")
    with pytest.raises(BadRequestError):
        client.files.create(file=("a.txt", b"x"), purpose="poems")  # type: ignore[arg-type]
    picture = client.files.create(file=("a.png", b"x"), purpose="vision")
    with pytest.raises(BadRequestError, match="purpose"):
        client.batches.create(input_file_id=picture.id, endpoint=ENDPOINT, completion_window="24h")
    with pytest.raises(APIStatusError):
        client.with_options(api_key="wrong").files.list()
    assert client.files.delete(picture.id).deleted
    with pytest.raises(NotFoundError):
        client.files.retrieve(picture.id)
