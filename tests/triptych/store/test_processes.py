"""Several processes at once, and processes killed at any instant (TRUST.md M7, M8, D1, D3, D4), on both homes."""

import hashlib
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from tests.triptych.store.cradle import run
from tests.triptych.store.drawn import Home, draw
from triptych.errors import DatabaseDown, Duplicate
from triptych.store import Held, Store
from triptych.store.db.tables import drawings

WORK = "import sys; from tests.triptych.store.worker import main; main(*sys.argv[1:])"


def worked(home: Home, what: str, processes: int, each: int, code: int = 0) -> list[str]:
    """What the processes said; the one that ended worst ended by this ``code``."""
    done = run(WORK, what, str(home.images), home.database, f"{processes}", f"{each}")
    assert (code, "") == (done.returncode, done.stderr)
    return done.stdout.splitlines()


def balance(store: Store) -> tuple[Held, Held]:
    """The day's sums as they are kept, and as the drawings add up."""
    with store.database.read() as connection:
        spent, held = connection.execute(select(func.sum(drawings.c.dollars), func.sum(drawings.c.held))).one()
    added = Held(Decimal(spent or 0) / 1_000_000, Decimal(held or 0) / 1_000_000)
    return store.journal.money("day"), added


@pytest.mark.parametrize("each", [8, pytest.param(500, marks=pytest.mark.trust)])
def test_eight_processes_write_and_none_is_locked_out(place: Home, each: int) -> None:
    said = worked(place, "writes", 8, each)

    store = place.store()
    assert [f"wrote {each}"] * 8 == said
    assert Held(Decimal("0.01") * 8 * each, Decimal(0)) == store.journal.money("day")
    store.close()


@pytest.mark.parametrize("trial", [0, *(pytest.param(n, marks=pytest.mark.trust) for n in range(1, 10))])
def test_sixteen_processes_cannot_pass_a_cap_of_ten(place: Home, trial: int) -> None:
    said = worked(place, "races", 16, 4)

    store = place.store()
    assert 10 == len(said)
    assert Held(Decimal(0), Decimal(10)) == store.journal.money("day")
    assert () == store.journal.recover().unknown
    assert Held(Decimal(0), Decimal(0)) == store.journal.money("day")  # nothing had been sent
    store.close()


def killed(home: Home, seed: int) -> list[str]:
    """The tickets that four drawing processes had reported as closed when each was killed at a random instant."""
    return worked(home, "draws", 4, seed, code=256 - signal.SIGKILL)


@pytest.mark.parametrize("kills", [3, pytest.param(50, marks=pytest.mark.trust)])  # of four processes each
def test_processes_killed_at_any_instant_lose_and_tear_nothing(place: Home, kills: int) -> None:
    reported = [ticket for seed in range(kills) for ticket in killed(place, seed)]

    store = place.store()
    store.journal.recover()
    with store.database.read() as connection:
        statuses = dict(connection.execute(select(drawings.c.ticket, drawings.c.status)).all())
    assert reported
    assert {"done", "unknown", "cancelled"} >= set(statuses.values())
    assert {"done"} >= {statuses[ticket] for ticket in reported}
    assert () == store.orphans()
    kept, added = balance(store)
    assert added == kept
    for record in store.history.search("local", size=100_000).records:
        if record.stored:
            data = store.original(record.stored.sha256, record.stored.format)
            assert record.stored.sha256 == hashlib.sha256(data).hexdigest()
    store.close()


@contextmanager
def failing(store: Store, at: int) -> Iterator[list[str]]:
    """Let the ``at``-th statement fail; gives those that were tried."""
    tried: list[str] = []

    def fail(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        tried.append(statement)
        if len(tried) == at:
            raise OperationalError(statement, {}, Exception("disk I/O error"))

    event.listen(store.database.engine, "before_cursor_execute", fail)
    try:
        yield tried
    finally:
        event.remove(store.database.engine, "before_cursor_execute", fail)


def test_whatever_statement_fails_the_books_balance_and_no_picture_is_lost(place: Home, tmp_path: Path) -> None:
    store = place.store()
    store.journal.money("day")
    for at in range(1, 200):
        with failing(store, at) as tried, suppress(DatabaseDown):
            draw(store, f"t{at}")
        kept, added = balance(store)
        assert added == kept
        if len(tried) < at:
            break
        with suppress(Duplicate):  # where it failed before it was opened, nothing was sent and nothing is known
            draw(store, f"t{at}")

    assert 12 < at < 199
    names = {record.stored.sha256 for record in store.history.search("local", size=999).records if record.stored}
    sidecars = {told.sha256 for _, told in store.files.sidecars() if told}
    assert names <= sidecars
    assert {f"originals/{digest[:2]}/{digest}.png" for digest in sidecars - names} >= set(store.orphans())
    store.close()
