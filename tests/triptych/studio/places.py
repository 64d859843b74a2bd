"""Places that go away and come back, and a server that says exactly what it is told, around a real studio."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

from tests.triptych.client.raw import Answer, Raw, Visit, b64, png, raw
from triptych.budget import Budget
from triptych.client import ImageClient
from triptych.request import ImageRequest
from triptych.servers import LIKE_OPENAI, Account
from triptych.store import Query, Store
from triptych.studio import Studio

REQUEST = ImageRequest(model="gpt-image-2", prompt="a red square", size="1024x1024", quality="low")
USAGE = {"input_tokens": 10, "output_tokens": 200, "input_tokens_details": {"text_tokens": 10, "image_tokens": 0}}
GOOD = {"data": [{"b64_json": b64(png(64))}], "usage": USAGE}
BAD = {"data": [{"b64_json": b64(b"no image of any kind" + bytes(64))}], "usage": USAGE}
KEY = "sk-spool-1234567890"


def opened(folder: Path) -> Studio:
    """A studio as a process makes it: images, records and kept answers lie in places of their own."""
    images, records = folder / "place" / "images", folder / "records"
    records.mkdir(exist_ok=True)
    store = Store(images, f"sqlite:///{records / 'triptych.db'}", spool=folder / "home" / "spool")
    return Studio(store, Budget(store, {}))


def restarted(studio: Studio, folder: Path) -> Studio:
    """The studio of the next process."""
    studio.store.close()
    again = opened(folder)
    again.store.journal.recover()
    return again


@asynccontextmanager
async def served(answer: Answer) -> AsyncIterator[tuple[Raw, ImageClient]]:
    async with raw(answer) as server:
        client = ImageClient(Account(server.base_url, KEY, server=LIKE_OPENAI))
        yield server, client
        await client.aclose()


def away(place: Path) -> None:
    """Take a folder away: a file stands where it was, as where a network disk is not mounted."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        place.rename(place.with_name(f"{place.name}.away"))
    place.write_bytes(b"")


def back(place: Path) -> None:
    place.unlink()
    if place.with_name(f"{place.name}.away").exists():
        place.with_name(f"{place.name}.away").rename(place)


def after(what: list[Path], said: bytes, studio: Studio) -> Answer:
    """Answer once these places have gone away."""

    async def answer(visit: Visit) -> None:
        studio.store.database.close()
        for place in what:
            away(place)
        await visit.say(said)

    return answer


async def caught_up(studio: Studio) -> list[str]:
    return [ticket for ticket, _ in await asyncio.to_thread(studio.catch_up)]


def status(studio: Studio, ticket: str = "t") -> str:
    return studio.store.journal.statuses([ticket])[ticket]


def assert_all_is_saved(studio: Studio, ticket: str = "t") -> None:
    """The run is done with its images, sidecars, records and money, and nothing waits."""
    store = studio.store
    assert "done" == status(studio, ticket)
    records = [one for one in store.history.search("local", Query(), 1, 100).records if one.ticket == ticket]
    assert records
    for record in records:
        assert record.stored
        assert record.stored.bytes == len(store.original(record.stored.sha256, record.stored.format))
    money = store.journal.money("day")
    assert sum(one.dollars or Decimal(0) for one in records) == money.spent > 0
    assert 0 == money.reserved
    assert () == store.journal.imbalance()
    assert len(records) == len([name for name, _ in store.files.sidecars() if name.startswith(ticket)])
    assert [] == list(store.files.place.names("receipts"))
    assert () == store.spool.answers()
    assert [] == list(store.spool.files())
