"""What the server answers before the login and after it, asked over a real socket."""

import os
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
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from tests import forks
from tests.logins import AUTH, ORIGIN, cookie, person, secrets
from tests.serving import PATIENCE, ROOT, free_port, playground
from tests.test_server import UPGRADE, ask
from tests.triptych.client.raw import png

OTHERS_BYTES = (
    "/media/0123456789.png",
    "/_stcore/upload_file/a-session/a-file",
    "/_stcore/bidi-components/image/clipboard/index.js",
    "/_stcore/metrics",
    "/component/x/index.html",
    "/api/anything",
    "/download/anything",
    "/app/static/anything",
    "/edit/media/0123456789.png",
    "//media/0123456789.png",
    "/nowhere",
)
MEDIA = re.compile(r"/media/[0-9a-f]+\.\w+")
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
    status, _, _ = ask(guarded, path, Cookie=cookie(person()))

    assert 403 != status


@contextmanager
def page_of(address: str, cookies: str, token: str) -> Iterator[ClientConnection]:
    """The socket of somebody's page, asked for under the name that the login was made for."""
    url = urlsplit(address)
    wire = socket.create_connection((url.hostname, url.port))
    protocols = cast(Any, ["streamlit", token])
    with connect(
        f"{ORIGIN.replace('http', 'ws')}/_stcore/stream",
        sock=wire,
        origin=cast(Any, ORIGIN),
        max_size=None,
        subprotocols=protocols,
        additional_headers={"Cookie": cookies},
        proxy=None,
    ) as page:
        yield page


def drawn(page: ClientConnection, ask: BackMsg) -> list[ForwardMsg]:
    """Everything that the page is told until what it asks for is drawn, whole or in parts."""
    page.send(ask.SerializeToString())
    return drawn_next(page)


def drawn_next(page: ClientConnection) -> list[ForwardMsg]:
    """Everything that the page is told until a run has drawn it, whole or in parts."""
    heard, ends = list[ForwardMsg](), {ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY}
    while not heard or not (heard[-1].WhichOneof("type") == "script_finished" and heard[-1].script_finished in ends):
        heard.append(ForwardMsg())
        heard[-1].ParseFromString(cast(bytes, page.recv(PATIENCE)))
    return heard


def chosen(uploader: str, place: str, name: str) -> BackMsg:
    """What the browser says once the file that was sent to ``place`` is in the ``uploader``."""
    said = BackMsg()
    widget = said.rerun_script.widget_states.widgets.add()
    widget.id = uploader
    info = widget.file_uploader_state_value.uploaded_file_info.add()
    info.name, info.size, info.file_id = "image.png", len(png(64)), name
    info.file_urls.upload_url, info.file_urls.file_id = place, name
    return said


def test_an_upload_and_the_images_address_open_with_the_login_alone_and_late_too(guarded: str) -> None:
    with httpx2.Client(base_url=guarded, timeout=PATIENCE, trust_env=False) as browser:
        token = SimpleCookie(browser.get("/_stcore/health").headers["set-cookie"])["_streamlit_xsrf"].value
        stranger = {"Cookie": f"_streamlit_xsrf={token}", "X-Xsrftoken": token}
        ada = {**stranger, "Cookie": f"{cookie(person())}; {stranger['Cookie']}"}
        browser.cookies.clear()
        with page_of(guarded, ada["Cookie"], token) as page:
            first = BackMsg()
            first.rerun_script.page_name = "edit"
            told = drawn(page, first)
            begun = [one.new_session for one in told if one.WhichOneof("type") == "new_session"]
            uploader = next(
                one.delta.new_element.file_uploader.id
                for one in told
                if one.delta.new_element.WhichOneof("type") == "file_uploader"
            )
            name = str(uuid.uuid4())
            place = f"/_stcore/upload_file/{begun[0].initialize.session_id}/{name}"

            def sent(headers: dict[str, str]) -> int:
                return browser.put(
                    place, files={"file": ("image.png", png(64), "image/png")}, headers=headers
                ).status_code

            assert [403, 204] == [sent(stranger), sent(ada)]

            second = chosen(uploader, place, name)
            second.rerun_script.page_script_hash = begun[-1].page_script_hash
            media = MEDIA.findall("".join(str(one) for one in drawn(page, second)))
            assert media
            for address in media:
                shown, refused = (browser.get(address, headers=headers) for headers in (ada, stranger))
                assert (200, "image/") == (shown.status_code, shown.headers["content-type"][:6])
                assert (403, "Log in first.") == (refused.status_code, refused.text)

            elsewhere = BackMsg()
            elsewhere.rerun_script.page_name = "models"
            assert not set(media) & set(MEDIA.findall("".join(str(one) for one in drawn(page, elsewhere))))
            assert {200} == {browser.get(address, headers=ada).status_code for address in media}  # it is on its way
            assert [403, 204] == [browser.delete(place, headers=who).status_code for who in (stranger, ada)]


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


def test_the_pages_shell_has_all_its_scripts_and_styles_without_a_login(guarded: str) -> None:
    status, _, page = ask(guarded, "/")
    files = re.findall(r'(?:src|href)="\./(static/[^"]+)"', page.decode())

    assert 200 == status
    assert {".js", ".css"} <= {Path(file).suffix for file in files}
    assert {200} == {ask(guarded, f"/{file}")[0] for file in files}


def test_the_login_is_drawn_over_a_connection_that_needs_none(guarded: str) -> None:
    status, _, _ = ask(guarded, "/_stcore/stream", Origin=guarded, **UPGRADE)

    assert 101 == status


def test_without_a_login_set_up_this_machines_visitor_is_asked_for_none(server: str) -> None:
    assert 404 == ask(server, "/media/0123456789.png")[0]


@pytest.mark.parametrize(
    ("auth", "named", "host"),
    [
        ({}, "client_id", "127.0.0.1"),
        ({**AUTH, "client_secret": ""}, "client_secret", "0.0.0.0"),
        ({**AUTH, "redirect_uri": ORIGIN}, "redirect_uri", "127.0.0.1"),
    ],
)
def test_the_server_does_not_start_on_a_login_that_cannot_work(
    tmp_path: Path, auth: dict[str, str], named: str, host: str
) -> None:
    secrets(tmp_path, auth)
    command = ["-m", "triptych.cli", "--headless", f"--port={free_port()}", f"--host={host}"]
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), "TRIPTYCH_HOME": str(tmp_path / "home")}

    ended = forks.run(*command, cwd=tmp_path, environment=surroundings)

    assert 0 != ended.returncode
    assert "The login in .streamlit/secrets.toml is not complete" in ended.stderr
    assert named in ended.stderr
