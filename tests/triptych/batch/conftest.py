"""Processes that run batches on records that they share, against a server that does as it is told."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.triptych.batch.process import Process
from tests.triptych.batch.stub import Stub

Begin = Callable[..., Process]


@pytest.fixture
def server() -> Iterator[Stub]:
    with Stub().serving() as stub:
        yield stub


@pytest.fixture
def begin(tmp_path: Path, server: Stub) -> Iterator[Begin]:
    """Begins processes that share the test's own records."""
    begun: list[Process] = []

    def process(**how: str) -> Process:
        begun.append(Process(tmp_path, server.base_url, **how))
        return begun[-1]

    yield process
    server.let_go()
    for each in begun:
        each.end()
