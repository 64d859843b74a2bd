"""What the server answers before the login and after it, asked over a real socket."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.logins import AUTH, ORIGIN, cookie, person, secrets
from tests.serving import ROOT, free_port, playground
from tests.test_server import UPGRADE, ask

OTHERS_BYTES = (
    "/media/0123456789.png",
    "/_stcore/upload_file/a-session/a-file",
    "/_stcore/bidi-components/clipboard/index.js",
    "/_stcore/metrics",
    "/component/x/index.html",
    "/api/anything",
    "/app/static/anything",
    "/edit/media/0123456789.png",
    "//media/0123456789.png",
    "/nowhere",
)
SHELL = (
    "/",
    "/edit",
    "/_stcore/health",
    "/_stcore/host-config",
    "/healthz",
    "/readyz",
    "/auth/logout",
)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with a login."""
    folder = tmp_path_factory.mktemp("guarded")
    secrets(folder)
    with playground(folder) as address:
        yield address


@pytest.mark.parametrize("path", OTHERS_BYTES)
def test_whoever_has_not_logged_in_gets_no_bytes_but_the_pages_shell(guarded: str, path: str) -> None:
    status, _, body = ask(guarded, path)

    assert (403, b"Log in first.") == (status, body)


@pytest.mark.parametrize("path", OTHERS_BYTES)
def test_whoever_has_logged_in_is_answered(guarded: str, path: str) -> None:
    status, _, body = ask(guarded, path, Cookie=cookie(person()))

    assert (status, body) != (403, b"Log in first.")


FORGED = {
    "signed with another secret": cookie(person(), secret="guessed"),
    "signed with no secret": cookie(person(), secret=""),
    "signed for another address": cookie(person(), origin="https://elsewhere.example"),
    "not logged in": cookie(person(is_logged_in=False)),
    "logged in by a word": cookie(person(is_logged_in="yes")),
    "without a subject": cookie(person("")),
    "without an issuer": cookie(person(iss=None)),
    "not signed": '_streamlit_user={"is_logged_in": true}',
    "of another alphabet": "_streamlit_user=\xff\xfe",
    "in pieces that are not there": cookie(person()).replace("_streamlit_user=", "_streamlit_user_1="),
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_a_cookie_that_no_login_of_ours_made_opens_nothing(guarded: str, forged: str) -> None:
    status, _, _ = ask(guarded, "/media/0123456789.png", Cookie=forged)

    assert 403 == status


@pytest.mark.parametrize("path", SHELL)
def test_the_login_itself_can_be_reached_without_one(guarded: str, path: str) -> None:
    status, _, _ = ask(guarded, path)

    assert status in {200, 302}


def test_the_login_is_drawn_over_a_connection_that_needs_none(guarded: str) -> None:
    status, _, _ = ask(guarded, "/_stcore/stream", Origin=guarded, **UPGRADE)

    assert 101 == status


def test_without_a_login_set_up_this_machines_visitor_is_asked_for_none(server: str) -> None:
    assert 404 == ask(server, "/media/0123456789.png")[0]


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
@pytest.mark.parametrize(
    ("auth", "named"),
    [
        ({}, "client_id"),
        ({**AUTH, "client_secret": ""}, "client_secret"),
        ({**AUTH, "redirect_uri": ORIGIN}, "redirect_uri"),
    ],
)
def test_the_server_does_not_start_on_a_login_that_cannot_work(
    tmp_path: Path, auth: dict[str, str], named: str, host: str
) -> None:
    secrets(tmp_path, auth)
    command = [sys.executable, "-m", "triptych.cli", "--headless", f"--port={free_port()}", f"--host={host}"]
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), "TRIPTYCH_HOME": str(tmp_path / "home")}

    ended = subprocess.run(
        command, check=False, cwd=tmp_path, env=surroundings, capture_output=True, text=True, timeout=60
    )

    assert 0 != ended.returncode
    assert "The login in .streamlit/secrets.toml is not complete" in ended.stderr
    assert named in ended.stderr
