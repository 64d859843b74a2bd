"""Sends one turn and kills its own process as soon as the records know by what id the answer can be fetched."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from tests.triptych.conversation.conftest import turn
from triptych.budget import Budget
from triptych.client import ImageClient
from triptych.results import Partial
from triptych.servers import LIKE_OPENAI, Account
from triptych.store import Store
from triptych.store.db.tables import parts
from triptych.studio import Order, Studio


async def sent(folder: Path, url: str) -> None:
    store = Store(folder / "images")
    studio = Studio(store, Budget(store, {}))
    client = ImageClient(Account(url, "sk-test", server=LIKE_OPENAI))
    order = Order(turn("a red fox"), "killed", page="converse", redraw=True)
    async for event in studio.draw(client, order):
        while isinstance(event, Partial):
            with store.database.read() as connection:
                if connection.execute(parts.select().where(parts.c.response_id.is_not(None))).first():
                    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    asyncio.run(sent(Path(sys.argv[1]), sys.argv[2]))
