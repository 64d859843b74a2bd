"""A server behind the gateway that answers when a test tells it to."""

import asyncio
import json
import threading

from tests.triptych.client.raw import PATIENCE, Visit, b64, head, raw, whole
from tests.triptych.gateway.conftest import MODEL, TOKEN


class Upstream:
    """Runs in a thread of its own; ``asked`` says that a request is there, ``hangs`` that no answer shall end."""

    def __init__(self) -> None:
        self.asked, self.base_url, self.posts, self.hangs = threading.Event(), "", 0, False
        self._ready, self._loop = threading.Event(), asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))
        self._thread.start()
        assert self._ready.wait(PATIENCE)

    @property
    def environment(self) -> dict[str, str]:
        """That of a playground which asks it."""
        return {"OPENAI_BASE_URL": self.base_url, "OPENAI_API_KEY": "k", "TRIPTYCH_API_TOKEN": TOKEN}

    async def _serve(self) -> None:
        self._draws, self._over = asyncio.Event(), asyncio.Event()
        async with raw(self._visited) as here:
            self.base_url = here.base_url
            self._ready.set()
            await self._over.wait()

    async def _visited(self, visit: Visit) -> None:
        if visit.method != "POST":
            await visit.say(whole({"object": "list", "data": [{"id": MODEL, "object": "model"}]}))
            return
        self.posts += 1
        await self.answer(visit)

    async def answer(self, visit: Visit) -> None:
        self.asked.set()
        await self.told()
        said = json.dumps({"created": 1, "data": [{"b64_json": b64()}], "usage": {"output_tokens": 5}}).encode()
        await visit.say(head(length=len(said) + self.hangs) + said)
        if self.hangs:
            await visit.gone()

    async def told(self) -> None:
        """Until the test says ``draw``."""
        await self._draws.wait()

    def draw(self) -> None:
        self._loop.call_soon_threadsafe(self._draws.set)

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(PATIENCE)
        self._loop.close()
