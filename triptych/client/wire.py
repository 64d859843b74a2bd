"""The HTTP below the SDK: no redirects, nothing from the environment that is not the account's, no endless answers."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager, suppress
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import cast

import httpx2

from triptych.client.bounds import bound
from triptych.client.network import Hearing, to_come
from triptych.client.redaction import GONE, Redaction
from triptych.errors import InvalidSetting
from triptych.networks import Route, is_public
from triptych.servers import Account

ID_LENGTH = 200  # characters; a request id is some forty
LONGEST = 1200.0  # seconds from the sending of a request to the end of its answer, however it trickles
TIMEOUT = httpx2.Timeout(
    connect=10.0, read=600.0, write=120.0, pool=None
)  # seconds; the first byte, and each, may take minutes
FILE = "application/binary"  # how the SDK asks for what is in a file
PIECE = 1 << 16  # bytes of a request that are written at a time
SENT = frozenset(
    {
        "accept",
        "accept-encoding",
        "connection",
        "content-length",
        "content-type",
        "host",
        "transfer-encoding",
        "user-agent",
        "x-stainless-raw-response",
    }  # by this one the SDK knows how it was called
)


@cache
def tls(ca_bundle: Path | None = None) -> ssl.SSLContext:
    """The certificates that are trusted, read once: each reading takes as long as a page may.

    Raises InvalidSetting where ``ca_bundle`` holds none.
    """
    trusted = httpx2.create_ssl_context(trust_env=False)
    if ca_bundle:
        try:
            trusted.load_verify_locations(ca_bundle)
        except OSError:  # ssl.SSLError is one
            raise InvalidSetting("TRIPTYCH_CA_BUNDLE (or SSL_CERT_FILE) holds no certificates in PEM form.") from None
    return trusted


def way_out(route: Route) -> httpx2.Proxy | None:
    """The proxy of the route, None where requests go straight."""
    if route.proxy is None:
        return None
    return httpx2.Proxy(route.proxy, ssl_context=tls(route.ca_bundle) if route.proxy.startswith("https:") else None)


class CutShortError(httpx2.TransportError):
    """The connection was closed while the request was being sent: after ``sent`` bytes of its body, and no answer."""

    def __init__(self, sent: int) -> None:
        super().__init__(f"the connection was closed after {sent:,} bytes of the request")
        self.sent = sent


_made: ContextVar[Callable[[], None]] = ContextVar("_made", default=lambda: None)  # called when a request is made up


class Making:
    """Makes requests up one after the other, each until it is about to go out.

    It takes a millisecond of the event loop, which gives thirty of them a little of it in turn: all would be ready
    only when the last one is. One by one the first is on its way before the second is begun, and so are the answers.
    """

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Hold the turn until the request reaches the connections, or ends before."""
        await self._lock.acquire()
        with ExitStack() as held:
            held.callback(asyncio.get_running_loop().call_soon, self._lock.release)
            _made.set(held.close)
            yield


class _Counted(httpx2.AsyncByteStream):
    """A request's body. ``sent`` counts the bytes that are on their way.

    ``whole`` is set before the last of them is handed over: as long as it is not, no server can have had all of it.
    """

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream
        self.sent, self.whole = 0, False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        last = b""
        async for chunk in self._stream:
            for start in range(0, len(chunk), PIECE):
                if last:
                    yield last
                    self.sent += len(last)  # whoever asks for the next has written this one
                last = chunk[start : start + PIECE]
        self.whole = True
        if last:
            yield last

    async def aclose(self) -> None:
        await self._stream.aclose()


class _Refusal(httpx2.AsyncByteStream):
    """The body of an answer that says no: its status has said it all, so that a body that breaks off just ends."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with suppress(httpx2.ReadError, httpx2.RemoteProtocolError):
            async for chunk in self._stream:
                yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


class _Transport(httpx2.AsyncHTTPTransport):
    def __init__(self, limits: httpx2.Limits, public_only: bool, route: Route) -> None:
        way = way_out(route)
        super().__init__(verify=tls(route.ca_bundle), limits=limits, trust_env=False, retries=0, proxy=way)
        self._pool._network_backend = Hearing()  # noqa: SLF001 - httpx2 has no public way
        self._public_only = public_only

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        _made.get()()
        if self._public_only:
            request = await _pinned(request)
        to_come.set(float(request.headers.get("content-length", "inf")))
        body = _Counted(cast(httpx2.AsyncByteStream, request.stream))
        request.stream = body
        try:
            response = await super().handle_async_request(request)
        except (httpx2.ReadError, httpx2.WriteError, httpx2.WriteTimeout, httpx2.RemoteProtocolError) as error:
            if body.whole:
                raise
            raise CutShortError(body.sent) from error
        if response.is_error:
            response.stream = _Refusal(cast(httpx2.AsyncByteStream, response.stream))
        bound(response, is_file=request.headers.get("accept") == FILE)
        return response


async def _pinned(request: httpx2.Request) -> httpx2.Request:
    """``request`` to the very address that was looked at: the name might mean another at a second look.

    Raises ConnectError, before anything is sent, where the host has an address that is not on the public internet.
    """
    host = request.url.host
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpx2.ConnectError(f"{host} cannot be found", request=request) from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(map(is_public, addresses)):
        raise httpx2.ConnectError(f"{host} leads into this server's own network", request=request)
    return httpx2.Request(
        request.method,
        request.url.copy_with(host=addresses[0]),
        headers=request.headers,  # Host still names the host, and so does the certificate
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host},
    )


class _OnlyOurs:
    """Drops what the environment may have added (OPENAI_CUSTOM_HEADERS) and the SDK's report on this machine.

    Asks for bytes as they are: images are packed already.
    """

    def __init__(self, account: Account) -> None:
        names = {"openai-organization": account.organization, "openai-project": account.project}
        bearer = {"authorization": f"Bearer {account.key}"} if account.key else {}
        named = {name: value for name, value in names.items() if value}
        self._ours = {"accept-encoding": "identity", **bearer, **named}

    async def __call__(self, request: httpx2.Request) -> None:
        kept = {name: value for name, value in request.headers.items() if name in SENT and value}
        request.headers = httpx2.Headers(kept | {"host": request.url.netloc.decode("ascii")} | self._ours)


class _OnlyIds:
    """Bounds the answer's request id, and takes the account's key out of it, before anybody reads it."""

    def __init__(self, account: Account) -> None:
        self._redaction = Redaction(account.key)

    async def __call__(self, response: httpx2.Response) -> None:
        if said := response.headers.get("x-request-id"):
            response.headers["x-request-id"] = self._redaction.text(said[:ID_LENGTH]).replace(GONE, "...")


def http_client(account: Account, most: int) -> httpx2.AsyncClient:
    """A client in the name of one account with at most ``most`` connections.

    Each request has a connection of its own: of one that was kept, and that the server closed just then, nobody could
    say whether the request had been read. A handshake is nothing beside a picture.
    """
    limits = httpx2.Limits(max_connections=most, max_keepalive_connections=0)
    return httpx2.AsyncClient(
        transport=_Transport(limits, account.public_only, account.route),
        timeout=TIMEOUT,
        follow_redirects=False,
        trust_env=False,
        event_hooks={"request": [_OnlyOurs(account)], "response": [_OnlyIds(account)]},
    )
