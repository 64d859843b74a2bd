"""An Images API on a thread of its own, whose answers a test holds, lets go and spoils by prompt."""

import asyncio
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from tests.triptych.client.raw import PATIENCE, Raw, Visit, b64, raw, whole

USAGE = {"input_tokens": 9, "output_tokens": 196, "total_tokens": 205}
SLOW_DOWN = whole({"error": {"message": "slow down", "code": "rate_limit_exceeded"}}, 429, retry_after="0")
BLOCKED = whole({"error": {"message": "no", "code": "moderation_blocked", "type": "user_error"}}, 400)
BROKEN = whole({"error": {"message": "it broke", "type": "server_error"}}, 500)
HANGS_UP = b""  # after the request came: nobody knows whether it was charged


def _prompt(body: bytes) -> str:
    """Of a generation, whose body is JSON, or an edit, which is a form."""
    if body.startswith(b"{"):
        return str(json.loads(body)["prompt"])
    found = re.search(rb'name="prompt"\r\n\r\n(.*?)\r\n', body, re.DOTALL)
    assert found
    return found[1].decode()


class Stub:
    """``faults`` are what a prompt is answered with first, one after the other; ``posts`` counts them by prompt."""

    def __init__(self) -> None:
        self.faults: dict[str, list[bytes]] = {}
        self.posts: Counter[str] = Counter()
        self.flying = self.most = 0
        self.base_url = ""
        self._answer = whole({"created": 1, "data": [{"b64_json": b64()}], "usage": USAGE})
        self._loop = asyncio.new_event_loop()
        self._open = asyncio.Event()
        self._open.set()
        self._came = threading.Condition()

    def hold(self) -> None:
        """Answer nothing until `let_go`."""
        self._loop.call_soon_threadsafe(self._open.clear)

    def let_go(self) -> None:
        """Answer what is held, and all that comes."""
        self._loop.call_soon_threadsafe(self._open.set)

    def until(self, posts: int) -> None:
        """Wait until so many have come."""
        with self._came:
            assert self._came.wait_for(lambda: self.posts.total() >= posts, PATIENCE)

    async def _visit(self, visit: Visit) -> None:
        prompt = _prompt(visit.body)
        with self._came:
            self.posts[prompt] += 1
            self.flying += 1
            self.most = max(self.most, self.flying)
            self._came.notify_all()
        await self._open.wait()
        spoiled = self.faults.get(prompt)
        self.flying -= 1
        await visit.say(spoiled.pop(0) if spoiled else self._answer)

    async def _serve(self, ready: threading.Event, over: asyncio.Event) -> None:
        async with raw(self._visit) as here:
            self._tell(here)
            ready.set()
            await over.wait()

    def _tell(self, here: Raw) -> None:
        self.base_url = here.base_url

    @contextmanager
    def serving(self) -> Iterator["Stub"]:
        """Serve until the end of the block."""
        ready, over = threading.Event(), asyncio.Event()
        thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(ready, over),))
        thread.start()
        try:
            assert ready.wait(PATIENCE)
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._open.set)
            self._loop.call_soon_threadsafe(over.set)
            thread.join(PATIENCE)
            self._loop.close()
