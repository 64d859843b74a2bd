"""The HTTP below the SDK: no redirects, no proxies or credentials from the environment, no endless answers."""

import asyncio
import socket
import ssl
from functools import cache

import httpx2

from triptych.accounts import is_public
from triptych.client.bounds import bound
from triptych.servers import Account

TIMEOUT = httpx2.Timeout(connect=10.0, read=600.0, write=120.0, pool=None)  # seconds; a picture may take minutes
SENT = frozenset(
    {"accept", "accept-encoding", "connection", "content-length", "content-type", "host", "transfer-encoding",
     "user-agent", "x-stainless-raw-response"}  # by this one the SDK knows how it was called
)  # fmt: skip


@cache
def _tls() -> ssl.SSLContext:
    """The certificates that are trusted, read once: each reading takes as long as a page may."""
    return httpx2.create_ssl_context(trust_env=False)


class _Transport(httpx2.AsyncHTTPTransport):
    def __init__(self, limits: httpx2.Limits, public_only: bool) -> None:
        super().__init__(verify=_tls(), limits=limits, trust_env=False, retries=0)
        self._public_only = public_only

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await super().handle_async_request(await _pinned(request) if self._public_only else request)
        bound(response)
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


def http_client(account: Account, most: int) -> httpx2.AsyncClient:
    """A client in the name of one account with at most ``most`` connections."""
    limits = httpx2.Limits(max_connections=most, max_keepalive_connections=most)
    return httpx2.AsyncClient(
        transport=_Transport(limits, account.public_only),
        timeout=TIMEOUT,
        follow_redirects=False,
        trust_env=False,
        event_hooks={"request": [_OnlyOurs(account)]},
    )
