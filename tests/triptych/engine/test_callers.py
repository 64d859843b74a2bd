"""The demo engine for other programs: pages on this machine, links to images, wrong methods, and whose fault it was."""

import http.client
import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx2
import openai
import pytest
from openai import OpenAI
from PIL import Image

from tests.triptych.engine.wire import MODEL, png
from triptych.engine.faults import CALLERS, REMEMBERED, Faults
from triptych.engine.serve import Engine

SQUARE = Image.new("RGB", (64, 64), "teal")


def preflight(engine: Engine, origin: str, method: str = "POST") -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", engine.port, timeout=20)
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    wanted = {"Access-Control-Request-Headers": "authorization, content-type, x-triptych-fault"}
    connection.request("OPTIONS", "/v1/images/generations", headers=asked | wanted)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


@pytest.mark.parametrize(
    "origin", ["http://localhost:3000", "http://127.0.0.1", "https://127.0.0.1:8443", "http://[::1]:5173"]
)
def test_a_page_on_this_machine_may_ask_from_its_browser(engine: Engine, origin: str) -> None:
    allowed = preflight(engine, origin)
    asked = {"Origin": origin, "Authorization": f"Bearer {engine.token}"}
    answer = httpx2.get(f"{engine.base_url}/models", headers=asked, trust_env=False)

    assert (200, origin) == (allowed.status, allowed.headers["access-control-allow-origin"])
    assert "x-triptych-fault" in allowed.headers["access-control-allow-headers"]
    assert (200, origin) == (answer.status_code, answer.headers["access-control-allow-origin"])
    assert "x-request-id" in answer.headers["access-control-expose-headers"]


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "http://localhost.evil.example", "http://127.0.0.1.evil.example", "null", "file://"],
)
def test_a_page_from_elsewhere_may_not(engine: Engine, origin: str) -> None:
    refused = preflight(engine, origin)

    assert (400, None) == (refused.status, refused.headers["access-control-allow-origin"])


def test_variations_come_as_links_where_links_are_asked_for(client: OpenAI, engine: Engine) -> None:
    with pytest.deprecated_call():  # OpenAI's own service has no variations any more
        answer = client.images.create_variation(image=png(SQUARE), n=2, size="256x256", response_format="url")
    links = [image.url or "" for image in answer.data or []]

    fetched = [httpx2.get(link, trust_env=False) for link in links]

    assert (2, {urlsplit(engine.base_url).netloc}) == (len(set(links)), {urlsplit(link).netloc for link in links})
    assert [(200, "image/png", b"\x89PNG")] * 2 == [
        (image.status_code, image.headers["content-type"], image.content[:4]) for image in fetched
    ]
    assert [None, None] == [image.b64_json for image in answer.data or []]
    assert 404 == httpx2.get(f"{links[0]}x", trust_env=False).status_code


def test_an_unknown_way_to_answer_is_refused(client: OpenAI) -> None:
    refused = pytest.raises(openai.BadRequestError, match="Supported values are: 'url', 'b64_json'")
    with pytest.deprecated_call(), refused:
        client.images.create_variation(image=png(SQUARE), response_format="tiff")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("GET", "images/generations", "POST"), ("PUT", "images/edits", "POST"), ("DELETE", "models", "GET, HEAD")],
)
def test_a_wrong_method_is_told_as_such(engine: Engine, method: str, path: str, allowed: str) -> None:
    answer = httpx2.request(method, f"{engine.base_url}/{path}", trust_env=False)

    assert (405, "method_not_supported") == (answer.status_code, answer.json()["error"]["code"])
    assert set(allowed.split(", ")) == set(answer.headers["allow"].split(", "))


def test_a_wrong_path_is_told_with_its_method(engine: Engine) -> None:
    answer = httpx2.get(f"{engine.base_url}/nothing", trust_env=False)

    assert (404, "Invalid URL (GET /v1/nothing)") == (answer.status_code, answer.json()["error"]["message"])


@pytest.fixture
def shared() -> Iterator[Engine]:
    """An engine as `triptych engine` serves it: each caller has a key of its own."""
    engine = Engine.start(pace=0)
    engine.app.state.token = None
    yield engine
    engine.stop()


def status(engine: Engine, key: str) -> int:
    asked = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    body = json.dumps({"model": MODEL, "prompt": "a cat [fault:overloaded]", "quality": "low"})
    return httpx2.post(
        f"{engine.base_url}/images/generations", headers=asked, content=body, trust_env=False
    ).status_code


def test_a_fault_in_a_prompt_is_counted_for_each_key(shared: Engine) -> None:
    assert [503, 503, 200, 200, 503] == [status(shared, key) for key in ("one", "two", "one", "two", "one")]


def test_one_caller_with_many_prompts_makes_no_other_forget(shared: Engine) -> None:
    faults = Faults()
    marked = "[fault:overloaded] "
    assert faults.next(None, f"{marked}a cat", "one")

    for number in range(2 * REMEMBERED):
        faults.next(None, f"{marked}{number}", "two")
    assert None is faults.next(None, f"{marked}a cat", "one")

    for number in range(2 * CALLERS):
        faults.next(None, f"{marked}a cat", f"caller {number}")
    assert (CALLERS, True) == (len(faults._seen), all(len(seen) <= REMEMBERED for seen in faults._seen.values()))
