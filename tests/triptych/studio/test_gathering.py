"""What comes on the loop within a moment is done together, and each hears of its own."""

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.triptych.client.raw import PATIENCE, Visit, b64, raw, whole
from tests.triptych.studio.conftest import REQUEST, begun
from triptych.client import ImageClient, Pace
from triptych.errors import NotSaved
from triptych.jobs import Jobs
from triptych.servers import LIKE_OPENAI, Account
from triptych.store import Ending
from triptych.studio import TOGETHER, Studio
from triptych.studio.gathering import Together

ONE = replace(REQUEST, n=1)
IMAGE = whole({"created": 1, "data": [{"b64_json": b64()}], "usage": {"input_tokens": 9, "output_tokens": 196}})


async def test_work_that_gathers_is_done_in_one_go_and_what_one_raises_ends_no_other() -> None:
    busy = threading.Event()
    with ThreadPoolExecutor(2) as two:
        together = Together[int](two)

        def waits() -> int:  # for the next: in a thread of its own that would be done meanwhile
            assert not busy.is_set()
            return threading.get_ident()

        def fails() -> int:
            busy.set()
            raise NotSaved("The disk is full.")

        first, failed, last = await asyncio.gather(
            together(waits, PATIENCE, most=3),
            together(fails, PATIENCE, most=3),
            together(threading.get_ident, PATIENCE, most=3),
            return_exceptions=True,
        )

    assert isinstance(failed, NotSaved)
    assert first == last != threading.get_ident()


async def test_the_images_of_many_are_saved_together_while_others_wait_in_line_and_the_last_wait_for_nobody(
    studio: Studio, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triptych.studio.LINGER", PATIENCE)  # who waits, waits for others and not for a time
    finished_many, written = studio.store.journal.finished_many, list[int]()

    def counted(endings: Sequence[Ending]) -> tuple[NotSaved | None, ...]:
        written.append(len(endings))
        return finished_many(endings)

    monkeypatch.setattr(studio.store.journal, "finished_many", counted)

    async def answer(visit: Visit) -> None:
        await visit.say(IMAGE)

    rows = 5 * TOGETHER  # of which three times as many as fly may be under way before the first of them is read
    async with raw(answer) as server:
        client = ImageClient(Account(server.base_url, "sk-test", server=LIKE_OPENAI), Pace(TOGETHER))
        made = await begun(studio, jobs, client, [replace(ONE, prompt=f"t{number}") for number in range(rows)])
        ends = [asyncio.to_thread(job.wait_for_end, PATIENCE / 2) for job in made]
        assert all(await asyncio.gather(*ends))
        await asyncio.wrap_future(jobs.run(client.aclose()))

    assert (rows, rows) == (server.posts, sum(written))
    assert not any(job.errors for job in made)
    assert TOGETHER <= written[0]
