"""What is known of servers in this process: found out here or by another replica, and kept in the records."""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from triptych.accounts import key_holder
from triptych.capabilities import Fact, How, applied, kind_by
from triptych.errors import Refused
from triptych.servers import OWN, Account, Server

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from triptych.store.db.database import Database

log = logging.getLogger(__name__)

FRESH = 60.0  # seconds after which the records are asked what other replicas have found
MOST = 200  # servers in memory: whoever types addresses fills no process with them

Access = tuple[str, str]  # an address, and whose key asks there


class KnownServers:
    """What servers can do, by their address and by whose key it was found out. May be asked and told on any thread.

    What is learned counts at once here. It is written by a thread of its own, with the next that is learned where there
    are no records yet (``begun``), and where they are down it is forgotten with the process.
    """

    def __init__(self, database: Callable[[], "Database"], begun: Callable[[], bool]) -> None:
        self._database = database
        self._begun = begun
        self._known: OrderedDict[Access, dict[str, Fact]] = OrderedDict()
        self._unwritten: dict[Access, dict[str, Fact]] = {}
        self._read: dict[Access, float] = {}  # when, by the monotonic clock
        self._changes = 0
        self._lock = threading.Lock()
        self._writer = ThreadPoolExecutor(1, "servers")
        self._writing: set[Future[None]] = set()

    @property
    def version(self) -> tuple[int, int]:
        """Another one whenever something was learned or forgotten, and each minute: what others found may be there."""
        return self._changes, int(time.monotonic() // FRESH)

    def facts(self, account: Account, owner: str) -> Mapping[str, Fact]:
        """By name what is known of the account's server to ``owner``, without what is to be tried again by now."""
        place, now = (account.base_url, key_holder(account, owner)), datetime.now(UTC)
        return {
            name: fact
            for name, fact in self._all(place).items()
            if fact.value is not None and not (fact.how == "refusal" and fact.is_over(now))
        }

    def server(self, account: Account, owner: str, choices: Mapping[str, Any]) -> Server:
        """The account's server as far as it is known; ``choices`` are what a person says that it can do."""
        if account.server.id in OWN:
            return account.server
        facts = self.facts(account, owner)
        return applied(kind_by(account, facts), self.counting(account, facts), choices)

    def counting(self, account: Account, facts: Mapping[str, Fact]) -> Mapping[str, Fact]:
        """Those of ``facts`` that count: what a person says of the kind of server counts more than a probe."""
        return facts if account.recognised else {name: fact for name, fact in facts.items() if fact.how != "probe"}

    def is_to_be_probed(self, account: Account, owner: str, *names: str) -> bool:
        """Whether nothing was found by probing it, or of these ``names``, or so long ago that it is asked anew."""
        now = datetime.now(UTC)
        probed = {name: fact for name, fact in self.facts(account, owner).items() if fact.how == "probe"}
        asked = [fact for name, fact in probed.items() if not names or name in names]
        return not asked or any(fact.is_over(now) for fact in asked)

    def learn(self, account: Account, owner: str, values: Mapping[str, Any], how: How) -> None:
        """Take in what its answer says, at once; what it said before and says again is not written again for a day."""
        if account.server.id in OWN:
            return
        place, now = (account.base_url, key_holder(account, owner)), datetime.now(UTC)
        known = self._known.get(place, {})  # as it was read: this may be an event loop
        facts = {name: Fact(value, how, now) for name, value in values.items()}
        news = {name: fact for name, fact in facts.items() if fact.replaces(known.get(name))}
        if news:
            with self._lock:
                self._changes += 1
                self._known[place] = {**self._known.get(place, {}), **news}
                self._unwritten[place] = {**self._unwritten.get(place, {}), **news}
                while len(self._known) > MOST:
                    dropped, _ = self._known.popitem(last=False)
                    self._read.pop(dropped, None)
                    self._unwritten.pop(dropped, None)
            if self._begun():
                with self._lock:
                    waiting, self._unwritten = self._unwritten, {}
                self._write(partial(_keep, waiting))

    def forget(self, account: Account, owner: str) -> None:
        """Forget all that was found out, to ask anew."""
        place = (account.base_url, key_holder(account, owner))
        with self._lock:
            self._changes += 1
            self._known[place] = {}
            self._unwritten.pop(place, None)
        if self._begun():
            self._write(partial(_forget, place))

    def close(self) -> None:
        """Wait for what is being written."""
        self._writer.shutdown()

    def _all(self, place: Access) -> Mapping[str, Fact]:
        """What is in memory, read from the records where that was too long ago, and nothing is on its way there."""
        with self._lock:
            known, is_fresh = self._known.get(place, {}), time.monotonic() - self._read.get(place, -FRESH) < FRESH
            if is_fresh or self._writing or not self._begun():
                return known
            self._read[place] = time.monotonic()
        from triptych.store.history.server_facts import read

        try:
            with self._database().read() as connection:
                known = read(connection, *place)
        except Refused as error:  # what is in memory will do
            log.warning("what is known of servers could not be read: %s", error)
            return known
        with self._lock:
            if not self._writing:
                self._known[place] = {**known, **self._unwritten.get(place, {})}
            return self._known.get(place, known)

    def _write(self, change: Callable[["Connection"], None]) -> None:
        with self._lock:
            try:
                written = self._writer.submit(self._written, change)
            except RuntimeError:  # this process is ending: the next one finds it out again
                return
            self._writing.add(written)
        written.add_done_callback(self._over)

    def _written(self, change: Callable[["Connection"], None]) -> None:
        try:
            with self._database().write() as connection:
                change(connection)
        except Refused as error:
            log.warning("what was found out about a server could not be kept: %s", error)

    def _over(self, written: "Future[None]") -> None:
        with self._lock:
            self._writing.discard(written)


def _keep(news: Mapping[Access, Mapping[str, Fact]], connection: "Connection") -> None:
    from triptych.store.history.server_facts import keep

    for place, facts in sorted(news.items()):  # in one order: two replicas that write the same wait in no circle
        keep(connection, *place, facts)


def _forget(place: Access, connection: "Connection") -> None:
    from triptych.store.history.server_facts import forget

    forget(connection, *place)
