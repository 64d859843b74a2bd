"""Many processes that write at once: `main` forks them after the imports.

Those that draw do so until they are killed, each at one of its own instants; ``each`` is the seed of these.
"""

import itertools
import os
import random
import sys
import traceback
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path

from tests.instants import Instants
from tests.triptych.store.drawn import NO_CAPS, Home, draw, entry
from triptych.errors import OverBudget
from triptych.ranges import exactly
from triptych.store import Caps

DOLLAR = exactly(Decimal(1))
SPREAD = 100_000  # instants, in which some images are saved


def writes(home: Home, number: int, each: int) -> None:
    """Open and close drawings; says how many."""
    store = home.store()
    for one in range(each):
        store.journal.open(entry(f"{number}-{one}"))
        store.journal.closed(f"{number}-{one}", "done", Decimal("0.01"))
    say(f"wrote {each}")
    store.close()


def races(home: Home, number: int, each: int) -> None:
    """Ask for more than a cap of ten dollars takes; says each one that was let through."""
    store = home.store(Caps(day=Decimal(10)))
    for one in range(each):
        try:
            store.journal.open(entry(f"{number}-{one}", estimate=DOLLAR))
        except OverBudget:
            continue
        say("through")
    os._exit(0)  # as a crash would leave it: nothing is closed


def draws(home: Home, number: int, each: int) -> None:
    """Draw pictures until killed; says each ticket whose end is in the journal."""
    store = home.store(NO_CAPS)
    for one in itertools.count():
        if one == each % 2:  # half of them when something is there already
            Instants(1 + random.Random(f"{each}-{number}").randrange(SPREAD))
        ticket = f"{os.getpid()}-{number}-{one}"
        draw(store, ticket, data=os.urandom(1 << 16))
        say(ticket)


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())  # in one piece, beside the other processes' lines


def main(what: str, images: str, database: str, processes: str, each: str) -> None:
    home = Home(images if "://" in images else Path(images), database)
    os.waitpid(child(lambda: home.store().journal.money("day")), 0)  # in a process of its own: see `child`
    work = {"writes": writes, "races": races, "draws": draws}[what]
    children = [child(partial(work, home, number, int(each))) for number in range(int(processes))]
    sys.exit(max(os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]) for number in children))


def child(work: Callable[[], object]) -> int:
    """Fork a process that does it, and give its number.

    Whoever has spoken to a bucket must not fork any more: the threads that speak to it are not in the child, which
    would wait for them for ever.
    """
    number = os.fork()
    if not number:
        try:
            work()
        except BaseException:  # noqa: BLE001 - a child never returns
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return number
