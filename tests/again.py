"""A plugin of pytest for `make flaky`: with TIMES=20 in the environment every file of tests runs so many times.

Each time begins with nothing of the time before: a server of the file's own starts anew, so that no request is
answered from the history of its own repetition, and the tests of a file keep their order.
"""

import os
from typing import Any

import pytest


@pytest.fixture(scope="module")
def time_of_many(request: pytest.FixtureRequest) -> int:
    """Which of the times it is."""
    number: int = request.param
    return number


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    metafunc.fixturenames.append("time_of_many")
    metafunc.parametrize("time_of_many", range(1, int(os.environ["TIMES"]) + 1), indirect=True, scope="module")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {item.path: number for number, item in reversed(list(enumerate(items)))}
    items.sort(key=lambda item: (places[item.path], time_of(item)))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: Any, nextitem: Any) -> None:
    """Let go of what the file's tests share before they begin again, for which pytest has no public name."""
    if nextitem and item.path == nextitem.path and time_of(item) != time_of(nextitem):
        item.session._setupstate.teardown_exact(item.getparent(pytest.Module).parent)


def time_of(item: Any) -> int:
    number: int = item.callspec.params["time_of_many"]
    return number
