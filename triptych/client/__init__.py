"""The client of an Images API: a request goes in, events come out. The only package that imports the OpenAI SDK."""

import asyncio
import logging
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar
from urllib.parse import parse_qsl

import httpx2
import openai
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from triptych.client import learning, listing, moderation, outward, provenance, wire
from triptych.client.attempts import (
    ATTEMPTS,
    OTHERWISE,
    backoff,
    cancel_on,
    cancelled,
    dated,
    may_be_sent_again,
    seconds_to_wait,
    was_sent_often_enough,
)
from triptych.client.batches import BatchApi
from triptych.client.call import Call
from triptych.client.failures import translated
from triptych.client.learning import Learn, unheard
from triptych.client.pace import Pace, Paces
from triptych.client.redaction import Redaction
from triptych.client.spool import Head, Spool
from triptych.client.turn_call import TurnCall, kind_of
from triptych.client.uploads import Uploads, uploads_aside
from triptych.client.witness import Witness
from triptych.errors import OutcomeUnknown, RateLimited, TriptychError, Unreachable
from triptych.prompts import PromptCheck
from triptych.provenance import ServerCheck
from triptych.request import ImageRequest
from triptych.results import Event, Failed, Finished, Queued, Retrying, Sent
from triptych.servers import Account, Listing, Server
from triptych.settings import clean_key

__all__ = ["Account", "BatchApi", "ImageClient", "Pace", "Paces", "Witness"]

log = logging.getLogger(__name__)

Emit = Callable[[Event], None]
Check = TypeVar("Check", ServerCheck, PromptCheck)


@dataclass(frozen=True)
class _Order:
    """Who asked whom for a drawing, under which ticket, what stops it, who hears of it, who keeps it, its files."""

    owner: str
    account: Account
    ticket: str
    stop: asyncio.Event
    witness: Witness | None
    spool: Spool | None
    files: Uploads = field(default_factory=dict, repr=False)


class ImageClient:
    """Draws on one account. All that it awaits, and ``learn``, runs on the event loop that first used it."""

    def __init__(
        self, account: Account, pace: Pace | None = None, seed: int | None = None, learn: Learn = unheard
    ) -> None:
        self.account, self._learn = account, learn
        self.pace = pace or Pace()
        self._redaction = Redaction(account.key.strip())
        self._random = random.Random(seed)  # noqa: S311 - jitter, not a secret
        self._sdk: openai.AsyncOpenAI | None = None
        self._making = wire.Making()

    async def draw(
        self,
        request: ImageRequest,
        *,
        files: Mapping[str, bytes] | None = None,
        owner: str = "local",
        ticket: str = "-",
        stop: asyncio.Event | None = None,
        witness: Witness | None = None,
        spool: Spool | None = None,
    ) -> AsyncGenerator[Event, None]:
        """Send ``request`` and yield what happens until every part of it has Finished or Failed.

        ``files`` holds by SHA-256 the bytes of the pictures, the mask and the markup that the request names.
        ``witness`` hears of every attempt before it goes out, and of the answer's request id as soon as it is known.
        ``spool`` gets every answer that is no error byte for byte, on the disk before its final image is read.
        Setting ``stop`` closes the connections; what has arrived by then is still yielded, the rest fails as Cancelled.
        Raises InvalidRequest or InvalidSetting before anything is sent.
        """
        server = self.account.server
        request.check(server)
        self._client()
        sent = await uploads_aside(request, files or {}, server)
        order = _Order(owner, self.account, ticket, stop or asyncio.Event(), witness, spool, sent)
        events: asyncio.Queue[Event | None] = asyncio.Queue()
        emit: Emit = lambda event: events.put_nowait(self._redaction(event))  # noqa: E731 - here all of them leave
        parts = [
            asyncio.create_task(self._part(number, part, order, emit)) for number, part in enumerate(request.parts())
        ]
        everything = asyncio.gather(*parts)
        everything.add_done_callback(lambda _: events.put_nowait(None))
        stopper = asyncio.create_task(cancel_on(order.stop, parts))
        try:
            while (event := await events.get()) is not None:
                yield event
            await everything
        finally:
            for task in (stopper, *parts):
                task.cancel()
            await asyncio.gather(stopper, everything, *parts, return_exceptions=True)

    async def read(self, request: ImageRequest, part: int, head: Head, data: bytes) -> Finished:
        """What the kept answer ``data`` to request ``part`` says; nothing is sent, links are fetched. Fails as draw."""
        call = kind_of(request, self.account.server)(part, request, {}, lambda _: None)
        try:
            return self._redaction(await call.again(head, data, self._client(), self.account))
        except TriptychError as error:
            failed = error
        raise self._redaction(failed)

    async def fetch(self, request: ImageRequest, response_id: str, spool: Spool | None = None) -> Finished:
        """What became of a turn that was sent before; waits while the server works on it. Fails as draw."""
        call = TurnCall(0, request, {}, lambda _: None, spool=spool)
        try:
            return self._redaction(await call.fetch(response_id, self._client(), self.account))
        except TriptychError as error:
            failed = error
        raise self._redaction(failed)

    async def models(self) -> Listing:
        """The server's model list; raises TriptychError where it has none."""
        try:
            return self._redaction(await listing.models(self._client()))
        except TriptychError as error:
            failed = error
        raise self._redaction(outward.failed(failed))

    @property
    def batches(self) -> BatchApi:
        """Its Batch API."""
        return BatchApi(self._client, self._redaction)

    async def check_provenance(self, data: bytes, media_type: str) -> ServerCheck:
        """What the server finds in a whole file, which is sent to it; raises TriptychError where it does not say."""
        return await self._checked(lambda: provenance.check(self._client(), data, media_type), provenance.LONGEST)

    async def check_prompt(self, prompt: str) -> PromptCheck:
        """What the server's moderation says of a prompt; raises TriptychError where it does not say."""
        return await self._checked(lambda: moderation.check(self._client(), prompt), moderation.LONGEST)

    async def _checked(self, ask: Callable[[], Awaitable[Check]], longest: float) -> Check:
        """The answer to a check, within so many seconds."""
        try:
            async with asyncio.timeout(longest):
                return self._redaction(await ask())
        except TimeoutError:
            error: TriptychError = Unreachable(f"The check did not answer within {longest:.0f} seconds.")
        except (openai.OpenAIError, httpx2.HTTPError, ValueError) as exc:
            error = translated(exc)
        except TriptychError as exc:
            error = exc
        raise self._redaction(outward.failed(error))

    def recognise(self, server: Server) -> None:
        """Take the server for another kind, for what is drawn from now on."""
        self.account = replace(self.account, server=server)

    def check(self) -> None:
        """Raise InvalidSetting in words if the account cannot be used as it is."""
        self._client()

    async def aclose(self) -> None:
        """Close the connections."""
        if self._sdk:
            await self._sdk.close()

    def _client(self) -> openai.AsyncOpenAI:
        if self._sdk is None:
            account = replace(self.account, key=clean_key(self.account.key) if self.account.key else "")
            address, _, query = account.base_url.partition("?")
            self._sdk = openai.AsyncOpenAI(
                api_key=account.key or "none",
                organization=account.organization or "",
                project=account.project or "",
                base_url=address,
                default_query=dict(parse_qsl(query)),
                max_retries=0,
                http_client=wire.http_client(account, self.pace.most),
            )
        return self._sdk

    async def _part(self, number: int, request: ImageRequest, order: _Order, emit: Emit) -> None:
        started, attempts = time.monotonic(), 0
        in_flight: Call | None = None

        async def attempt() -> Finished:
            nonlocal attempts, in_flight
            waiting = lambda reason, seconds: emit(Queued(number, reason, seconds))  # noqa: E731 - bound to this part
            async with self.pace.turn(order.owner, request.n, waiting) as turn:
                attempts += 1
                if order.witness:
                    await order.witness.sending(number, attempts)
                sent = request.at(self.account.server)
                kind, told = kind_of(sent, self.account.server), order.witness
                in_flight = call = kind(number, sent, order.files, emit, witness=told, spool=order.spool, turn=turn)
                emit(Sent(number, attempts))
                return await self._logged(call, order, attempts)

        def announce(state: RetryCallState) -> None:
            error = state.outcome.exception() if state.outcome else None
            nonlocal in_flight
            in_flight = None
            if isinstance(error, TriptychError):
                emit(Retrying(number, error, state.upcoming_sleep))

        retrying = AsyncRetrying(
            retry=retry_if_exception(may_be_sent_again),
            stop=was_sent_often_enough,
            wait=self._seconds_to_wait,
            before_sleep=announce,
            reraise=True,
        )
        try:
            emit(await retrying(attempt))
        except TriptychError as error:
            emit(Failed(number, dated(error), time.monotonic() - started))
        except asyncio.CancelledError:
            if not order.stop.is_set():
                raise
            off = await in_flight.call_off(self._client(), order.account) if in_flight else cancelled(in_flight=False)
            emit(off if isinstance(off, Finished) else Failed(number, off, time.monotonic() - started))

    async def _logged(self, call: Call, order: _Order, attempt: int) -> Finished:
        started = time.monotonic()
        outcome, size = "cancelled", 0
        try:
            finished = await self._answer(call, order)
            outcome, size = "finished", sum(len(picture.data) for picture in finished.pictures)
            self.pace.went_well()
            self._learn(order.account, order.owner, learning.learned(call.request, finished), "answer")
            return finished
        except TriptychError as error:
            outcome = f"{type(error).__name__} {error.status or ''} {error.code or ''}"
            call.request_id = error.request_id or call.request_id
            lacks = learning.lacking(call.request, error)
            self._learn(order.account, order.owner, lacks, "refusal")
            if isinstance(error, OTHERWISE):
                self.recognise(replace(self.account.server, **lacks))
            if isinstance(error, RateLimited):
                error.retry_after = self._backoff(attempt) if (held := error.retry_after) is None else held
                self.pace.slow_down(error.retry_after)
            raise
        finally:
            seconds = time.monotonic() - started
            outcome, request_id = self._redaction((outcome, call.request_id))
            log.info(
                "ticket %s part %d attempt %d: %s, request %s, %d bytes, %.2f s",
                order.ticket,
                call.number,
                attempt,
                outcome,
                request_id,
                size,
                seconds,
            )

    async def _answer(self, call: Call, order: _Order) -> Finished:
        """The answer, within ``wire.LONGEST``. What was drawn in part is never sent again, whatever is said then."""
        try:
            async with asyncio.timeout(wire.LONGEST):
                account = replace(order.account, server=self.account.server)
                return await call.make(self._client(), account, self._making)
        except TimeoutError:
            said = f"No whole answer came within {wire.LONGEST:,.0f} seconds, and the connection was closed."
            raise OutcomeUnknown(said, request_id=call.request_id) from None
        except TriptychError as error:
            if not (call.begun and isinstance(error, tuple(ATTEMPTS))):
                raise
            said = f"The server failed after it had begun the image: {error.message}"
            raise OutcomeUnknown(said, error.request_id or call.request_id, error.code, error.status) from None

    def _backoff(self, attempt: int) -> float:
        return backoff(attempt, self._random)

    def _seconds_to_wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        return seconds_to_wait(error, self._backoff(state.attempt_number), self._random)
