"""/readyz looks at the database: 503 in words while it does not answer, and soon, whatever it does instead."""

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.conftest import Serve
from tests.serving import PATIENCE, free_port
from tests.test_server import ask

SILENT = "The database of the records does not answer."


def readiness(address: str) -> tuple[int, list[str]]:
    status, _, body = ask(address, "/readyz")
    return status, json.loads(body)["reasons"]


def test_a_sqlite_file_that_cannot_be_opened_is_not_ready(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "folder.db").mkdir()
    address = serve(TRIPTYCH_DATABASE_URL=f"sqlite:///{tmp_path / 'folder.db'}")

    assert (503, [SILENT]) == readiness(address)

    (tmp_path / "folder.db").rmdir()
    assert (200, []) == readiness(address)


def test_a_postgresql_that_is_down_is_not_ready_and_nobody_is_told_where_it_is(serve: Serve) -> None:
    address = serve(TRIPTYCH_DATABASE_URL=f"postgresql://secretive@127.0.0.1:{free_port()}/records")

    assert (503, [SILENT]) == readiness(address)


def test_a_database_that_says_nothing_is_not_ready_and_keeps_nobody_waiting(serve: Serve) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # it takes connections and never speaks
        address = serve(TRIPTYCH_DATABASE_URL=f"postgresql://x@127.0.0.1:{deaf.getsockname()[1]}/records")

        with ThreadPoolExecutor(8) as many:
            assert [(503, [SILENT])] * 8 == list(many.map(readiness, [address] * 8))

        assert b"ok" == ask(address, "/healthz")[2]


def test_records_that_are_there_are_ready(serve: Serve, tmp_path: Path) -> None:
    address = serve(TRIPTYCH_DATABASE_URL=f"sqlite:///{tmp_path / 'records.db'}")

    until = time.monotonic() + PATIENCE
    while (found := readiness(address)) == (503, [SILENT]) and time.monotonic() < until:  # they are made at first
        pass
    assert (200, []) == found
