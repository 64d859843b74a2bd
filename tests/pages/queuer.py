"""A process that queues three runs on Generate, of which one goes out, says what happens to them, and never ends."""

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path

from triptych.accounts import DEMO_ACCOUNT
from triptych.budget import Budget
from triptych.client import ImageClient
from triptych.client.pace import Pace
from triptych.request import ImageRequest
from triptych.store import Store
from triptych.studio import Order, Studio

PROMPTS = ("a red square", "a green square", "a blue square")


async def follow(studio: Studio, client: ImageClient, prompt: str) -> None:
    asked = ImageRequest(model="gpt-image-2.6-flare", prompt=prompt, size="1024x1024", quality="low")
    async for event in studio.draw(client, Order(asked)):
        sys.stdout.write(f"{type(event).__name__}\n")
        sys.stdout.flush()


async def main(images: str, database: str, url: str, token: str) -> None:
    store = Store(Path(images), database)
    client = ImageClient(replace(DEMO_ACCOUNT, base_url=url, key=token), Pace(1))
    studio = Studio(store, Budget(store, {}))
    await asyncio.gather(*(follow(studio, client, prompt) for prompt in PROMPTS))


if __name__ == "__main__":
    asyncio.run(main(**json.loads(sys.argv[1])))
