"""A batch as files: its originals with their sidecars as a ZIP file, and its rows with what came of them."""

from collections.abc import Generator, Iterator
from typing import IO

from triptych.batch.batch import Batch, RowState
from triptych.batch.naming import PATTERN, file_names
from triptych.batch.results import Made, Result, write_csv, write_jsonl
from triptych.batch.rows import Row
from triptych.store import Store


def results(batch: Batch) -> Iterator[Result]:
    """What came of every row, those that could not be run among them, in their order."""
    for row in batch.plan.rows:
        yield _result(batch.state(row.place)) if row.request else Result(row, "impossible")


def zip_of(batch: Batch, store: Store, pattern: str = PATTERN) -> Generator[bytes, None, None]:
    """A ZIP of its originals and sidecars, named by ``pattern``, in pieces: one image is in memory at a time.

    The batch has been refreshed before. Raises InvalidRequest where the pattern names what no row has.
    """
    named = file_names(pattern, results(batch))
    yield from store.transfer.zip_pieces(batch.owner, named, named)


def csv_of(batch: Batch, out: IO[bytes], pattern: str = PATTERN) -> None:
    """Write every row with its input columns and what came of it, for a spreadsheet; raises as ``zip_of``."""
    write_csv(out, batch.plan.columns, results(batch), file_names(pattern, results(batch)))


def jsonl_of(batch: Batch, out: IO[bytes], pattern: str = PATTERN) -> None:
    """The same for a program, one JSON object a line."""
    write_jsonl(out, results(batch), file_names(pattern, results(batch)))


def _result(state: RowState) -> Result:
    row: Row = state.row
    usages = [saved.usage for saved in state.saved]
    known = [usage for usage in usages if usage]
    whole = bool(known) and len(known) == len(usages)
    inputs = [usage.input_tokens for usage in known]
    return Result(
        row,
        state.status,
        tuple(Made(id, stored) for id, stored in zip(state.record_ids, state.pictures, strict=False)),  # noqa: A001
        state.dollars,
        state.paid and not state.cached,
        state.seconds if state.status == "done" else None,
        sum(one or 0 for one in inputs) if whole and None not in inputs else None,
        state.output_tokens,
        state.reason,
    )
