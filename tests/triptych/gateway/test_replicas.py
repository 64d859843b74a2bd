"""Gateways behind nginx: of two that share their records, one key is paid once, and each opens the other's links."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from openai import OpenAI

from tests.nginx import nginx
from tests.serving import ROOT, free_port, playground
from tests.test_deploy import snippets
from tests.triptych.client.raw import Visit, b64, head
from tests.triptych.gateway.conftest import MODEL, PATIENCE, TOKEN
from tests.triptych.gateway.upstream import Upstream
from tests.triptych.store.conftest import bucket, cradle, postgres, schema  # noqa: F401 - fixtures
from triptych.engine.serve import Engine

NAME = "paint.example.com"
TURNS = "upstream both { server ONE; server OTHER; }"  # one request to the one, the next to the other


@pytest.fixture
def documented() -> str:
    """The nginx of docs/deploy.md."""
    (snippet,) = snippets("nginx", (ROOT / "docs" / "deploy.md").read_text("utf-8"))
    return snippet


def leading(snippet: str, port: int, to: str) -> str:
    return snippet.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("127.0.0.1:8501", to)


@pytest.fixture
def shared(schema: str, bucket: str) -> dict[str, str]:  # noqa: F811 - the fixtures from there
    return {"TRIPTYCH_DATABASE_URL": schema, "TRIPTYCH_STORAGE_URL": bucket, "STREAMLIT_SERVER_ALLOWED_HOSTS": NAME}


def test_of_two_replicas_behind_nginx_a_key_is_paid_once_and_every_link_opens_at_both(
    tmp_path: Path, engine: Engine, upstream: dict[str, str], shared: dict[str, str], documented: str
) -> None:
    port = free_port()
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    with (
        playground(tmp_path / "one", **upstream, **shared) as one,
        playground(tmp_path / "other", **upstream, **shared) as other,
    ):
        places = [urlsplit(address).netloc for address in (one, other)]
        turns = TURNS.replace("ONE", places[0]).replace("OTHER", places[1])
        with nginx(tmp_path / "nginx", turns + leading(documented, port, "both")):

            def asked(_number: int) -> tuple[str, str]:
                headers = {"Host": NAME, "Idempotency-Key": "of-both"}
                with OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key=TOKEN, max_retries=0) as sdk:
                    raw = sdk.images.with_raw_response.generate(model=MODEL, prompt="of both", extra_headers=headers)
                    return raw.headers["x-triptych-sha256"], (raw.parse().data or [])[0].url or ""

            with ThreadPoolExecutor(8) as clients:
                told = list(clients.map(asked, range(8)))
            link = urlsplit(told[0][1])
            opened = [httpx2.get(f"http://{place}{link.path}?{link.query}", headers={"Host": NAME}) for place in places]

    assert 1 == len({digest for digest, _ in told})
    assert 1 == sum(entry.method == "POST" for entry in engine.log)
    assert NAME == link.netloc
    assert [(200, "image/png")] * 2 == [(one.status_code, one.headers["content-type"]) for one in opened]


class Stages(Upstream):
    """Sends a stage at once, and the image when it is told to."""

    async def answer(self, visit: Visit) -> None:
        stage = {"type": "image_generation.partial_image", "b64_json": b64(), "partial_image_index": 0}
        done = {"type": "image_generation.completed", "b64_json": b64(), "usage": {"output_tokens": 5}}
        await visit.say(head(kind="text/event-stream") + event(stage))
        self.asked.set()
        await self.told()
        await visit.say(event(done))


def event(data: dict[str, object]) -> bytes:
    return f"event: {data['type']}\ndata: {json.dumps(data)}\n\n".encode()


@pytest.fixture
def stages() -> Iterator[Stages]:
    here = Stages()
    yield here
    here.end()


def test_through_nginx_each_stage_comes_when_it_is_there(tmp_path: Path, stages: Stages, documented: str) -> None:
    port = free_port()
    with playground(tmp_path, **stages.environment, STREAMLIT_SERVER_ALLOWED_HOSTS=NAME) as address:
        server = leading(documented, port, urlsplit(address).netloc)
        with (
            nginx(tmp_path / "nginx", server),
            OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key=TOKEN, max_retries=0, timeout=PATIENCE) as sdk,
        ):
            stream = iter(sdk.images.generate(model=MODEL, prompt="x", stream=True, extra_headers={"Host": NAME}))
            first = next(stream)
            stages.draw()
            rest = [one.type for one in stream]

    assert "image_generation.partial_image" == first.type
    assert ["image_generation.completed"] == rest
