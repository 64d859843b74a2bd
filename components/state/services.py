"""The composition root: what there is once in a process, made when it is first needed."""

import atexit
import logging
import sys
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from components.state.access import only_visitor
from components.state.tab import Values
from triptych.accounts import DEMO_ACCOUNT, environment_account
from triptych.budget import Budget, Left, Today
from triptych.catalog import check_catalog
from triptych.errors import InvalidSetting, TriptychError
from triptych.home import another, home_id, is_holder, locked
from triptych.jobs import LONGEST_DRAIN, Job, Jobs
from triptych.keys import recall
from triptych.once import once
from triptych.servers import DEMO, Account
from triptych.settings import settings
from triptych.store import Answer, Recovery, Store
from triptych.store.files.spool import FOLDER
from triptych.studio import Saved, Studio, engine_of
from triptych.studio.gate import Gate

if TYPE_CHECKING:
    from triptych.batch.batches import Batches
    from triptych.batch.half_price import HalfPrice
    from triptych.client import ImageClient, Paces
    from triptych.conversation import Threads
    from triptych.engine.serve import Engine
    from triptych.experiment import Grids

log = logging.getLogger(__name__)

PLACE = "triptych.process"


def _store() -> Store:
    images = settings().storage_url or settings().images
    # What comes is kept on this machine's own disk first, wherever images live.
    return Store(images, settings().database, home=_home, spool=settings().home / FOLDER)


def _home() -> str:
    """What names the home folder, where this process holds it."""
    if taken() is None:
        with suppress(OSError, InvalidSetting):  # the page says so in the place of what needs it
            return home_id(settings().home)
    return ""


@dataclass(frozen=True)
class KeptTab:
    """What a tab held: its form, by page the run on the stage and the tickets of its runs, and rooms that come back."""

    values: Values
    staged: dict[str, str]
    started: dict[str, list[str]]
    rooms: tuple[Any, ...]  # as `returning` declares them: the tab's own, as long as it is open
    wait: Callable[[], None]  # until what was said last is heard


@dataclass
class Services:
    """Everything that belongs to the process and not to a visitor."""

    jobs: Jobs = field(default_factory=Jobs)
    store: Store = field(default_factory=_store)
    lock: threading.RLock = field(default_factory=threading.RLock)
    gate: Gate = field(default_factory=Gate)  # there from the start: the end may come before the first click
    tabs: "OrderedDict[tuple[str, str], KeptTab]" = field(default_factory=OrderedDict)  # by owner and name

    @once
    def studio(self) -> Studio:
        """The use case."""
        return Studio(self.store, self.budget, settings().cache_ttl, gate=self.gate)

    @once
    def recovered(self) -> Recovery:
        """What processes that are gone left behind, settled once, before anybody looks. Raises DatabaseDown."""
        rescued, removed = self.store.files.tidy()
        if rescued or removed:
            log.warning("a process that is gone left %d pictures whole and %d files half written", rescued, removed)
        recovery = self.store.journal.recover()
        self.store.spool.sweep()
        self.catch_up()
        return recovery

    def catch_up(self) -> None:
        """Save what could not be saved as it came, if it can be now, and let its runs know. Blocks."""
        for ticket, saved in self.studio.catch_up():
            self.jobs.late(ticket, saved)

    def read_again(self, answer: Answer, account: Account) -> Saved:
        """Read a kept answer and save its images, as `Late.read_again` does, and let its run know."""
        saved = self.studio.late.read_again(answer, account)
        self.jobs.late(answer.asked.ticket, saved)
        return saved

    @once
    def grids(self) -> "Grids":
        """The experiments. Raises DatabaseDown: what a crash left of one is settled before it is shown."""
        from triptych.experiment import Grids

        self.recovered  # noqa: B018 - see above
        return Grids(self.jobs, self.studio)

    @once
    def batches(self) -> "Batches":
        """The batches. Raises DatabaseDown: what a crash left of one is settled before it is shown."""
        from triptych.batch.batches import Batches

        self.recovered  # noqa: B018 - see above
        return Batches(self.jobs, self.studio)

    @once
    def half_price(self) -> "HalfPrice":
        """What was handed to the Batch API. Raises DatabaseDown."""
        from triptych.batch.half_price import HalfPrice

        self.recovered  # noqa: B018 - see above
        return HalfPrice(self.jobs, self.studio, self.client)

    @once
    def threads(self) -> "Threads":
        """The conversations. Raises DatabaseDown: what a crash left of one is settled before it is shown."""
        from triptych.conversation import Threads

        self.recovered  # noqa: B018 - see above
        return Threads(self.store)

    @once
    def budget(self) -> Budget:
        """The caps, and what is left of them."""
        return Budget.of(self.store, settings())

    @property
    def begun(self) -> bool:
        """Whether there may be records. Making new ones, with all that this imports, waits for the first page."""
        return self.store.begun

    @once
    def paces(self) -> "Paces":
        """How hard this process presses each server with each key."""
        from triptych.client import Paces

        return Paces(settings().max_concurrency, settings().images_per_minute)

    @once
    def engine(self) -> "Engine":
        """The demo engine, listening on a loopback port of its own."""
        from triptych.engine.serve import Engine

        return Engine.start()

    def client(self, account: Account) -> "ImageClient":
        """A client for ``account``; for the demo, with the address and token its engine was given."""
        from triptych.client import ImageClient

        with self.lock:
            if account.server is DEMO:
                account = replace(account, base_url=self.engine.base_url, key=self.engine.token)
            return ImageClient(account, self.paces.of(account), learn=self.store.known_servers.learn)

    @once
    def own_client(self) -> "ImageClient":
        """A client for what this process does by itself, on the account that a new tab begins with."""
        return self.client(default_account())

    def client_at(self, engine: str) -> "ImageClient | None":
        """A client for what the records call ``engine``, None where this process has no account there of its own."""
        return self.own_client if engine_of(default_account()) == engine else None

    def go_on(self) -> None:
        """Go on with batches whose process is gone, and hold on to those of this one. Blocks."""
        if rows := self.batches.take_over(self.client_at):
            log.warning("%d rows of batches whose process is gone are run here now", rows)
        if self.store.api_batches.unfinished():
            self.half_price.follow(default_account())
        if self.store.journal.fetchable():
            self.fetch_turns(self.own_client)

    def fetch_turns(self, client: "ImageClient", owner: str | None = None) -> None:
        """Fetch what this client's server keeps of turns whose answer never came, and let their runs know.

        In the background; of what is being fetched nothing is asked twice.
        """
        self.jobs.run(self._fetched(client, owner))

    async def _fetched(self, client: "ImageClient", owner: str | None) -> None:
        try:
            for ticket, saved in await self.studio.fetching.fetch(client, owner):
                self.jobs.late(ticket, saved)
        except TriptychError as error:  # the next look may do better
            log.warning("turns whose answer never came could not be fetched: %s", error)

    def close(self, client: "ImageClient", after: Sequence[Job]) -> None:
        """Close a client that nobody asks any more, as soon as these runs have ended, which may be its own."""
        waited = next((job for job in after if not job.done), None)
        if waited:
            waited.afterwards(lambda: self.close(client, after))
        else:
            self.jobs.run(client.aclose())


def services() -> Services:
    """The process's services. They hang on a module without a file, which no reload of a watched file replaces."""
    place, lock = process_place()
    if not hasattr(place, "services"):
        with lock:
            if not hasattr(place, "services"):
                place.services = Services()  # type: ignore[attr-defined]
                atexit.register(drain, LONGEST_DRAIN)
    return cast(Services, place.services)


def process_place() -> tuple[ModuleType, threading.RLock]:
    """Where they hang, and the lock under which they are made; both are there once: ``setdefault`` is one step."""
    place = sys.modules.setdefault(PLACE, ModuleType(PLACE))
    return place, vars(place).setdefault("making", threading.RLock())


def taken() -> str | None:
    """Why this process must not use the home folder, in words; None where it may, and then it holds it to its end.

    `triptych` does so itself, before anything is served; `streamlit run app.py` and uvicorn come here.
    """
    place, making = process_place()
    with making:
        return None if hasattr(place, "lock") else _take(place)


def _take(place: ModuleType) -> str | None:
    try:
        home = settings().home
        lock = locked(home)
    except (OSError, InvalidSetting):
        return None  # the page says so in the place of what needs it
    if lock is None and not is_holder(home):
        return another(home)
    place.lock = lock  # type: ignore[attr-defined]
    if lock is not None:
        weakref.finalize(place, lock.release)
    return None


def default_account() -> Account:
    """What a new tab draws with: the environment's account, else the remembered one, else the demo.

    A remembered key belongs to whoever sits at this machine, so it is left alone where others come too. Raises
    InvalidSetting in words.
    """
    check_catalog()
    named = environment_account()
    return named or (recall() if only_visitor() else None) or DEMO_ACCOUNT


def today() -> Today:
    """What all who share the records have spent since midnight. Raises DatabaseDown."""
    return services().budget.today() if services().begun else Today(cap=settings().budget_day)


def left() -> Left:
    """What is left of the caps. Raises DatabaseDown."""
    return services().budget.left() if services().begun or services().budget.ceilings else Left()


def stop_sending() -> None:
    """Let nothing more go out: this process is ending. What is in flight goes on. Safe in a signal handler."""
    place = sys.modules.get(PLACE)
    if place is not None and hasattr(place, "services"):
        place.services.gate.closed = True


def drain(seconds: float) -> None:
    """Send nothing more, and wait for what is in flight, so that what is paid for is saved."""
    place = sys.modules.get(PLACE)
    if place is None or not hasattr(place, "services"):
        return  # nothing was made, or who made it has put it away
    stop_sending()
    made = cast(Services, place.services)
    if watching := getattr(place, "watch", None):
        watching.set()
    if "half_price" in vars(made):
        made.half_price.close()
    if left := made.jobs.drain(seconds, made.gate.waits):
        log.warning("%d runs were still in flight after %.0f s; they may be charged", left, seconds)
    made.store.close()
