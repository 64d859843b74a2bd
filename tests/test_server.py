"""What the server answers, asked over a real socket."""

import gc
import http.client
import json
import re
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import streamlit

import server
from components.frame import lifecycle
from tests.conftest import Serve
from tests.serving import ROOT

UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def ask(address: str, path: str, **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Status, headers and body of one GET, the path sent exactly as it is."""
    url = urlsplit(address)
    connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=30)
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status, response.headers, b"" if response.status == 101 else response.read()
    finally:
        connection.close()


def test_health_is_told(server: str) -> None:
    status, _, body = ask(server, "/healthz")

    assert (200, b"ok") == (status, body)


def test_readiness_is_told(server: str) -> None:
    status, _, body = ask(server, "/readyz")

    assert (200, {"ready": True, "reasons": []}) == (status, json.loads(body))


@pytest.mark.parametrize("path", ["/healthz2", "/health", "/nowhere", "/generate", "/api/nothing"])
def test_a_wrong_path_is_not_healthy(server: str, path: str) -> None:
    status, _, _ = ask(server, path)

    assert 404 == status


@pytest.mark.parametrize(
    "path", ["/", *(f"/{page.stem}" for page in (ROOT / "pages").glob("*.py") if page.stem != "generate")]
)
def test_every_page_has_its_path(server: str, path: str) -> None:
    status, _, _ = ask(server, path)

    assert 200 == status


@pytest.mark.parametrize(
    "path",
    [
        "/media/../../etc/passwd",
        "/media/%2e%2e/%2e%2e/etc/passwd",
        "/static/..%2f..%2fetc/passwd",
        "//etc/passwd",
        "/component/x/../../etc/passwd",
        "/media/..%5c..%5cetc%5cpasswd",
    ],
)
def test_traversal_leads_nowhere(server: str, path: str) -> None:
    status, _, body = ask(server, path)

    assert status in {400, 404}
    assert b"root:" not in body


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "10.0.0.1", "", "127.0.0.1@evil.example"])
@pytest.mark.parametrize("upgrade", [{}, UPGRADE], ids=["page", "websocket"])
def test_a_foreign_host_is_refused(server: str, host: str, upgrade: dict[str, str]) -> None:
    path = "/_stcore/stream" if upgrade else "/"

    status, _, _ = ask(server, path, Host=host, **upgrade)

    assert 403 == status


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "file://"])
@pytest.mark.parametrize("upgrade", [{}, UPGRADE], ids=["page", "websocket"])
def test_a_foreign_origin_is_refused(server: str, origin: str, upgrade: dict[str, str]) -> None:
    path = "/_stcore/stream" if upgrade else "/"

    status, _, _ = ask(server, path, Origin=origin, **upgrade)

    assert 403 == status


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]"])
def test_our_own_page_may_connect(server: str, name: str) -> None:
    host = f"{name}:{urlsplit(server).port}"

    status, _, _ = ask(server, "/_stcore/stream", Host=host, Origin=f"http://{host}", **UPGRADE)

    assert 101 == status


@pytest.mark.parametrize(
    ("reached", "is_refused"),
    [(("127.0.0.1", 8501), False), (("::1", 8501), False), (("/run/socket", None), False), (("192.0.2.7", 8501), True)],
)
def test_without_login_only_this_machine_is_answered_whatever_uvicorn_was_told(
    reached: tuple[str, int | None], is_refused: bool
) -> None:
    scope = {"type": "http", "path": "/healthz", "headers": [(b"host", b"localhost")], "server": reached}

    problem = server.Guard(server.app).refusal(scope)

    assert is_refused == ("will not serve 192.0.2.7 without login" in str(problem))
    assert is_refused == (problem is not None)


def test_health_may_be_asked_by_any_name(server: str) -> None:
    status, _, _ = ask(server, "/healthz", Host="10.0.0.7:80")

    assert 200 == status


def test_a_page_loads_and_sends_nothing_elsewhere(server: str) -> None:
    _, headers, _ = ask(server, "/")
    policy = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))

    assert "'self'" == policy["default-src"]
    assert "'self'" == policy["frame-ancestors"]
    assert not any("http" in sources or "*" in sources.split() for sources in policy.values())
    assert "unsafe" not in policy["script-src"]
    assert ("nosniff", "no-referrer") == (headers["X-Content-Type-Options"], headers["Referrer-Policy"])


def test_bytes_opened_as_a_page_run_nothing(server: str) -> None:
    _, headers, _ = ask(server, "/media/anything.svg")

    assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none';")
    assert "nosniff" == headers["X-Content-Type-Options"]


def test_what_a_page_needs_early_is_there_to_the_byte_and_kept_for_ever(server: str) -> None:
    _, headers, page = ask(server, "/")
    scripts = re.findall(r'crossorigin (?:href|src)="\.(/static/js/[^"]+)"', page.decode())
    folder = Path(streamlit.__file__).parent / "static"

    assert len(scripts) == len(set(scripts)) > 50
    assert None is headers["link"]
    for path in scripts:
        status, told, body = ask(server, path)
        assert (200, (folder / path[1:]).read_bytes()) == (status, body)
        assert ("nosniff", "public, immutable, max-age=31536000") == (
            told["x-content-type-options"],
            told["cache-control"],
        )


def test_a_page_is_streamlits_own_to_the_byte(server: str) -> None:
    _, _, page = ask(server, "/edit")

    assert (Path(streamlit.__file__).parent / "static" / "index.html").read_bytes() == page


PAGES = sorted(page.stem for page in (ROOT / "pages").glob("*.py") if page.stem != "generate")
ASKED = (
    "/",
    *(f"/{page}" for page in PAGES),
    "/healthz",
    "/readyz",
    "/nowhere",
    "/edit/",
    "/favicon.png",
    "/media/x.png",
    "/download/x",
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/upload_file/a/b",
    "/static/js/nothing.js",
    "/manifest.json",
)


def head_of(address: str, method: str, path: str, **headers: str) -> bytes:
    """Status line and headers as they come over the wire."""
    url = urlsplit(address)
    with socket.create_connection((url.hostname, url.port), timeout=30) as wire:
        said = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        wire.sendall(f"{method} {path} HTTP/1.1\r\nHost: {url.netloc}\r\nConnection: close\r\n{said}\r\n".encode())
        answer = b""
        while b"\r\n\r\n" not in answer and (some := wire.recv(1 << 16)):
            answer += some
    return answer.partition(b"\r\n\r\n")[0]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
def test_no_answer_has_more_headers_than_a_proxy_takes(server: str, method: str) -> None:
    assets = re.findall(r'"\.(/static/[^"]+)"', ask(server, "/")[2].decode())

    sizes = {path: len(head_of(server, method, path)) for path in (*ASKED, *assets)}

    assert {} == {path: size for path, size in sizes.items() if not 0 < size < 4000}
    assert len(assets) > 50


def test_a_page_is_asked_for_anew_and_sent_only_if_it_changed(server: str) -> None:
    _, told, page = ask(server, "/")

    head = head_of(server, "HEAD", "/").decode().lower()
    again, _, nothing = ask(server, "/edit", **{"If-None-Match": told["etag"]})

    assert "no-cache" == told["cache-control"]
    assert head.startswith("http/1.1 200")
    assert f"content-length: {len(page)}" in head
    assert (304, b"") == (again, nothing)


def test_an_origin_that_is_no_address_is_refused(server: str) -> None:
    status, _, _ = ask(server, "/", Origin="http://[evil")

    assert 403 == status


def test_below_a_path_the_command_announces_it_and_health_is_asked_at_both_places(serve: Serve) -> None:
    address = serve(STREAMLIT_SERVER_BASE_URL_PATH="/paint/images/")
    inside = [ask(address, f"/paint/images/{path}")[0] for path in ("", "edit", "healthz", "readyz", "nowhere")]
    outside = [ask(address, path)[0] for path in ("/healthz", "/readyz", "/edit", "/paint/imagesedit")]

    assert ([200, 200, 200, 200, 404], [200, 200, 404, 404]) == (inside, outside)
    assert 200 == ask(address, "/paint/images/healthz", Host="10.0.0.7:80")[0]


def test_streamlits_own_variables_are_honoured(serve: Serve) -> None:
    address = serve(STREAMLIT_SERVER_ALLOWED_HOSTS="*.example.com", TRIPTYCH_ALLOW_ANONYMOUS="1")

    inside, outside = (ask(address, "/", Host=host)[0] for host in ("paint.example.com", "example.org"))

    assert (200, 403) == (inside, outside)


def test_what_listens_sends_small_answers_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        assert listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 0
        server.answer_at_once()
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_what_was_imported_is_no_garbage_to_look_through_after_every_run_of_a_page() -> None:
    try:
        lifecycle.prepare()

        assert gc.get_freeze_count() > 50 * len(gc.get_objects())
    finally:
        gc.unfreeze()
