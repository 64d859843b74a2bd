"""A question that a server answers on request, while the page goes on."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import streamlit as st

from components.state.account import session
from components.state.services import Services, services
from triptych.errors import TriptychError
from triptych.servers import Account

if TYPE_CHECKING:
    from triptych.client import ImageClient

TICK = 0.3  # seconds between two looks
Answer = TypeVar("Answer")
Put = Callable[["ImageClient"], Awaitable[Answer]]


@dataclass(slots=True)
class Question(Generic[Answer]):
    """What was asked last, ``about`` what, and what came of it. Each that a tab may ask is a class of its own."""

    about: str = ""
    asking: "Future[Answer] | None" = None
    answer: Answer | TriptychError | None = None

    def ask(self, about: str, put: Put[Answer]) -> None:
        """Have it ``put`` to the tab's server, unless an answer is still awaited."""
        if self.asking is None:
            self.about, self.answer = about, None
            self.asking = services().jobs.run(_answered(services(), session().account, put))

    def wait(self) -> None:
        """Draw nothing, and the page anew once the answer is there."""
        self._take()
        st.fragment(self._take, run_every=TICK)()

    def _take(self) -> None:
        if self.asking is None or not self.asking.done():
            return
        try:
            self.answer = self.asking.result()
        except TriptychError as error:
            self.answer = error
        self.asking = None
        st.rerun()


async def _answered(process: Services, account: Account, put: Put[Answer]) -> Answer:
    """The answer, by a client of its own: the tab's is closed when its account changes."""
    client = await asyncio.to_thread(process.client, account)
    try:
        return await put(client)
    finally:
        await client.aclose()
