"""A plugin of pytest for `make flaky`: with TIMES=20 in the environment every test runs so many times."""

import os

import pytest


@pytest.fixture
def time_of_many(request: pytest.FixtureRequest) -> int:
    """Which of the times it is."""
    number: int = request.param
    return number


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    metafunc.fixturenames.append("time_of_many")
    metafunc.parametrize("time_of_many", range(1, int(os.environ["TIMES"]) + 1), indirect=True)
