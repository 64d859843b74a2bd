"""The request as code, word for word."""

import ast
import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from triptych.export import code, curl, javascript, python, python_async
from triptych.request import ImageRequest

SHORT = ImageRequest(model="gpt-image-2", prompt="A boat", size="1024x1024")


@settings(max_examples=300)
@given(st.text(st.characters(codec=None)))
def test_any_text_is_written_so_that_it_reads_back(text: str) -> None:
    written = code._python_literal(text), code._json(text), code._javascript_literal(text)

    assert (text, text, text) == (ast.literal_eval(written[0]), json.loads(written[1]), json.loads(written[2]))
    assert [True, True, True] == [line.isprintable() for line in written]


def test_code_in_a_page_cannot_end_its_script_element() -> None:
    text = javascript(replace(SHORT, prompt="</script><!--"))

    assert ("</script" in text, "<!--" in text) == (False, False)


def test_an_api_version_in_the_address_is_kept_in_every_language() -> None:
    address = "https://me.openai.azure.com/openai/v1?api-version=preview"
    called = 'base_url="https://me.openai.azure.com/openai/v1", default_query={"api-version": "preview"}, max_retries=0'
    asked = "https://me.openai.azure.com/openai/v1/images/generations?api-version=preview"

    assert [True, True] == [called in write(SHORT, address) for write in (python, python_async)]
    assert [True, True] == [asked in write(SHORT, address) for write in (curl, javascript)]


def test_python_is_written_exactly() -> None:
    assert '''"""Make an image: pip install openai, put your key into OPENAI_API_KEY, run."""

import base64
from pathlib import Path

from openai import OpenAI

# No retries: a request that is sent again may be charged again.
client = OpenAI(max_retries=0)

answer = client.images.generate(
    model="gpt-image-2",
    prompt="A boat",
    size="1024x1024",
)
if not answer.data:
    raise SystemExit("The answer contains no image.")
for number, image in enumerate(answer.data, start=1):
    Path(f"image-{number}.png").write_bytes(base64.b64decode(image.b64_json))
''' == python(SHORT)


def test_async_python_is_written_exactly() -> None:
    assert '''"""Make an image: pip install openai, put your key into OPENAI_API_KEY, run."""

import asyncio
import base64
from pathlib import Path

from openai import AsyncOpenAI


async def draw(client: AsyncOpenAI, number: int = 1) -> None:
    answer = await client.images.generate(
        model="gpt-image-2",
        prompt="A boat",
        size="1024x1024",
    )
    if not answer.data:
        raise RuntimeError("The answer contains no image.")
    for index, image in enumerate(answer.data, start=number):
        Path(f"image-{index}.png").write_bytes(base64.b64decode(image.b64_json))


async def main() -> None:
    # No retries: a request that is sent again may be charged again.
    async with AsyncOpenAI(base_url="http://localhost:8080/v1", max_retries=0) as client:
        await draw(client)


asyncio.run(main())
''' == python_async(SHORT, "http://localhost:8080/v1/")


def test_curl_is_written_exactly() -> None:
    assert r"""#!/usr/bin/env bash
# Needs curl and python3. The key is read from OPENAI_API_KEY.
: "${OPENAI_API_KEY:?Put your key into OPENAI_API_KEY first.}"

curl --silent --show-error --no-buffer --max-time 600 https://api.openai.com/v1/images/generations \
  --header @<(printf 'Authorization: Bearer %s\n' "$OPENAI_API_KEY") \
  --header 'Content-Type: application/json' \
  --data-binary @- <<'JSON' |
{
  "model": "gpt-image-2",
  "prompt": "A boat",
  "size": "1024x1024"
}
JSON
python3 -c '
import base64, json, sys

def save(name, data):
    with open(name, "wb") as file:
        file.write(base64.b64decode(data))

text = sys.stdin.read()
try:
    images = json.loads(text)["data"]
except (ValueError, KeyError, TypeError):
    sys.exit(text[:2000] or "No answer came.")
if not images:
    sys.exit("The answer contains no image.")
for number, image in enumerate(images, start=1):
    save(f"image-{number}.png", image["b64_json"])
'
""" == curl(SHORT)


def test_javascript_is_written_exactly() -> None:
    assert """// Needs Node 20 or later and no package. The key is read from OPENAI_API_KEY.
import { writeFile } from "node:fs/promises";

const key = process.env.OPENAI_API_KEY;
if (!key) throw new Error("Put your key into OPENAI_API_KEY first.");

const save = (name, data) => writeFile(name, Buffer.from(data, "base64"));

async function draw() {
  const answer = await fetch("https://api.openai.com/v1/images/generations", {
    method: "POST",
    redirect: "error",
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
    body: JSON.stringify({
      model: "gpt-image-2",
      prompt: "A boat",
      size: "1024x1024",
    }),
  });
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
  const { data } = await answer.json();
  if (!data?.length) throw new Error("The answer contains no image.");
  for (const [index, image] of data.entries()) await save(`image-${index + 1}.png`, image.b64_json);
}

await draw();
""" == javascript(SHORT)
