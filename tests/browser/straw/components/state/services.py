"""Services of a house without any."""

from types import SimpleNamespace
from typing import NoReturn

PLACE = SimpleNamespace()


def process_place() -> tuple[SimpleNamespace, str]:
    return PLACE, "services"


def services() -> NoReturn:
    raise LookupError("there are none")


def drain(seconds: float) -> None:
    print(f"drained within {seconds:.0f} s", flush=True)  # noqa: T201 - the test reads it in the server's log
