"""The HTTP below the SDK: no redirects, no proxies or credentials from the environment, no endless answers."""

from collections.abc import AsyncIterator

import httpx2

TIMEOUT = httpx2.Timeout(connect=10.0, read=600.0, write=120.0, pool=None)  # seconds; a picture may take minutes
MOST_BYTES = 1 << 30  # of one answer; ten pictures of the largest size, written out as base64, have about half of it
SENT = frozenset(
    {"accept", "accept-encoding", "authorization", "api-key", "connection", "content-length", "content-type", "host",
     "openai-organization", "openai-project", "transfer-encoding", "user-agent",
     "x-stainless-raw-response"}  # by this one the SDK knows how it was called
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


async def _send_only_ours(request: httpx2.Request) -> None:
    """Drop what the environment may have added (OPENAI_CUSTOM_HEADERS) and the SDK's report on this machine."""
    for name in list(request.headers):
        if name.lower() not in SENT or not request.headers[name]:
            del request.headers[name]


def http_client(most: int) -> httpx2.AsyncClient:
    """A client for one server with at most ``most`` connections."""
    limits = httpx2.Limits(max_connections=most, max_keepalive_connections=most)
    return httpx2.AsyncClient(
        transport=_Transport(limits=limits, trust_env=False, retries=0),
        timeout=TIMEOUT,
        follow_redirects=False,
        trust_env=False,
        event_hooks={"request": [_send_only_ours]},
    )
