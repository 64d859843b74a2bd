"""What is written down before a request goes out: nothing leaves that the journal does not know."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.triptych.client.conftest import asking
from tests.triptych.masked import FILES
from triptych.client import ImageClient
from triptych.engine.serve import Engine
from triptych.errors import NotSaved
from triptych.results import Event, Failed, Finished


@dataclass
class Diary:
    """Writes down what it hears, and how much the engine had been asked by then."""

    engine: Engine
    refuses: bool = False
    heard: list[tuple[int, int]] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    ids: dict[int, str] = field(default_factory=dict)

    async def sending(self, part: int, attempt: int) -> None:
        if self.refuses:
            raise NotSaved("The disk is full.")
        self.heard.append((part, attempt))
        self.asked.append(len(self.engine.log))

    def answering(self, part: int, request_id: str) -> None:
        self.ids[part] = request_id


async def told(client: ImageClient, diary: Diary, **values: Any) -> list[Event]:
    return [event async for event in client.draw(asking(**values), files=FILES, witness=diary)]


@pytest.mark.parametrize("how", [{}, {"partial_images": 2}, {"masked": True}], ids=["plain", "stream", "masked edit"])
async def test_a_witness_hears_before_the_request_goes_out(
    client: ImageClient, engine: Engine, how: dict[str, Any]
) -> None:
    diary = Diary(engine)

    await told(client, diary, **how)

    assert [(0, 1)] == diary.heard
    assert [0] == diary.asked
    assert {0: engine.log[0].request_id} == diary.ids


@pytest.mark.usefixtures("fast")
async def test_a_witness_hears_of_every_attempt(client: ImageClient, engine: Engine) -> None:
    engine.faults.plan("server_error")
    diary = Diary(engine)

    events = await told(client, diary)

    assert isinstance(events[-1], Finished)
    assert [(0, 1), (0, 2)] == diary.heard
    assert [0, 1] == diary.asked


async def test_a_witness_that_cannot_write_keeps_the_request_from_going_out(
    client: ImageClient, engine: Engine
) -> None:
    (failed,) = await told(client, Diary(engine, refuses=True))

    assert isinstance(failed, Failed)
    assert isinstance(failed.error, NotSaved)
    assert 0 == len(engine.log)
