"""Rows as files and code for the Batch API, run against the demo engine."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from tests import forks
from tests.triptych.engine.wire import png
from triptych.engine.serve import Engine
from triptych.export.batch_code import BATCH_LANGUAGES, batch_files, inputs, jsonl
from triptych.inputs import Attachment, measured
from triptych.request import ImageRequest
from triptych.servers import OPENAI

FAST = ImageRequest(model="gpt-image-2", prompt="A boat", size="1024x640", quality="low", output_format="jpeg", n=2)
NASTY = 'quotes \' " """ ` … \\ \\n $HOME $(touch hacked) `touch hacked` %s {{ 1 }}\nJSON\nEOF\n\u2028\u202e\0 ü 語 🦊'
EVERY = pytest.mark.parametrize("language", BATCH_LANGUAGES)
Write = Callable[..., str]


def beside(requests: dict[str, ImageRequest], *images: bytes) -> None:
    """Write what the code reads into the working directory."""
    data = {Attachment.of(image).sha256: image for image in images}
    for name, (sha256, _) in inputs(requests).items():
        Path(name).write_bytes(data[sha256])
    for file in batch_files(requests):
        Path(file.name).write_bytes(b"".join(jsonl(file, requests)))


def run(language: str, requests: dict[str, ImageRequest], engine: Engine) -> subprocess.CompletedProcess[str]:
    suffix, _, write = BATCH_LANGUAGES[language]
    path = Path(f"batch{suffix}")
    path.write_text(write(requests, engine.base_url, OPENAI, pause=0), encoding="utf-8")
    environment = forks.bare(OPENAI_API_KEY=engine.token)
    if suffix == ".py":
        return forks.run(path.name, cwd=Path.cwd(), environment=environment)
    return subprocess.run(
        ["bash", path.name],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def form_of(path: str) -> str:
    found = measured(Path(path).read_bytes())
    assert found
    return found[0].name


@EVERY
def test_the_code_brings_every_row_back(language: str, engine: Engine) -> None:
    _, navy, _ = png(Image.new("RGB", (64, 64), "navy"))
    hole = Image.new("RGBA", (64, 64), "white")
    hole.paste((0, 0, 0, 0), (16, 16, 48, 48))
    _, mask, _ = png(hole)
    edit = replace(FAST, n=1, images=(Attachment.of(navy),), mask=Attachment.of(mask))
    requests = {"row1": FAST, "row2": edit, "row3": replace(FAST, prompt=NASTY, n=1, output_format="png")}
    beside(requests, navy, mask)

    done = run(language, requests, engine)

    assert (0, "") == (done.returncode, done.stderr)
    saved = {"row1-1.jpeg", "row1-2.jpeg", "row2-1.jpeg", "row3-1.png"}
    assert saved == {path.name for path in Path().glob("row*")}
    assert {"row3-1.png": "png"} == {path: form for path in saved if (form := form_of(path)) != "jpeg"}
    assert "batch-1.jsonl completed\n" in done.stdout
    asked = [json.loads(text) for path in Path().glob("batch-*.jsonl") for text in path.read_text("utf-8").splitlines()]
    assert {"A boat", NASTY} == {one["body"]["prompt"] for one in asked}
    assert [] == list(Path().rglob("hacked"))
    assert engine.token not in "".join(path.read_text("utf-8") for path in Path().glob("batch*"))


@EVERY
def test_the_code_says_what_failed(language: str, engine: Engine) -> None:
    requests = {"row1": FAST, "row2": replace(FAST, prompt="[fault:moderation_input] x")}
    beside(requests)

    done = run(language, requests, engine)
    engine.faults.plan("batch_invalid", line=2)
    refused = run(language, requests, engine)

    assert (0, "") == (done.returncode, done.stderr)
    assert "row2: Your request was rejected" in done.stdout
    assert "batch-1.jsonl, line 2: This line is not parseable" in refused.stdout


def test_rows_of_several_models_go_into_a_file_each() -> None:
    requests = {"row1": FAST, "row2": replace(FAST, model="gpt-image-2.6-flare"), "row3": FAST}

    assert [("batch-1.jsonl", ("row1", "row3")), ("batch-2.jsonl", ("row2",))] == [
        (file.name, file.names) for file in batch_files(requests)
    ]
