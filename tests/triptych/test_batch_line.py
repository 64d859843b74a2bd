"""Requests as lines of the Batch API's files: what a line says, which go into one file, and what cannot."""

import json
from dataclasses import replace

import pytest

from triptych.inputs import Attachment
from triptych.request import ImageRequest, batch_line
from triptych.request.batch_line import batchable, body, in_files, line, problem
from triptych.servers import GENERIC, OPENAI

ONE = ImageRequest(model="gpt-image-2", prompt="a fox\n語", quality="low", partial_images=2, n=2, stream_each=True)
IMAGE = Attachment("a" * 64, "png", 64, 64, 100)
MASK = Attachment("b" * 64, "png", 64, 64, 90)
EDIT = replace(ONE, images=(IMAGE,), mask=MASK)


def test_a_line_asks_for_all_that_is_asked_and_streams_nothing() -> None:
    written = line("row1", ONE, OPENAI, {})

    assert 1 == written.count(b"\n")
    assert {
        "custom_id": "row1",
        "method": "POST",
        "url": "/v1/images/generations",
        "body": {"model": "gpt-image-2", "prompt": "a fox\n語", "quality": "low", "n": 2},
    } == json.loads(written)
    assert 1 == len(batchable(ONE).parts())


def test_an_edit_names_its_images_by_their_ids() -> None:
    asked = body(EDIT, OPENAI, {IMAGE.sha256: "file-1", MASK.sha256: "file-2"})

    assert ([{"file_id": "file-1"}], {"file_id": "file-2"}) == (asked["images"], asked["mask"])


def test_a_file_has_one_model_and_endpoint_and_every_name_is_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_line, "MOST_LINES", 2)
    requests = {"a": ONE, "b": EDIT, "c": ONE, "d": replace(ONE, model="gpt-image-2.6-flare"), "e": ONE}

    found = [(lines.model, lines.endpoint, lines.names) for lines in in_files(requests, OPENAI)]

    assert [
        ("gpt-image-2", "generations", ("a", "c")),
        ("gpt-image-2", "generations", ("e",)),
        ("gpt-image-2", "edits", ("b",)),
        ("gpt-image-2.6-flare", "generations", ("d",)),
    ] == found


def test_a_file_is_no_heavier_than_it_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    requests = {f"row{number}": replace(EDIT, prompt="x" * 100 * number) for number in range(1, 9)}
    ids = {IMAGE.sha256: "f" * 64, MASK.sha256: "f" * 64}
    weights = {name: len(line(name, request, OPENAI, ids)) for name, request in requests.items()}
    monkeypatch.setattr(batch_line, "MOST_BYTES", 2500)

    files = [lines.names for lines in in_files(requests, OPENAI)]

    assert list(requests) == [name for names in files for name in names]
    assert all(sum(weights[name] for name in names) <= 2500 for names in files)
    assert len(files) < len(requests)


def test_what_cannot_be_batched_says_so() -> None:
    unsure = replace(ONE, model="gpt-image-2.6-flare")

    told = [
        problem(ONE, OPENAI),
        problem(ONE, GENERIC),
        problem(unsure, OPENAI),
        problem(unsure, OPENAI, unconfirmed=True),
        problem(replace(ONE, images=(IMAGE,), variation=True), OPENAI),
    ]

    assert [None, "no Batch API", "not confirmed", None, "no variations"] == [
        one and next(words for words in ("no Batch API", "not confirmed", "no variations") if words in one.sentence)
        for one in told
    ]
