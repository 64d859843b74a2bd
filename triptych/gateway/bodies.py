"""The bodies of requests on their way in: how long one may take, and how much of all of them is held at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import Request
from starlette.types import Message

from triptych.inputs import MOST_IMAGE_BYTES, MOST_IMAGES
from triptych.wire import asks
from triptych.wire.refusals import Refusal, invalid

MOST_WORDS = 1 << 20  # bytes of a generation: a prompt of 32,000 characters, each escaped, has 400,000
MOST_BODY = MOST_IMAGES * MOST_IMAGE_BYTES  # of an edit
MOST_HELD = 1 << 30  # bytes of all that is being read and worked on: a token is no right to this machine's memory
LONGEST = 300.0  # seconds for a whole body


class Bodies:
    """What a gateway holds of the bodies that were sent to it. Used on one event loop."""

    def __init__(self) -> None:
        self._held = 0  # bytes

    @asynccontextmanager
    async def read(self, request: Request, kind: str) -> AsyncIterator[asks.Ask]:
        """What ``request`` asks for; its bytes count as held until the end of the block. Raises Refusal."""
        came = 0

        async def receive() -> Message:
            nonlocal came
            message = await request.receive()
            size = len(message.get("body", b""))
            came, self._held = came + size, self._held + size
            if came > MOST_WORDS and self._held > MOST_HELD:
                raise Refusal(
                    "The gateway is busy with other uploads. Try again in a few seconds.",
                    status=429,
                    kind="rate_limit_error",
                    code="too_many_uploads",
                    headers={"retry-after": "5"},
                )
            return message

        most = MOST_WORDS if kind == "generation" else MOST_BODY
        try:
            try:
                async with asyncio.timeout(LONGEST):
                    ask = await asks.read(asks.bounded(Request(request.scope, receive), most), kind, _no_file)
            except TimeoutError:
                said = f"The body of the request did not arrive within {LONGEST:.0f} seconds."
                raise Refusal(said, status=408, code="request_timeout") from None
            yield ask
        finally:
            self._held -= came


def _no_file(id: str, param: str) -> asks.Upload:  # noqa: A002 - the API's own word
    raise invalid(param, f"File with id '{id}' was not found. Send the image itself.", "file_not_found")
