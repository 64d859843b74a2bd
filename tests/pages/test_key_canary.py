"""A key that looks like none, repeated by its server wherever it can: on no page, in no file, no log (TRUST.md K9)."""

import base64
import json
import logging
import socket
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components.state.services import Services
from tests.pages.tabs import nodes, read, save, tab
from tests.serving import answering
from tests.triptych.client.raw import PARTIAL, b64, event, head, whole
from triptych.client import ImageClient

pytestmark = pytest.mark.usefixtures("framed")
PATIENCE = 60.0
KEY = "GATEWAY-9f8e7d6c5b4a-XYZ"
PAGES = ("generate", "edit", "compare", "history", "spending", "models", "settings")
FORMS = (KEY, KEY.upper(), KEY.encode().hex(), base64.b64encode(KEY.encode()).decode().rstrip("="))
PARTS = {form[at : at + 8] for form in FORMS for at in range(len(form) - 7)}  # each of them tells a part of the key
ERROR = {"message": f"bad key {KEY} ({KEY[:12]})", "type": KEY, "code": KEY, "param": KEY}
NOTED = {
    "created": 1,
    "quality": KEY,
    "size": KEY,
    "background": KEY,
    "output_format": KEY,
    "created_by": KEY,
    "usage": {"output_tokens": 5, KEY: KEY},
    "svg_usage": {KEY: [KEY]},
}
SSE = head(kind="text/event-stream", request_id=KEY)
FIELDS = {"revised_prompt": f"a fox {KEY}", "svg": f"<svg>{KEY}</svg>", "id": KEY}
ANSWERS = {
    "an error": whole({"error": ERROR}, 400, x_request_id=KEY),
    "a refused key": whole({"error": ERROR}, 401, www_authenticate=f"Bearer {KEY}"),
    "an error without form": whole({"detail": [{"msg": KEY, "loc": [KEY]}]}, 422),
    "a page": whole(f"<html><title>{KEY}</title><p>{KEY}</p></html>".encode(), 502, "text/html", server=KEY),
    "a page instead of an image": whole(f"<html><body>{KEY}</body></html>".encode(), kind=f"text/html; x={KEY}"),
    "a limit": whole({"error": {**ERROR, "code": "rate_limit_exceeded"}}, 429, retry_after="4000", x_request_id=KEY),
    "a limit until the key": whole({"error": ERROR}, 429, retry_after=KEY, x_should_retry="false"),
    "an error in a stream": SSE + event("error", {"type": "error", "error": ERROR}),
    "an error after a stage": SSE + event(PARTIAL["type"], PARTIAL) + event("error", {"error": ERROR}),
    "an image": whole({**NOTED, "data": [{"b64_json": b64(), **FIELDS}]}, x_request_id=KEY),
    "no image": whole({**NOTED, "data": [], "note": KEY}),
    "an image that is none": whole({**NOTED, "data": [{"b64_json": f"!{KEY}!", **FIELDS}]}),
    "a drawing": whole({"data": [{"b64_json": f"<svg width='8' height='8'><!-- {KEY} --></svg>"}]}),
    "an image elsewhere": whole({"data": [{"url": f"https://nowhere.invalid/{KEY}.png?key={KEY}"}]}),
    "a task": whole({"id": KEY, "status": "queued", "status_url": f"https://nowhere.invalid/{KEY}"}, 202),
    "half an answer": head(length=9999) + json.dumps({"data": [], "said": KEY}).encode(),
}
ALONE = {"a refused key", "a limit", "a limit until the key"}  # after which nothing more is sent with this key
TOGETHER = [[name for name in ANSWERS if name not in ALONE], *([name] for name in sorted(ALONE))]
MODELS = whole(
    {
        "object": "list",
        "data": [{"id": f"model-{KEY}", "object": "model", "owned_by": KEY}, {"id": "gpt-image-2", "object": "model"}],
    },
    x_request_id=KEY,
)


class Repeating(BaseHTTPRequestHandler):
    """Answers each POST with ``answer``, and lists models that are called by the key."""

    answer: bytes

    def do_GET(self) -> None:
        self.wfile.write(MODELS)

    def do_POST(self) -> None:
        assert self.headers["Authorization"] == f"Bearer {KEY}"
        self.rfile.read(int(self.headers["Content-Length"]))
        self.wfile.write(self.answer)
        self.connection.shutdown(socket.SHUT_WR)

    def log_message(self, *arguments: object) -> None:
        """Say nothing: a log of ours is looked at."""


def told(text: str | bytes) -> list[str]:
    """The parts of the key that stand in ``text``."""
    return sorted(part for part in PARTS if (part.encode() if isinstance(text, bytes) else part) in text)


def shown(page: AppTest) -> list[str]:
    """The parts of the key on this page: elements, blocks, toasts, address."""
    assert not page.exception
    return told("".join([*(str(node.proto) for node in nodes(page)), str(page.query_params)]))


def leaks(page: AppTest, process: Services, home: Path, caplog: pytest.LogCaptureFixture) -> dict[str, list[str]]:
    """Where any part of the key is, on every page with its Details open, in every file, in every line of the log."""
    places = dict[str, list[str]]()
    records = process.store.history.search("local").records
    for name in PAGES:
        places[name] = shown(page.switch_page(f"pages/{name}.py").run())
        for record in records if name == "history" else ():
            page.query_params["id"] = record.id
            places["details"] = shown(page.run())
            del page.query_params["id"]
    for path in home.parent.rglob("*"):
        if path.is_file():
            places[path.name] = told(path.read_bytes())
    places["log"] = told("".join(f"{one.getMessage()} {one.__dict__}" for one in caplog.records))
    return {place: found for place, found in places.items() if found}


@pytest.mark.parametrize("fits", [True, pytest.param(False, marks=pytest.mark.trust)])  # the answer what is asked for
@pytest.mark.parametrize("names", TOGETHER, ids="; ".join)
def test_a_key_that_its_server_repeats_is_on_no_page_in_no_file_and_no_log(
    process: Services,
    home: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    names: list[str],
    *,
    fits: bool,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(ImageClient, "_backoff", lambda *_: 0.0)
    with answering(Repeating) as address:
        page = read(save(tab(), engine="compatible", base_url=f"{address}/v1", api_key=KEY))
        page.switch_page("pages/generate.py").run()
        page.session_state["quality"] = "low"
        for name in names:
            Repeating.answer = ANSWERS[name]
            page.session_state["stream"] = ANSWERS[name].startswith(SSE) is fits
            page.text_area(key="prompt").set_value(f"a fox in the snow beside {name}").run()
            page.button(key="run").click().run()
            process.jobs.drain(PATIENCE)
            page.run()
            assert [] == shown(page), name
        assert len(names) == process.store.history.search("local").total

        assert {} == leaks(page, process, home, caplog)
