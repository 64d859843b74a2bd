"""Which processes share the records and live: each says so every ten seconds, by the database's clock.

What a process may send hangs on that: once it was silent for a minute, others give back what it has not ended.
"""

import logging
import os
import socket
import threading
import uuid
from datetime import timedelta
from functools import cache

from sqlalchemy import ColumnElement, Connection, delete, exists, insert, select, update

from triptych.errors import TriptychError
from triptych.store.db.database import Database
from triptych.store.db.statements import clock
from triptych.store.db.tables import processes

log = logging.getLogger(__name__)

BEAT = 10.0  # seconds
GONE = timedelta(seconds=60)  # without a beat
GONE_MICROS = GONE // timedelta(microseconds=1)


@cache
def _name(_pid: int) -> str:
    return uuid.uuid4().hex


def me() -> str:
    """This process's name among all that share the records, as long as it lives; a forked child has its own."""
    return _name(os.getpid())


class Presence:
    """Says that this process lives, from `begin` until `end` or its death.

    ``home`` names the home folder that this process alone holds, as `home_id` does; empty where it holds none.
    """

    def __init__(self, database: Database, home: str = "") -> None:
        self._database = database
        self.home = home
        self._over = threading.Event()
        self._beating: threading.Thread | None = None
        self._lock = threading.Lock()

    def begin(self) -> None:
        """Say it now, and every ten seconds from now on; raises DatabaseDown."""
        with self._lock:
            if self._beating is None:
                self._beat()
                self._over.clear()
                self._beating = threading.Thread(target=self._run, name="presence", daemon=True)
                self._beating.start()

    def end(self) -> None:
        """Take it back."""
        with self._lock:
            if self._beating is None:
                return
            self._over.set()
            self._beating.join()
            self._beating = None
        try:
            with self._database.write() as connection:
                connection.execute(delete(processes).where(processes.c.id == me()))
        except TriptychError as error:
            log.warning("this process could not say that it ends: %s", error)

    def _run(self) -> None:
        while not self._over.wait(BEAT):
            try:
                self._beat()
            except TriptychError as error:  # the next beat may get through
                log.warning("this process could not say that it lives: %s", error)

    def _beat(self) -> None:
        with self._database.write() as connection:
            at = clock(connection)
            here = {"host": socket.gethostname(), "pid": os.getpid(), "home": self.home, "heartbeat": at}
            if not connection.execute(update(processes).where(processes.c.id == me()).values(**here)).rowcount:
                connection.execute(insert(processes).values(id=me(), started=at, **here))


def lease(connection: Connection) -> ColumnElement[bool]:
    """Whether this process has said within a minute that it lives; else what it opened is others' to give back."""
    return exists().where(processes.c.id == me(), processes.c.heartbeat >= clock(connection) - GONE_MICROS)


def living(connection: Connection, home: str = "") -> set[str]:
    """The ids of the processes that live, this one among them.

    One of this host is gone when its number is free. Whoever holds ``home`` knows that all others who held it are.
    """
    fresh = processes.c.heartbeat >= clock(connection) - GONE_MICROS
    rows = connection.execute(select(processes).where(fresh)).mappings()
    host = socket.gethostname()
    alive = (row for row in rows if not home or row["home"] != home)
    return {me()} | {row["id"] for row in alive if row["host"] != host or _runs(row["pid"])}


def _runs(pid: int) -> bool:
    """Whether another process of this host has that number; one that has this process's own is gone."""
    if pid == os.getpid():
        return False
    if os.name == "nt":
        return True  # to ask would end it there; its beat says whether it lives
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
