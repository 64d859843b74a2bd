"""One call of the gateway on its way: begun as a run of this process, waited for, or found where it was begun before.

A run belongs to the process and not to whoever asked: a program that hangs up loses no image.
"""

import asyncio
import threading
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from starlette.concurrency import run_in_threadpool

from triptych.capabilities import KIND
from triptych.errors import Duplicate, OutcomeUnknown, Rejected, TriptychError
from triptych.gateway.answers import Answered
from triptych.gateway.reading import Asked
from triptych.jobs import Job, Jobs
from triptych.results import Event
from triptych.servers import DEMO, OPENAI, Account, Server
from triptych.settings import LOCAL, ApiToken
from triptych.store import Answer, Recovery, Store
from triptych.store.values import OPEN
from triptych.studio import Order, Saved, Studio, remembered

if TYPE_CHECKING:
    from triptych.client import ImageClient

MOST_IMAGES = 10  # of one call
LOOK = 0.25  # seconds between two looks at a run of another process
FAILED = ("failed", "cancelled")  # how a run ends that was not charged, unless it was cancelled on its way


class Process(Protocol):
    """What the gateway uses of the process that serves it."""

    @property
    def jobs(self) -> Jobs: ...
    @property
    def store(self) -> Store: ...
    @property
    def studio(self) -> Studio: ...
    @property
    def own_client(self) -> "ImageClient": ...
    @property
    def recovered(self) -> Recovery: ...
    def read_again(self, answer: Answer, account: Account, /) -> Saved: ...


def page_of(token: ApiToken) -> str:
    """What the records call the place where a token's runs come from."""
    return f"api: {token.name}" if token.name else "api"


_KNOWING = threading.Lock()


def client_of(process: Process) -> "ImageClient":
    """The client of the account that this process has of its own, its server known. Blocks; raises TriptychError."""
    process.recovered  # noqa: B018 - what a crash left is settled before anything is looked for
    client = process.own_client
    account = client.account
    if not account.recognised or account.server in {DEMO, OPENAI}:
        return client
    known = process.store.known_servers
    with _KNOWING:  # the first asks, and all the others wait for what it learns
        if known.is_to_be_probed(account, LOCAL, KIND):
            kind = process.jobs.run(_kind(client, KIND in known.facts(account, LOCAL))).result() or account.server
            known.learn(account, LOCAL, {KIND: kind.id}, "probe")
        client.recognise(known.server(account, LOCAL, {}))
    return client


async def _kind(client: "ImageClient", is_known: bool) -> Server | None:
    """The kind of server that its model list shows it to be; None for one without a list, or that was known before."""
    try:
        listing = await client.models()
    except TriptychError as error:
        if is_known or isinstance(error, Rejected):
            return None
        raise
    return listing.shows(client.account.base_url)


@dataclass(frozen=True)
class Call:
    """Who asks for what, and on what terms: the idempotency ``key``, and the age in seconds that an answer may have."""

    process: Process
    client: "ImageClient"
    token: ApiToken
    asked: Asked
    key: str | None = None
    max_age: float | None = None
    hear: Callable[[Event], None] = field(default=lambda _: None, repr=False)

    async def answered(self) -> Answered:
        """The answer once it is on disk; raises TriptychError where none came.

        Under a key that was used before it is the answer of the run that was begun then, whichever process began it;
        what has failed without being charged is begun anew.
        """
        ticket = await run_in_threadpool(self._claimed)
        while True:
            earlier = self.process.jobs.get(ticket, self.token.owner)
            if self.key and not (earlier and not earlier.done):
                standing = await run_in_threadpool(self._standing, ticket)
                if isinstance(standing, Answered):
                    return standing
                if standing == "elsewhere":
                    await asyncio.sleep(LOOK)
                    continue
                if standing == "freed":
                    ticket = await run_in_threadpool(self._claimed)
                    continue
            mine = Job(ticket, self.token.owner, page_of(self.token), self.asked.request, self.client.account.server)
            job = self._begun(mine)
            await ended(job)
            if job.saved:
                return self._answer(job.saved[0], again=job is not mine)
            await self._or_again(job)

    async def _or_again(self, job: Job) -> None:
        """Raise why nothing came of a run, unless another process has begun it, which is waited for then."""
        error = job.errors[0]
        if self.key and isinstance(error, Duplicate):
            return
        if self.key and not error.may_be_charged:
            await run_in_threadpool(self.process.store.idempotency.free, self.token.name, self.key, job.ticket)
        raise error

    def _claimed(self) -> str:
        ticket = uuid.uuid4().hex
        if not self.key:
            return ticket
        return self.process.store.idempotency.claim(self.token.name, self.key, self.asked.body, ticket)

    def _standing(self, ticket: str) -> "Answered | str":
        """The answer of a run that was begun before; else whether it is "new", "elsewhere" or "freed" to be begun anew.

        Raises OutcomeUnknown where nobody knows what became of it: it may have been charged, and is not sent again.
        """
        store = self.process.store
        status = store.journal.statuses([ticket]).get(ticket)
        if status is None:
            return "new"
        if status in OPEN:
            return "elsewhere"
        records = store.history.latest(self.token.owner, page_of(self.token), MOST_IMAGES, ticket)
        for saved in remembered(self.asked.request, records, cached=False):
            return self._answer(saved, again=True)
        if status in FAILED and not store.journal.is_out(ticket):
            store.idempotency.free(self.token.name, self.key or "", ticket)
            return "freed"
        for answer in store.spool.answers(self.token.owner):
            if answer.asked.ticket == ticket:
                return self._answer(self.process.read_again(answer, self.client.account), again=True)
        raise OutcomeUnknown(
            "The request was sent under this idempotency key, and its outcome is unknown: it may have been "
            "charged, so it is not sent again. Use a new key to send it again."
        )

    def _begun(self, job: Job) -> Job:
        """The run of this ticket, which may have been begun a moment ago."""
        order = Order(
            job.request,
            job.ticket,
            job.owner,
            job.page,
            redraw=self.max_age is None,
            max_age=self.max_age,
            files=self.asked.files,
            page_cap=self.token.dollars,
        )
        return self.process.jobs.start(job, partial(self._heard, order))

    async def _heard(self, order: Order, stop: asyncio.Event) -> AsyncIterator[Event]:
        async with aclosing(self.process.studio.draw(self.client, order, stop)) as events:
            async for event in events:
                self.hear(event)
                yield event

    def _answer(self, saved: Saved, *, again: bool) -> Answered:
        return Answered(self.asked, saved, self.client.account.server.charged, again=again)


async def ended(job: Job) -> None:
    """Wait until a run of this process has ended."""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    job.afterwards(partial(soon, loop, over.set))
    await over.wait()


def soon(loop: asyncio.AbstractEventLoop, what: Callable[..., Any], *arguments: Any) -> None:
    """Have it done on that loop, unless nobody is left there to hear of it."""
    with suppress(RuntimeError):  # the loop is closed
        loop.call_soon_threadsafe(what, *arguments)
