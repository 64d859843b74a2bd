"""A process that has imported what is heavy and forks children that draw, so that sixteen of them begin at once.

It reads one order a line: `images`, `database`, `url`, `token`, `cap`, `tickets`, `alike` (whether all draw the same)
and `out`, the file in which the child leaves what became of its tickets. It answers with the child's number. With
`dies` the child is killed at that one of its instants, or leaves in `out` how many it had, where that is 0.
"""

import asyncio
import json
import os
import signal
import sys
import traceback
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openai  # noqa: F401 - heavy
import sqlalchemy.dialects.postgresql
import sqlalchemy.dialects.sqlite  # noqa: F401 - heavy

from tests import disks
from tests.instants import Instants
from triptych.budget import Budget
from triptych.client import ImageClient
from triptych.errors import TriptychError
from triptych.request import ImageRequest
from triptych.servers import LIKE_OPENAI, Account
from triptych.store import Caps, Store
from triptych.studio import Order, Saved, Studio

REQUEST = ImageRequest(model="gpt-image-2", prompt="a red square", size="1024x1024", quality="low")


async def draw(studio: Studio, client: ImageClient, request: ImageRequest, ticket: str) -> str:
    """What became of a ticket: Saved, or the name of the error."""
    try:
        events = [event async for event in studio.draw(client, Order(request, ticket, redraw=True))]
    except TriptychError as error:
        return type(error).__name__
    last = events[-1]
    return "Saved" if isinstance(last, Saved) else type(getattr(last, "error", last)).__name__


async def work(order: dict[str, Any]) -> dict[str, str]:
    """Draw all tickets of an order at once."""
    cap = Decimal(order["cap"]) if order["cap"] else None
    store = Store(Path(order["images"]), order["database"], caps=Caps(day=cap))
    studio = Studio(store, Budget(store, {"day": cap} if cap else {}))
    client = ImageClient(Account(order["url"], order["token"], server=LIKE_OPENAI))
    asked = [
        (REQUEST if order["alike"] else replace(REQUEST, prompt=f"a red square, {ticket}"), ticket)
        for ticket in order["tickets"]
    ]
    came = await asyncio.gather(*(draw(studio, client, request, ticket) for request, ticket in asked))
    await client.aclose()
    store.close()
    return dict(zip(order["tickets"], came, strict=True))


def child(order: dict[str, Any]) -> None:
    """Be a child: it never returns."""
    try:
        instants = Instants(order["dies"]) if "dies" in order else None
        came: dict[str, Any] = asyncio.run(work(order))
        if instants:
            came["instants"] = instants.passed()
        beside = Path(f"{order['out']}.new")
        beside.write_text(json.dumps(came))
        beside.rename(order["out"])
    except BaseException:
        Path(f"{order['out']}.log").write_text(traceback.format_exc())
        raise
    finally:
        os._exit(0)


def say(word: object) -> None:
    """Tell the nurse."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main() -> None:
    """Take orders until there are no more."""
    disks.hurry()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who is killed is gone at once
    say("ready")
    for line in sys.stdin:
        if number := os.fork():
            say(number)
        else:
            child(json.loads(line))


if __name__ == "__main__":
    main()
