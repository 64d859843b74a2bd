"""Drawings that go on by themselves: tickets, owners, cancelling, draining (TRUST.md M1, M2, M4, X6)."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from triptych import jobs as module
from triptych.errors import Cancelled, InvalidRequest, OutcomeUnknown, ServerFailed
from triptych.jobs import Job, Jobs, PartState
from triptych.request import ImageRequest
from triptych.results import Event, Failed, Partial, Picture, Queued, Retrying, Sent
from triptych.servers import DEMO
from triptych.studio import Saved

PATIENCE = 60.0  # seconds
REQUEST = ImageRequest(model="gpt-image-2", prompt="a cat")
Events = Callable[[asyncio.Event], AsyncIterator[Event]]


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    jobs = Jobs()
    yield jobs
    for job in jobs.of("me"):
        job.cancel()
    jobs.drain(PATIENCE)
    stopped(jobs)
    jobs._loop.close()


def stopped(jobs: Jobs) -> None:
    jobs._loop.call_soon_threadsafe(jobs._loop.stop)
    jobs._thread.join(PATIENCE)


def job(ticket: str = "t", owner: str = "me", request: ImageRequest = REQUEST) -> Job:
    return Job(ticket, owner, "generate", request, DEMO)


def saved(part: int = 0) -> Saved:
    return Saved(part, (), {}, None, None, None, 1.0)


def saying(*events: Event) -> Events:
    async def draw(_stop: asyncio.Event) -> AsyncIterator[Event]:
        for event in events:
            yield event

    return draw


def raising(error: Exception) -> Events:
    async def draw(_stop: asyncio.Event) -> AsyncIterator[Event]:
        yield Sent(0, 1)
        raise error

    return draw


async def until_stopped(stop: asyncio.Event) -> AsyncIterator[Event]:
    yield Sent(0, 1)
    await stop.wait()
    yield Failed(0, Cancelled("stopped"), 1.0)


def ended(one: Job) -> Job:
    """Wait for its end."""
    while not one.done:
        assert one.wait(one.version, PATIENCE)
    return one


def test_a_job_ends_with_its_answer(jobs: Jobs) -> None:
    done = ended(jobs.start(job(), saying(Sent(0, 1), saved())))

    assert (saved(),) == done.saved
    assert () == done.errors
    assert not done.may_be_charged


def test_a_ticket_is_good_for_one_drawing(jobs: Jobs) -> None:
    begun: list[int] = []

    async def draw(_stop: asyncio.Event) -> AsyncIterator[Event]:
        begun.append(1)
        yield saved()

    first = jobs.start(job(), draw)
    again = [jobs.start(job(), draw) for _ in range(5)]
    ended(first)
    jobs.start(job(), draw)

    assert {first} == set(again)
    assert [1] == begun


def test_one_ticket_clicked_in_many_threads_draws_once(jobs: Jobs) -> None:
    begun: list[int] = []
    gate = threading.Barrier(8)

    async def draw(_stop: asyncio.Event) -> AsyncIterator[Event]:
        begun.append(1)
        yield saved()

    def click() -> None:
        gate.wait(PATIENCE)
        jobs.start(job(), draw)

    clicks = [threading.Thread(target=click) for _ in range(8)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join(PATIENCE)
    jobs.drain(PATIENCE)

    assert [1] == begun


def test_nobody_reaches_anothers_jobs(jobs: Jobs) -> None:
    ended(jobs.start(job("a", "me"), saying(saved())))
    jobs.start(job("b", "you"), saying(saved()))

    assert jobs.get("b", "me") is None
    assert jobs.get("b", "you") is not None
    assert ["a"] == [one.ticket for one in jobs.of("me")]


def test_a_used_ticket_of_another_gives_nothing_of_theirs(jobs: Jobs) -> None:
    jobs.start(job("same", "you"), saying(saved()))

    with pytest.raises(KeyError):
        jobs.start(job("same", "me"), saying(saved()))


def test_many_are_begun_together_or_not_at_all(jobs: Jobs) -> None:
    ended(jobs.start(job("b", "you"), saying(saved())))

    first = jobs.start_all([(job(ticket), saying(saved())) for ticket in "ac"])
    again = jobs.start_all([(job(ticket), raising(ZeroDivisionError())) for ticket in "acd"])
    with pytest.raises(KeyError):
        jobs.start_all([(job(ticket), saying(saved())) for ticket in "eb"])

    assert first == again[:2]
    assert ["d", "c", "a"] == [one.ticket for one in jobs.of("me")]


def test_the_newest_job_comes_first(jobs: Jobs) -> None:
    for ticket in "abc":
        jobs.start(job(ticket), saying(saved()))

    assert ["c", "b", "a"] == [one.ticket for one in jobs.of("me")]


def test_cancelling_stops_it_and_says_it_may_be_charged(jobs: Jobs) -> None:
    one = jobs.start(job(), until_stopped)
    assert one.wait(0, PATIENCE)
    assert one.may_be_charged
    assert (one,) == jobs.running("me")

    one.cancel()

    assert [Cancelled] == [type(error) for error in ended(one).errors]
    assert () == jobs.running("me")
    one.cancel()  # once more is no harm


def test_what_ends_without_an_answer_is_unknown(jobs: Jobs) -> None:
    assert [OutcomeUnknown] == [type(error) for error in ended(jobs.start(job(), saying(Sent(0, 1)))).errors]


def test_a_refusal_is_told_as_it_is(jobs: Jobs) -> None:
    refused = ended(jobs.start(job(), raising(InvalidRequest("no"))))

    assert [InvalidRequest] == [type(error) for error in refused.errors]


def test_a_fault_of_ours_ends_the_job_and_is_logged(jobs: Jobs, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        broken = ended(jobs.start(job("t-broken"), raising(ZeroDivisionError())))

    assert [OutcomeUnknown] == [type(error) for error in broken.errors]
    assert "t-broken" in caplog.text
    assert jobs.healthy()


def test_a_loop_that_has_yet_to_begin_is_healthy_and_one_that_has_stopped_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begin, run = threading.Event(), asyncio.BaseEventLoop.run_forever

    def late(loop: asyncio.BaseEventLoop) -> None:
        assert begin.wait(PATIENCE)
        run(loop)

    monkeypatch.setattr(asyncio.BaseEventLoop, "run_forever", late)
    jobs = Jobs()

    assert jobs.healthy()
    begin.set()
    stopped(jobs)
    assert not jobs.healthy()
    jobs._loop.close()


def test_a_part_that_failed_keeps_its_reason_when_the_rest_ends(jobs: Jobs) -> None:
    each = ImageRequest(model="gpt-image-2", prompt="a cat", n=3, partial_images=1, stream_each=True)
    failure = Failed(1, ServerFailed("no"), 1.0)
    done = ended(jobs.start(job(request=each), saying(saved(0), failure)))

    assert [Saved, None, None] == [type(part.saved) if part.saved else None for part in done.parts]
    assert [ServerFailed, OutcomeUnknown] == [type(error) for error in done.errors]


def test_when_a_part_went_out_is_known_while_its_stages_come_and_not_while_it_waits_to_go_again() -> None:
    sent = PartState().after(Sent(0, 1))
    staged = sent.after(Partial(0, 0, Picture(b"", "png", 1, 1)))
    waiting = staged.after(Retrying(0, ServerFailed("It broke."), 1.0))

    assert sent.last
    assert (sent.last.at, sent.last.at, None) == (sent.sent_at, staged.sent_at, waiting.sent_at)
    assert (True, False) == (staged.sent, waiting.sent)


def test_waiting_again_after_a_rate_limit_is_not_charged(jobs: Jobs) -> None:
    async def draw(stop: asyncio.Event) -> AsyncIterator[Event]:
        yield Queued(0, "x")
        yield Sent(0, 1)
        yield Retrying(0, ServerFailed("no"), 1.0)
        await stop.wait()

    one = jobs.start(job(), draw)
    while one.version < 3:
        assert one.wait(one.version, PATIENCE)

    assert not one.may_be_charged


def test_draining_waits_for_what_runs_and_counts_what_is_left(jobs: Jobs) -> None:
    async def soon(_stop: asyncio.Event) -> AsyncIterator[Event]:
        await asyncio.sleep(0.05)
        yield saved()

    quick = [jobs.start(job(f"q{number}"), soon) for number in range(5)]

    assert 0 == jobs.drain(PATIENCE)
    assert all(one.done for one in quick)
    slow = jobs.start(job("slow"), until_stopped)
    assert 1 == jobs.drain(0.05)
    assert not slow.done


def test_the_register_forgets_the_oldest_that_ended_and_never_what_runs(jobs: Jobs) -> None:
    slow = jobs.start(job("slow"), until_stopped)
    for number in range(2 * module.KEPT):
        ended(jobs.start(job(f"{number}"), saying(saved())))

    assert module.KEPT + 2 >= len(jobs.of("me"))
    assert slow is jobs.get("slow", "me")
    assert jobs.get(f"{2 * module.KEPT - 1}", "me")
    assert jobs.get("0", "me") is None


def test_waiting_ends_when_nothing_comes(jobs: Jobs) -> None:
    one = jobs.start(job(), until_stopped)
    assert one.wait(0, PATIENCE)

    assert not one.wait(one.version, 0.01)


def test_waiting_for_the_end_is_not_ended_by_other_news() -> None:
    one = job()
    one.heard(Sent(0, 1))
    before = one.wait_for_end(0.0)
    threading.Timer(0.0, one.ended, [OutcomeUnknown("It ended.")]).start()

    assert (False, True) == (before, one.wait_for_end(PATIENCE))


def test_what_comes_afterwards_comes_once_whether_it_has_ended_or_not(jobs: Jobs) -> None:
    told: list[str] = []
    one = jobs.start(job(), until_stopped)
    one.afterwards(lambda: told.append("before"))
    assert [] == told

    one.cancel()
    ended(one)
    jobs.run(nothing()).result(PATIENCE)
    one.afterwards(lambda: told.append("after"))

    assert ["before", "after"] == told


async def nothing() -> None:
    """Runs on the loop after all that is on it already."""
