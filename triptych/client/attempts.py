"""How often a request is sent, and what is said of one that is not sent any more."""

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tenacity import RetryCallState

from triptych.client.pace import LONGEST_HOLD
from triptych.errors import (
    Cancelled,
    NeverSent,
    NoResponsesApi,
    NothingStored,
    RateLimited,
    ServerFailed,
    TriptychError,
    Unreachable,
)

# How often a request may be sent in all, by what went wrong: only where it cannot have been billed, and once more
# where the server itself said that it failed, or where it has no Responses API or stores nothing, and is sent a request
# that fits. Anything else is never sent again by itself.
OTHERWISE = (NoResponsesApi, NothingStored)
ATTEMPTS: dict[type[TriptychError], int] = {
    Unreachable: 4,
    ServerFailed: 2,
    RateLimited: 60,
    **dict.fromkeys(OTHERWISE, 3),
}


def may_be_sent_again(error: BaseException) -> bool:
    """Whether what went wrong cannot have been billed."""
    return isinstance(error, tuple(ATTEMPTS))


def was_sent_often_enough(state: RetryCallState) -> bool:
    """Whether it ends here, by the number of attempts or by how long it would have to wait."""
    error = state.outcome.exception() if state.outcome else None
    waited = (state.seconds_since_start or 0.0) + state.upcoming_sleep
    if isinstance(error, RateLimited) and waited > LONGEST_HOLD:
        return True
    return any(state.attempt_number >= most for kind, most in ATTEMPTS.items() if isinstance(error, kind))


def dated(error: TriptychError) -> TriptychError:
    """``error``, which says when to come back where that is too long to wait for."""
    seconds = error.retry_after or 0.0
    if isinstance(error, RateLimited) and seconds > LONGEST_HOLD:
        longest = timedelta(days=400)  # a date beyond it is no date
        when = datetime.now(UTC) + min(timedelta(seconds=seconds), longest)
        wait = f"{seconds / 60:,.0f} minutes" if seconds < 2 * 86_400 else f"{seconds / 86_400:,.0f} days"
        error.message += f" The server asks to wait {wait}: try again after {when:%Y-%m-%d %H:%M} UTC."
    return error


def cancelled(in_flight: bool) -> TriptychError:
    if in_flight:
        return Cancelled("It was already sent and may still be charged.")
    return NeverSent("You canceled it before it was sent; nothing is charged.")


def backoff(attempt: int, jitter: random.Random) -> float:
    """Seconds, doubling from a half to thirty, with up to a quarter of jitter."""
    return float(min(30.0, 0.5 * 2 ** (attempt - 1)) * jitter.uniform(1.0, 1.25))


def seconds_to_wait(error: BaseException | None, otherwise: float, jitter: random.Random) -> float:
    """Seconds until it is sent again: at once where another request is sent, as long as a server asks, else so many."""
    if isinstance(error, OTHERWISE):
        return 0.0
    if isinstance(error, RateLimited) and error.retry_after is not None:
        return error.retry_after + jitter.uniform(0.0, 0.25)
    return otherwise


async def cancel_on(stop: asyncio.Event, parts: Sequence[asyncio.Task[None]]) -> None:
    """Cancel the ``parts`` of a run once it is to stop."""
    await asyncio.sleep(0)  # a task that never began could not say that it was cancelled
    await stop.wait()
    for part in parts:
        part.cancel()
