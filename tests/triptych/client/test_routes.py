"""The way out of a company's network: a real proxy that opens tunnels, and a certificate that a company made."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.triptych.client.conftest import Make, asking, drawn
from tests.triptych.client.raw import b64, whole
from triptych import errors
from triptych.accounts import environment_account
from triptych.client import ImageClient
from triptych.errors import InvalidSetting
from triptych.networks import Route
from triptych.results import Failed, Finished
from triptych.servers import Account

pytestmark = pytest.mark.usefixtures("fast")

GOOD = whole({"data": [{"b64_json": b64()}]})
HOST = "gateway.example"


@dataclass
class Heard:
    """What came: heads of requests, in order."""

    port: int = 0
    heads: list[str] = field(default_factory=list)


@asynccontextmanager
async def listening(heard: Heard, answer: "object", tls: ssl.SSLContext | None = None) -> AsyncIterator[Heard]:
    tasks = set[asyncio.Task[None]]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            heard.heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
            await answer(heard.heads[-1], reader, writer)  # type: ignore[operator]
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    heard.port = server.sockets[0].getsockname()[1]
    try:
        yield heard
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def image(_head: str, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(GOOD)
    await writer.drain()


@asynccontextmanager
async def proxy(leads_to: int, refusal: bytes = b"") -> AsyncIterator[Heard]:
    """A proxy that opens every tunnel to one port, or answers with ``refusal``."""

    async def tunnel(head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if refusal or not head.startswith("CONNECT"):
            writer.write(refusal or GOOD)
            return
        there, here = await asyncio.open_connection("127.0.0.1", leads_to)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(copied(reader, here), copied(there, writer))

    async with listening(Heard(), tunnel) as heard:
        yield heard


async def copied(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while data := await source.read(1 << 16):
        target.write(data)
        await target.drain()
    target.close()


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A company's certificate as a PEM file, and a server's side that shows it for HOST."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST), x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("company")
    bundle, secret = folder / "ca.pem", folder / "key.pem"
    bundle.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    kind = serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(bundle, secret)
    return bundle, context


def environment(monkeypatch: pytest.MonkeyPatch, **said: str) -> Account:
    for name, value in {"OPENAI_API_KEY": "sk-theirs", **said}.items():
        monkeypatch.setenv(name, value)
    account = environment_account()
    assert account
    return account


async def test_the_environments_account_goes_through_its_proxy_and_trusts_its_companys_certificate(
    company: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle, tls = company
    async with listening(Heard(), image, tls) as server, proxy(server.port) as way:
        account = environment(
            monkeypatch,
            OPENAI_BASE_URL=f"https://{HOST}/v1",
            TRIPTYCH_PROXY=f"http://me:secret@127.0.0.1:{way.port}",
            TRIPTYCH_CA_BUNDLE=str(bundle),
        )
        client = ImageClient(account)
        events = await drawn(client)
        await client.aclose()

    credentials = base64.b64encode(b"me:secret").decode()
    assert isinstance(events[-1], Finished)
    assert way.heads[0].startswith(f"CONNECT {HOST}:443 ")
    assert f"Basic {credentials}" in way.heads[0]
    assert "sk-theirs" not in "".join(way.heads)
    assert "Bearer sk-theirs" in server.heads[0]
    assert credentials not in "".join(server.heads)


async def test_a_plain_address_is_asked_of_the_proxy_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    async with proxy(0) as way:
        proxied = {"HTTP_PROXY": f"http://127.0.0.1:{way.port}", "NO_PROXY": "elsewhere.example"}
        client = ImageClient(environment(monkeypatch, OPENAI_BASE_URL=f"http://{HOST}/v1", **proxied))
        events = await drawn(client)
        await client.aclose()

    assert isinstance(events[-1], Finished)
    assert way.heads[0].startswith(f"POST http://{HOST}/v1/images/generations ")


async def test_an_account_that_was_typed_goes_through_no_proxy_whatever_the_environment_says(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with proxy(0) as way, listening(Heard(), image) as server:
        for name in ("TRIPTYCH_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{way.port}")
        events = await drawn(make(f"http://127.0.0.1:{server.port}/v1"))

    assert isinstance(events[-1], Finished)
    assert ([], 1) == (way.heads, len(server.heads))


async def failure(client: ImageClient) -> errors.TriptychError:
    events = await drawn(client)
    assert isinstance(events[-1], Failed)
    return events[-1].error


async def test_a_certificate_that_is_not_trusted_names_the_setting_and_charges_nothing(
    make: Make, company: tuple[Path, ssl.SSLContext]
) -> None:
    _, tls = company
    async with listening(Heard(), image, tls) as server:
        error = await failure(make(f"https://localhost:{server.port}/v1"))

    assert isinstance(error, errors.Unreachable)
    assert "certificate is not trusted; nothing was sent" in error.message
    assert "TRIPTYCH_CA_BUNDLE" in error.message
    assert [] == server.heads


@pytest.mark.parametrize("status", ["407 Proxy Authentication Required", "403 Forbidden", "502 Bad Gateway"])
async def test_a_proxy_that_opens_no_way_charges_nothing_and_is_named(make: Make, status: str) -> None:
    async with proxy(0, f"HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n".encode()) as way:
        route = Route(f"http://me:secret@127.0.0.1:{way.port}")
        error = await failure(make(f"https://{HOST}/v1", route=route))

    assert isinstance(error, errors.Unreachable)
    assert not error.may_be_charged
    assert f"The proxy refused to connect; nothing was sent ({status})" in error.message
    assert "TRIPTYCH_PROXY" in error.message
    assert "secret" not in error.message


async def test_a_host_that_cannot_be_reached_names_the_proxys_setting(make: Make) -> None:
    far, here = [await failure(make(f"http://{host}:9/v1")) for host in ("nowhere.invalid", "127.0.0.1")]

    assert "TRIPTYCH_PROXY" in far.message
    assert "TRIPTYCH_PROXY" not in here.message


async def test_certificates_that_are_none_are_refused_before_anything_is_sent(make: Make, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    client = make(f"https://{HOST}/v1", route=Route(ca_bundle=tmp_path / "ca.pem"))

    with pytest.raises(InvalidSetting, match="TRIPTYCH_CA_BUNDLE"):
        client.check()


async def test_an_api_version_in_the_address_goes_with_every_request(make: Make) -> None:
    async with listening(Heard(), image) as server:
        client = make(f"http://127.0.0.1:{server.port}/openai/v1?api-version=preview")
        await drawn(client)
        assert [_ async for _ in client.draw(asking(prompt="another"))]

    asked = "POST /openai/v1/images/generations?api-version=preview"
    assert [asked] * 2 == [head.split(" HTTP/")[0] for head in server.heads]
