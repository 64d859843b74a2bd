"""The life of a house's process that has nothing to do."""

import asyncio


def prepare() -> None:
    """There is nothing to import."""


def ready() -> list[str]:
    return ["The straw is wet."]


def end_at_the_signal() -> None:
    """There is nothing to end."""


def look_without_visitors() -> asyncio.Future[None]:
    """There is nothing to look at."""
    return asyncio.get_running_loop().create_future()
