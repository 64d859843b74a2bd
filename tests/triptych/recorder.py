"""A server that keeps what it is sent, for what must arrive as somebody else sends it."""

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.serving import answering


class Recorder(BaseHTTPRequestHandler):
    """A server that keeps what it is sent and answers every request with the same two bytes."""

    bodies: list[Any]
    keys: list[str | None]

    def do_POST(self) -> None:
        self.bodies.append(self.read())
        self.keys.append(self.headers["authorization"])
        answer = json.dumps({"created": 0, "data": [{"b64_json": b64encode(b"ok").decode()}]}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def read(self) -> Any:
        """The JSON body, or a form's parts: name, file name, media type and bytes of each."""
        if "chunked" in self.headers.get("transfer-encoding", ""):
            data = b"".join(iter(self.chunk, b""))
        else:
            data = self.rfile.read(int(self.headers["content-length"]))
        kind = self.headers["content-type"]
        if not kind.startswith("multipart/form-data"):
            return json.loads(data)
        form = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + data, policy=HTTP)
        asked = ((part, part["content-disposition"].params) for part in form.iter_parts())
        return sorted(
            (
                said["name"],
                said.get("filename"),
                part.get_content_type() if "filename" in said else None,
                part.get_payload(decode=True),
            )
            for part, said in asked
        )

    def chunk(self) -> bytes:
        data = self.rfile.read(int(self.rfile.readline(), 16))
        self.rfile.readline()
        return data

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def recording() -> Iterator[tuple[str, type[Recorder]]]:
    """One of them, at the base URL that it gives, with nothing kept yet."""
    handler = type("OneRecorder", (Recorder,), {"bodies": [], "keys": []})
    with answering(handler) as address:
        yield f"{address}/v1", handler
