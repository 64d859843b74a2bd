"""Small servers that list models as the compatible servers people run do."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from threading import Event
from typing import Any

from tests.serving import answering


@dataclass
class Stub:
    """A server at ``base_url``; ``asked`` has path and Authorization of each look at its list, ``probed`` of others.

    It answers GET alone.
    """

    base_url: str = ""
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    probed: list[tuple[str, str | None]] = field(default_factory=list)
    may_answer: Event = field(default_factory=Event)


@contextmanager
def listing(
    *entries: dict[str, Any],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    statuses: Mapping[str, int] | None = None,
) -> Iterator[Stub]:
    """A server whose model list has ``entries``, and other paths their ``statuses``, or 404.

    It answers when ``may_answer`` is set, which it is at first.
    """
    stub = Stub()
    stub.may_answer.set()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_list = self.path.startswith("/v1/models")
            (stub.asked if is_list else stub.probed).append((self.path, self.headers.get("Authorization")))
            stub.may_answer.wait(30)
            body = json.dumps({"object": "list", "data": entries if is_list else []}).encode()
            self.send_response(status if is_list else (statuses or {}).get(self.path, 404))
            said = {"Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})}
            for name, value in said.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Say nothing: the tests read what was asked."""

    with answering(Handler) as address:
        stub.base_url = f"{address}/v1"
        try:
            yield stub
        finally:
            stub.may_answer.set()
