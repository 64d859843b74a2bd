"""The request as code: exact for a short one, and run for the others."""

import hashlib
import subprocess
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openai import OpenAI
from PIL import Image

from tests import forks, node
from tests.triptych.recorder import Recorder, recording
from triptych.client.uploads import uploads
from triptych.engine.serve import Engine
from triptych.export import SCRIPTS, Language, files
from triptych.inputs import Attachment
from triptych.request import ImageRequest
from triptych.servers import LOCALAI, OPENAI

SHORT = ImageRequest(model="gpt-image-2", prompt="A boat", size="1024x1024")
FAST = ImageRequest(model="gpt-image-2", prompt="A red boat on a calm sea", size="1024x1024", quality="low")
RUNNERS = {".sh": "bash", ".mjs": "node"}  # Python is begun by a fork
EVERY = pytest.mark.parametrize("language", SCRIPTS, ids=lambda language: language.label)
AT_ONCE = [language for language in SCRIPTS if language.label not in {"Python", "curl"}]
NASTY = (
    "quotes ' \" ''' \"\"\" ` `` … \\ \\\\ \\n \\' \\\" $HOME $(touch hacked) `touch hacked` ${x} %s %d {x} {{ 1 }} "
    '{% x %}\nJSON\nPYTHON\nEOF\n\' "$1" && touch hacked # \t\r\n\u2028\u2029\u202e\x7f\x1b[31m </script><!-- --> '
    "<?php ?> */ // \0 ü 語 🦊"
)


@pytest.fixture
def recorder() -> Iterator[tuple[str, type[Recorder]]]:
    with recording() as here:
        yield here


def run(language: Language, text: str, key: str | None) -> subprocess.CompletedProcess[str]:
    """Save the code in the working directory and run it, with nothing in the environment but the key."""
    path = Path(f"request{language.file_suffix}")
    path.write_text(text, encoding="utf-8")
    if not Path("node_modules").exists():
        Path("node_modules").symlink_to(node.FOLDER / "node_modules")
    environment = forks.bare(**({"OPENAI_API_KEY": key} if key is not None else {}))
    if language.file_suffix == ".py":
        return forks.run(path.name, cwd=Path.cwd(), environment=environment)
    return subprocess.run(
        [RUNNERS[language.file_suffix], path.name],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def picture(*, hole: bool = False, form: str = "PNG") -> bytes:
    out = BytesIO()
    image = Image.new("RGBA" if hole else "RGB", (1024, 1024), "teal")
    if hole:
        image.paste((0, 0, 0, 0), (300, 300, 600, 600))
    image.save(out, form)
    return out.getvalue()


def edit(**values: Any) -> tuple[ImageRequest, dict[str, bytes]]:
    """A masked edit of two pictures whose files lie in the working directory; and their bytes by SHA-256."""
    first, second, mask = picture(), picture(form="JPEG"), picture(hole=True)
    images = (Attachment.of(first), Attachment.of(second))
    request = replace(FAST, images=images, mask=Attachment.of(mask), **values)
    given = {one.sha256: data for one, data in zip((*images, request.mask), (first, second, mask), strict=True) if one}
    for name, sha256 in files(request).items():
        Path(name).write_bytes(given[sha256])
    return request, given


def saved() -> dict[str, str]:
    """The saved pictures by name, each as the SHA-256 of its pixels: the engine signs each answer anew."""
    return {path.name: pixels(path.read_bytes()) for path in sorted(Path().glob("image-*"))}


def pixels(data: bytes) -> str:
    with Image.open(BytesIO(data)) as picture:
        return hashlib.sha256(repr(picture.size).encode() + picture.convert("RGBA").tobytes()).hexdigest()


@EVERY
def test_the_code_sends_any_prompt_and_model_as_they_are(
    language: Language, recorder: tuple[str, type[Recorder]]
) -> None:
    url, handler = recorder

    done = run(language, language.write(ImageRequest(model=NASTY, prompt=NASTY), url, OPENAI), "sk-test")

    assert (0, "") == (done.returncode, done.stderr)
    assert [{"model": NASTY, "prompt": NASTY}] == handler.bodies
    assert ["Bearer sk-test"] == handler.keys
    assert b"ok" == Path("image-1.png").read_bytes()
    assert [] == list(Path().rglob("hacked"))


@EVERY
def test_every_argument_arrives_as_the_sdk_sends_it(language: Language, recorder: tuple[str, type[Recorder]]) -> None:
    url, handler = recorder
    request = ImageRequest(
        model="gpt-image-2.6-flare",
        prompt="A boat",
        output_format="svg",
        background="opaque",
        moderation="low",
        complexity="low",
        svg_model="gpt-5",
        svg_effort="low",
        safety_identifier="u1",
    )

    with OpenAI(base_url=url, api_key="sk-test") as client:
        client.images.generate(**request.api_kwargs())
    run(language, language.write(request, url, OPENAI), "sk-test")

    sdk, ours = handler.bodies
    assert sdk == ours
    assert b"ok" == Path("image-1.svg").read_bytes()


@EVERY
def test_the_code_saves_the_pictures_that_the_sdk_gets(language: Language, engine: Engine) -> None:
    request = replace(FAST, n=2)
    with OpenAI(base_url=engine.base_url, api_key=engine.token) as client:
        sdk = client.images.generate(**request.api_kwargs())

    done = run(language, language.write(request, engine.base_url, OPENAI), engine.token)

    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)
    assert {
        f"image-{number}.png": pixels(b64decode(picture.b64_json or ""))
        for number, picture in enumerate(sdk.data or (), start=1)
    } == saved()


@EVERY
def test_the_code_saves_the_stages_and_the_picture_of_a_stream(language: Language, engine: Engine) -> None:
    request = replace(FAST, partial_images=2, output_format="webp", output_compression=60)
    with OpenAI(base_url=engine.base_url, api_key=engine.token) as client:
        *stages, final = [pixels(b64decode(event.b64_json)) for event in client.images.generate(**request.api_kwargs())]

    done = run(language, language.write(request, engine.base_url, OPENAI), engine.token)

    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)
    assert {"image-1-partial-1.webp": stages[0], "image-1-partial-2.webp": stages[1], "image-1.webp": final} == saved()


@EVERY
def test_several_streams_are_as_many_requests(language: Language, engine: Engine) -> None:
    request = replace(FAST, n=3, partial_images=1, stream_each=True)
    before = len(engine.log)

    done = run(language, language.write(request, engine.base_url, OPENAI), engine.token)

    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)
    names = [name for number in (1, 2, 3) for name in (f"image-{number}-partial-1.png", f"image-{number}.png")]
    assert names == list(saved())
    assert [(1, True)] * 3 == [(entry.n, entry.stream) for entry in list(engine.log)[before:]]


@EVERY
@pytest.mark.parametrize("fault", ["server_error", "empty"])
def test_a_failure_is_loud_and_sent_once(language: Language, fault: str, engine: Engine) -> None:
    before = len(engine.log)
    engine.faults.plan(fault)

    done = run(language, language.write(FAST, engine.base_url, OPENAI), engine.token)

    assert done.returncode != 0
    assert done.stderr.strip() != ""
    assert (1, {}) == (len(engine.log) - before, saved())


@EVERY
@pytest.mark.parametrize("fault", ["no_completed", "flat_error"])
def test_a_stream_without_its_picture_is_a_failure(language: Language, fault: str, engine: Engine) -> None:
    engine.faults.plan(fault)

    done = run(language, language.write(replace(FAST, stream=True), engine.base_url, OPENAI), engine.token)

    assert done.returncode != 0
    assert done.stderr.strip() != ""
    assert {} == saved()


@pytest.mark.parametrize("language", AT_ONCE, ids=lambda language: language.label)
def test_one_failure_among_several_keeps_the_others_pictures(language: Language, engine: Engine) -> None:
    engine.faults.plan("server_error")

    request = replace(FAST, n=3, partial_images=1, stream_each=True)
    done = run(language, language.write(request, engine.base_url, OPENAI), engine.token)

    assert done.returncode != 0
    assert 2 == len(list(Path().glob("image-?.png")))


@EVERY
def test_without_a_key_nothing_is_sent(language: Language, recorder: tuple[str, type[Recorder]]) -> None:
    url, handler = recorder

    done = run(language, language.write(SHORT, url, OPENAI), None)

    assert done.returncode != 0
    assert "OPENAI_API_KEY" in done.stderr
    assert [] == handler.bodies


@EVERY
def test_a_local_server_is_asked_for_what_it_heeds(language: Language) -> None:
    text = language.write(replace(SHORT, quality="high", partial_images=2), "http://localhost:8080/v1", LOCALAI)

    assert "b64_json" in text
    assert ("high" in text, "partial" in text) == (False, False)


@EVERY
def test_an_edit_sends_its_files_and_fields_as_the_sdk_does(
    language: Language, recorder: tuple[str, type[Recorder]]
) -> None:
    url, handler = recorder
    prompt = NASTY.replace("\0", "") + "one\ntwo\r\nthree\rfour"  # a word of Bash holds no NUL
    prompt = prompt if language.label != "Node" else " ".join(prompt.splitlines())  # its forms change line breaks
    how = {"prompt": prompt, "partial_images": 0, "output_format": "svg", "svg_model": "gpt-5", "svg_effort": "low"}
    request, given = edit(model="gpt-image-2.6-flare", **how)

    with OpenAI(base_url=url, api_key="sk-test") as client:
        client.images.edit(**request.api_kwargs(), **uploads(request, given, OPENAI))
    done = run(language, language.write(request, url, OPENAI), "sk-test")

    sdk, ours = handler.bodies
    assert (0, "") == (done.returncode, done.stderr)
    assert sdk == ours
    assert [] == list(Path().rglob("hacked"))


@EVERY
def test_an_edit_in_streams_saves_each_stage(language: Language, engine: Engine) -> None:
    request, _ = edit(n=2, partial_images=1, stream_each=True)

    done = run(language, language.write(request, engine.base_url, OPENAI), engine.token)

    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)
    assert [f"image-{n}{stage}.png" for n in (1, 2) for stage in ("-partial-1", "")] == list(saved())
