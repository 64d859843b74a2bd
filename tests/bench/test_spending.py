"""What Spending asks of the records: of a hundred thousand runs beside a thousand."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.bench.conftest import Table
from tests.bench.many import rows_of
from triptych.store import Store

FEW, MANY = 1_000, 100_000
PAIRS = 7
AGAIN = 10  # that the few are summed in one measurement, since once is too short to be told from noise
MOST = 150.0  # for a hundred times the runs: they no longer fit the processor's own memory
SINCE, UNTIL = datetime(1970, 1, 1, tzinfo=UTC), datetime.now(UTC) + timedelta(days=1)


def test_a_hundred_thousand_runs_are_summed_within_150_times_the_time_of_a_thousand(
    tmp_path: Path, table: Table
) -> None:
    few, many = (rows_of(tmp_path / f"{runs}", runs) for runs in (FEW, MANY))

    pairs = [(summed(many, 1), summed(few, AGAIN)) for _ in range(PAIRS)]

    few.close()
    many.close()
    name = f"Spending's sums of {MANY:,} runs / {FEW:,}"
    assert MOST >= table.add(name, *map(list, zip(*pairs, strict=True)), bound=MOST)


def summed(store: Store, times: int) -> float:
    """Milliseconds of processor time that all the page's questions take, of so many askings."""
    start = time.process_time()
    for _ in range(times):
        spent = store.history.spent("local", SINCE, UNTIL)
        assert spent.latencies()
        assert spent.by("tier", charged=True)
        assert store.history.learned("local")
        assert not store.history.unsettled("local", 50).total
    return (time.process_time() - start) * 1000 / times
