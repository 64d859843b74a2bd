"""Behind proxies as people run them: the very snippet of docs/deploy.md in a real nginx, and nginx as it comes."""

import re
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import httpx2
import pytest
import yaml
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from tests.conftest import Serve
from tests.nginx import nginx
from tests.serving import ROOT, free_port
from triptych.client import wire
from triptych.jobs import LONGEST_DRAIN

DEPLOY = (ROOT / "docs" / "deploy.md").read_text("utf-8")
NAME = "paint.example.com"  # by which the snippets are asked
UPSTREAM = "127.0.0.1:8501"  # to which they lead
BARE = "server { listen 80; location / { proxy_pass http://127.0.0.1:8501; } }"
OPEN = {"TRIPTYCH_ALLOW_ANONYMOUS": "1"}
MEGABYTE = 1 << 20
PATIENCE = 30.0  # seconds


def snippets(language: str, text: str = DEPLOY) -> list[str]:
    """The blocks of the document in this language, as they are written there."""
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    return found


@contextmanager
def proxied(folder: Path, snippet: str, address: str) -> Iterator[httpx2.Client]:
    """A client of nginx, which runs the snippet on another port and leads to ``address``."""
    port = free_port()
    server = snippet.replace("listen 80;", f"listen 127.0.0.1:{port};").replace(UPSTREAM, urlsplit(address).netloc)
    assert server.count(f":{port};") == 1
    assert urlsplit(address).netloc in server
    with (
        nginx(folder / "nginx", server),
        httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE, trust_env=False) as client,
    ):
        yield client


@contextmanager
def opened(client: httpx2.Client, path: str, name: str, scheme: str = "http") -> Iterator[tuple[ClientConnection, str]]:
    """A page's WebSocket through the proxy as ``name``, and the session that the server began on it."""
    wire = socket.create_connection(("127.0.0.1", client.base_url.port))
    origin = cast(Any, f"{scheme}://{name}")
    with connect(f"ws://{name}{path}/_stcore/stream", sock=wire, origin=origin, max_size=None, proxy=None) as page:
        ask = BackMsg()
        ask.rerun_script.query_string = ""
        page.send(ask.SerializeToString())
        yield page, session_id(page)


def session_id(page: ClientConnection) -> str:
    while True:
        heard = ForwardMsg()
        heard.ParseFromString(cast(bytes, page.recv(PATIENCE)))
        if heard.WhichOneof("type") == "new_session":
            return heard.new_session.initialize.session_id


def uploaded(client: httpx2.Client, session: str, data: bytes) -> int:
    """The status of a file's upload as the page does it."""
    baked = client.get("/_stcore/health", headers={"Host": NAME}).headers["set-cookie"]
    token = SimpleCookie(baked)["_streamlit_xsrf"].value
    answer = client.put(
        f"/_stcore/upload_file/{session}/{uuid.uuid4()}",
        files={"file": ("image.png", data, "image/png")},
        headers={"Host": NAME, "Origin": f"http://{NAME}", "X-Xsrftoken": token, "Cookie": f"_streamlit_xsrf={token}"},
    )
    return answer.status_code


@pytest.mark.parametrize("path", ["/", "/edit", "/settings"])
def test_nginx_as_it_comes_shows_every_page(tmp_path: Path, server: str, path: str) -> None:
    with proxied(tmp_path, BARE, server) as client:
        page = client.get(path)

    assert (200, "text/html; charset=utf-8") == (page.status_code, page.headers["content-type"])


@pytest.fixture
def named(serve: Serve) -> str:
    """A server that is asked by the snippets' name, by anybody."""
    return serve(STREAMLIT_SERVER_ALLOWED_HOSTS=NAME, **OPEN)


def test_the_documented_nginx_shows_a_page_opens_its_socket_and_lets_twelve_megabytes_through(
    tmp_path: Path, named: str
) -> None:
    (snippet,) = snippets("nginx")
    with proxied(tmp_path, snippet, named) as client:
        page = client.get("/", headers={"Host": NAME})
        with opened(client, "", NAME) as (_, session):
            statuses = [uploaded(client, session, b"x" * size * MEGABYTE) for size in (1, 12, 49, 80)]

    assert (200, True) == (page.status_code, "</html>" in page.text)
    assert [204, 204, 204, 413] == statuses


def test_a_page_of_another_site_opens_no_socket_through_the_documented_nginx(tmp_path: Path, named: str) -> None:
    (snippet,) = snippets("nginx")
    with proxied(tmp_path, snippet, named) as client:
        asked = {"Host": NAME, "Origin": "http://evil.example"}

        assert 403 == client.get("/_stcore/health", headers=asked).status_code


def test_below_a_path_of_the_proxy_everything_is_there(tmp_path: Path, serve: Serve) -> None:
    address = serve(STREAMLIT_SERVER_ALLOWED_HOSTS=NAME, STREAMLIT_SERVER_BASE_URL_PATH="images", **OPEN)
    (snippet,) = snippets("nginx")
    snippet = snippet.replace("location /", "location /images/")
    with proxied(tmp_path, snippet, address) as client:
        client.headers["Host"] = NAME
        page, other, lost = (client.get(f"/images/{path}") for path in ("", "edit", "nowhere"))
        scripts = re.findall(r'"modulepreload" crossorigin href="\./([^"]+)"', page.text)
        found = {client.get(f"/images/{script}").status_code for script in scripts}
        health = [client.get(f"/images/{name}").status_code for name in ("healthz", "readyz")]
        with opened(client, "/images", NAME) as (_, session):
            assert session

    assert [200, 200, 404] == [page.status_code, other.status_code, lost.status_code]
    assert (True, {200}) == (len(scripts) > 50, found)
    assert [200, 200] == health


FORWARDED = """server {
    listen 80;
    location / {
        proxy_pass http://127.0.0.1:8501;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection upgrade;
        proxy_set_header X-Forwarded-Host $http_host;
    }
}"""


@pytest.mark.parametrize(("trusted", "is_open"), [("127.0.0.1", True), ("10.0.0.0/8", False)])
def test_the_host_that_a_trusted_proxy_was_asked_by_names_our_page(
    tmp_path: Path, serve: Serve, trusted: str, is_open: bool
) -> None:
    hosts = f"127.0.0.1 {NAME}"
    address = serve(STREAMLIT_SERVER_ALLOWED_HOSTS=hosts, TRIPTYCH_TRUSTED_PROXIES=trusted, **OPEN)
    with proxied(tmp_path, FORWARDED, address) as client:
        asked = {"Host": NAME, "Origin": f"https://{NAME}"}
        status = client.get("/_stcore/health", headers=asked).status_code
        if is_open:
            with opened(client, "", NAME, "https") as (_, session):
                assert session

    assert (200 if is_open else 403) == status


@pytest.mark.parametrize(("visitor", "status"), [("127.0.0.1", 200), ("203.0.113.7", 403)])
def test_whom_a_proxy_brings_from_another_machine_needs_a_login(server: str, visitor: str, status: int) -> None:
    answer = httpx2.get(f"{server}/", headers={"X-Forwarded-For": visitor}, trust_env=False)

    assert status == answer.status_code
    assert (status == 403) == (f"will not serve {visitor} without login" in answer.text)


def test_where_everyone_may_come_a_proxy_may_bring_them(serve: Serve) -> None:
    address = serve(**OPEN)

    assert 200 == httpx2.get(f"{address}/", headers={"X-Forwarded-For": "203.0.113.7"}, trust_env=False).status_code


def test_what_a_proxy_says_it_was_asked_by_opens_nothing_to_an_unknown_host(server: str) -> None:
    port = urlsplit(server).port
    said = {"Host": "evil.example", "Origin": f"http://localhost:{port}", "X-Forwarded-Host": f"localhost:{port}"}

    with httpx2.Client(trust_env=False) as client:
        assert 403 == client.get(f"{server}/", headers=said).status_code
        assert 403 == client.get(f"{server}/", headers=said | {"Origin": "http://evil.example"}).status_code


def test_the_compose_file_and_the_dockerfile_name_what_is_there_or_what_the_document_says_to_write() -> None:
    dockerfile, compose = ((ROOT / name).read_text("utf-8") for name in ("Dockerfile", "compose.yaml"))
    copied = [line.split()[1:-1] for line in dockerfile.splitlines() if re.match(r"COPY (?!--)", line)]
    services = yaml.safe_load(compose)["services"]
    mounted = [volume.split(":")[0] for service in services.values() for volume in service["volumes"]]

    assert [] == [name for names in copied for name in names if not (ROOT / name).exists()]
    assert {"./secrets.toml", "data", "database"} == set(mounted)
    assert {"Dockerfile", "compose.yaml", "secrets.toml", ".env"} <= set(re.findall(r"`([\w.]+)`", DEPLOY))
    packed = re.findall(r'"([^"]+)"', re.findall(r"INSIDE = \((.*)\)", (ROOT / "hatch_build.py").read_text("utf-8"))[0])
    assert {*packed, "triptych"} <= {name for names in copied for name in names}


def test_every_proxy_of_the_document_waits_for_a_slow_image() -> None:
    written = DEPLOY.partition("## nginx")[2].partition("## Below a path")[0]
    seconds = [int(number) for number in re.findall(r"_?[tT]imeout:? (\d+)s", written)]

    assert (True, 4) == (all(number >= 300 for number in seconds), len(seconds))
    assert {"entryPoints", "http"} == set(yaml.safe_load(snippets("yaml")[0]))


def test_whoever_stops_it_waits_until_it_has_drained() -> None:
    compose = (ROOT / "compose.yaml").read_text("utf-8")
    (minutes,) = re.findall(r"stop_grace_period: (\d+)m", compose)
    (seconds,) = re.findall(r"TimeoutStopSec=(\d+)", DEPLOY)

    assert wire.LONGEST < LONGEST_DRAIN < min(60 * int(minutes), int(seconds))


def test_every_setting_that_the_documents_name_is_one() -> None:
    from triptych.settings import Settings

    known = {f"TRIPTYCH_{name.upper()}" for name in Settings.model_fields}
    texts = [DEPLOY, *((ROOT / name).read_text("utf-8") for name in ("Dockerfile", "compose.yaml"))]

    assert set() == {name for text in texts for name in re.findall(r"TRIPTYCH_[A-Z_]+[A-Z]", text)} - known
