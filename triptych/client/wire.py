"""The HTTP below the SDK: no redirects, no proxies or credentials from the environment, no endless answers."""

from collections.abc import AsyncIterator

import httpx2

from triptych.servers import Account

TIMEOUT = httpx2.Timeout(connect=10.0, read=600.0, write=120.0, pool=None)  # seconds; a picture may take minutes
MOST_BYTES = 1 << 30  # of one answer; ten pictures of the largest size, written out as base64, have about half of it
SENT = frozenset(
    {"accept", "accept-encoding", "connection", "content-length", "content-type", "host", "transfer-encoding",
     "user-agent", "x-stainless-raw-response"}  # by this one the SDK knows how it was called
)  # fmt: skip


class TooLongError(httpx2.TransportError):
    """The answer is longer than any picture can be."""


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        total = 0
        async for chunk in self._stream:
            total += len(chunk)
            if total > MOST_BYTES:
                raise TooLongError(f"the answer is longer than {MOST_BYTES:,} bytes")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


class _Transport(httpx2.AsyncHTTPTransport):
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await super().handle_async_request(request)
        if isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = _Bounded(response.stream)
        return response


class _OnlyOurs:
    """Drops what the environment may have added (OPENAI_CUSTOM_HEADERS) and the SDK's report on this machine."""

    def __init__(self, account: Account) -> None:
        names = {"openai-organization": account.organization, "openai-project": account.project}
        bearer = {"authorization": f"Bearer {account.key}"} if account.key else {}
        self._credentials = {**bearer, **{name: value for name, value in names.items() if value}}

    async def __call__(self, request: httpx2.Request) -> None:
        for name in list(request.headers):
            if name.lower() not in SENT or not request.headers[name]:
                del request.headers[name]
        request.headers["host"] = request.url.netloc.decode("ascii")
        request.headers.update(self._credentials)


def http_client(account: Account, most: int) -> httpx2.AsyncClient:
    """A client in the name of one account with at most ``most`` connections."""
    limits = httpx2.Limits(max_connections=most, max_keepalive_connections=most)
    return httpx2.AsyncClient(
        transport=_Transport(limits=limits, trust_env=False, retries=0),
        timeout=TIMEOUT,
        follow_redirects=False,
        trust_env=False,
        event_hooks={"request": [_OnlyOurs(account)]},
    )
