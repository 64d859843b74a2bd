"""The composition root: what there is once in a process, made when it is first needed."""

import atexit
import gc
import importlib
import logging
import os
import sys
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, cast

from components.visitors import only_visitor
from triptych.accounts import DEMO_ACCOUNT, environment_account
from triptych.budget import Budget, Left, Today
from triptych.catalog import check_catalog
from triptych.cli import another, is_holder, locked
from triptych.errors import InvalidSetting, TriptychError
from triptych.jobs import Jobs
from triptych.keys import recall
from triptych.servers import DEMO, Account, Server
from triptych.settings import settings
from triptych.store import Recovery, Store
from triptych.studio import Studio

if TYPE_CHECKING:
    from triptych.client import ImageClient, Paces
    from triptych.engine.serve import Engine
    from triptych.experiment import Grids

log = logging.getLogger(__name__)

FRONT = (
    "numpy", "PIL.Image", "components.navigation", "components.code_panel", "components.job_view",
    "components.prompt_box", "components.request_form", "components.run_row", "components.welcome",
)  # fmt: skip
PLACE = "triptych.process"
WARM_AFTER = 5.0  # seconds after the first page's script: by then its browser has the files it fetches from here
EXIT_SECONDS = 120.0  # how long the process waits at its end for what is being drawn


def _store() -> Store:
    return Store(settings().storage_url or settings().images, settings().database)


@dataclass
class Services:
    """Everything that belongs to the process and not to a visitor."""

    jobs: Jobs = field(default_factory=Jobs)
    store: Store = field(default_factory=_store)
    lock: threading.RLock = field(default_factory=threading.RLock)
    kinds: dict[str, Server] = field(default_factory=dict)  # by address: what servers were recognised as

    @cached_property
    def studio(self) -> Studio:
        """The use case."""
        return Studio(self.store, self.budget, settings().cache_ttl)

    @cached_property
    def recovered(self) -> Recovery:
        """What processes that are gone left behind, settled once, before anybody looks. Raises DatabaseDown."""
        rescued, removed = self.store.files.tidy()
        if rescued or removed:
            log.warning("a process that is gone left %d pictures whole and %d files half written", rescued, removed)
        return self.store.journal.recover()

    @cached_property
    def grids(self) -> "Grids":
        """The experiments. Raises DatabaseDown: what a crash left of one is settled before it is shown."""
        from triptych.experiment import Grids

        self.recovered  # noqa: B018 - see above
        return Grids(self.jobs, self.studio)

    @cached_property
    def budget(self) -> Budget:
        """The caps, and what is left of them."""
        return Budget.of(self.store, settings())

    @property
    def begun(self) -> bool:
        """Whether there may be records. Making new ones, with all that this imports, waits for the first page."""
        kind, _, path = settings().database.partition(":///")
        return "database" in vars(self.store) or kind != "sqlite" or Path(path).exists()

    @cached_property
    def paces(self) -> "Paces":
        """How hard this process presses each server with each key."""
        from triptych.client import Paces

        return Paces(settings().max_concurrency, settings().images_per_minute)

    @cached_property
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
            return ImageClient(account, self.paces.of(account))


def services() -> Services:
    """The process's services. They hang on a module without a file, which no reload of a watched file replaces."""
    place = sys.modules.setdefault(PLACE, ModuleType(PLACE))
    if not hasattr(place, "services"):
        place.services = Services()  # type: ignore[attr-defined]
        atexit.register(drain, EXIT_SECONDS)
    return cast(Services, place.services)


def taken() -> str | None:
    """Why this process must not use the home folder, in words; None where it may, and then it holds it to its end.

    `triptych` does so itself, before anything is served; `streamlit run app.py` and uvicorn come here.
    """
    place = sys.modules.setdefault(PLACE, ModuleType(PLACE))
    if not hasattr(place, "lock"):
        try:
            home = settings().home
            lock = locked(home)
        except (OSError, InvalidSetting):
            return None  # the page says so in the place of what needs it
        if lock is None and not is_holder(home):
            return another(home)
        place.lock = lock  # type: ignore[attr-defined]
        if lock is not None:
            weakref.finalize(place, os.close, lock)
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
    return services().budget.left() if services().budget.caps else Left()


def prepare() -> None:
    """Import what the front page and Streamlit itself would import while the first visitor waits."""
    for name in FRONT:
        importlib.import_module(name)
    spare_what_stays()


def spare_what_stays() -> None:
    """Let the garbage collector pass over all that is there to stay.

    Streamlit has it look at everything after every run of a page: 0.1 s in which nothing else happens here, as long
    as all that was imported is looked at too.
    """
    gc.collect()
    gc.freeze()


def warm_up() -> None:
    """Import what the first drawing needs, and start the demo engine if it will draw, behind the first page."""
    place = sys.modules.setdefault(PLACE, ModuleType(PLACE))
    if not hasattr(place, "warm"):
        # Not at once: the browser is still fetching the page's files from this very process.
        place.warm = threading.Timer(WARM_AFTER, _warm)  # type: ignore[attr-defined]
        place.warm.daemon = True
        place.warm.start()


def _warm() -> None:
    for first in (lambda: services().client(default_account()), _open_books):
        try:
            first()
        except TriptychError as error:  # the page says it too, in its own place
            log.warning("%s", error)
    spare_what_stays()


def _open_books() -> None:
    for lost in services().recovered.unknown:
        log.warning("ticket %s may have been charged and was not saved; request %s", lost.ticket, lost.request_id)


def ready() -> list[str]:
    """Why this process cannot draw now, in words; empty where it can."""
    checks: tuple[Callable[[], object], ...] = (services().store.check, default_account)
    if problem := taken():
        return [problem]
    reasons = [] if services().jobs.healthy() else ["The loop that draws has stopped. Restart the playground."]
    for check in checks:
        try:
            check()
        except TriptychError as error:
            reasons.append(error.message)
    return reasons


def drain(seconds: float) -> None:
    """Wait for what is being drawn, so that what is paid for is saved."""
    left = services().jobs.drain(seconds)
    if left:
        log.warning("%d drawings were still running after %.0f s; they may be charged", left, seconds)
    services().store.close()
