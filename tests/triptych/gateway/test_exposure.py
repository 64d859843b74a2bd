"""A token opens the gateway beyond this machine, and nothing else."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.logins import secrets
from tests.serving import playground
from tests.test_server import UPGRADE, ask
from tests.triptych.gateway.conftest import TOKEN

PAGES = ("/", "/history", "/media/0123456789.png", "/_stcore/host-config", "/v1", "/v1x/models", "/_stcore/metrics")
WITH = {"Authorization": f"Bearer {TOKEN}"}


def test_beyond_this_machine_a_token_opens_the_gateway_and_no_page(tmp_path: Path) -> None:
    with playground(tmp_path, "--host=0.0.0.0", TRIPTYCH_API_TOKEN=TOKEN) as address:
        models = ask(address, "/v1/models", **WITH)[0]
        refused = ask(address, "/v1/models")[0]
        pages = {path: ask(address, path, **WITH)[0] for path in PAGES}
        socket = ask(address, "/_stcore/stream", **UPGRADE, **WITH)[0]

    assert (200, 401) == (models, refused)
    assert dict.fromkeys(PAGES, 403) == pages
    assert 403 == socket


def test_with_a_login_the_gateway_asks_for_its_token_and_the_pages_for_the_login(tmp_path: Path) -> None:
    secrets(tmp_path)
    with playground(tmp_path, TRIPTYCH_API_TOKEN=TOKEN) as address:
        answers = [ask(address, path, **WITH)[0] for path in ("/v1/models", "/media/x.png", "/history")]

    assert [200, 403, 200] == answers


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}], ids=["host", "origin"]
)
def test_the_gateway_keeps_to_the_hosts_and_origins_that_are_allowed(
    server_with_gateway: str, headers: dict[str, str]
) -> None:
    assert 403 == ask(server_with_gateway, "/v1/models", **WITH, **headers)[0]


@pytest.fixture(scope="module")
def server_with_gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with playground(tmp_path_factory.mktemp("exposed"), TRIPTYCH_API_TOKEN=TOKEN) as address:
        yield address


@pytest.mark.parametrize("path", ["../media/x", "images/../../media/x", "..%2fmedia/x", "%2e%2e/media/x", "nothing"])
def test_nothing_else_is_reached_through_the_gateway(server_with_gateway: str, path: str) -> None:
    status, _, body = ask(server_with_gateway, f"/v1/{path}", **WITH)

    assert 404 == status
    assert b"Invalid URL" in body


def test_links_name_the_gateway_where_it_was_asked(tmp_path: Path) -> None:
    with playground(tmp_path, TRIPTYCH_API_TOKEN=TOKEN, STREAMLIT_SERVER_BASE_URL_PATH="paint") as address:
        body = {"prompt": "a red square", "quality": "low", "response_format": "url"}
        said = httpx2.post(f"{address}/paint/v1/images/generations", json=body, headers=WITH, timeout=60).json()
        link = said["data"][0]["url"]

        assert f"{address}/paint/v1/images/content/" == link[: link.index("content/") + len("content/")]
        assert 200 == httpx2.get(link).status_code
        assert urlsplit(link).query.startswith("token=&expires=")
