"""The runs that a process has open, whoever looks at them: found by id and by where they are sent."""

from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Generic, TypeVar

from triptych.many.runs import Runs
from triptych.studio import place_of

KEPT = 20  # in memory of which nothing is running

Open = TypeVar("Open", bound=Runs[Any])


class Register(Generic[Open]):
    """``lock`` is held while some are begun, so that none of those is forgotten meanwhile."""

    def __init__(self, lock: AbstractContextManager[Any]) -> None:
        self._open: OrderedDict[tuple[str, str], Open] = OrderedDict()
        self._lock = lock

    def opened(
        self,
        id: str,  # noqa: A002
        engine: str,
        is_same: Callable[[Open], bool],
        make: Callable[[], Open],
        refresh: Callable[[Open], None],
    ) -> Open:
        """The one that is open already where it ``is_same``, else what ``make`` gives, which follows what that began.

        ``refresh`` reads what the records say of a new one.
        """
        with self._lock:
            key = id, place_of(engine)
            found = self._open.pop(key, None)
            if found is None or not is_same(found):
                old, found = found, make()
                if old:
                    found.go_on(old)
                refresh(found)
            self._open[key] = found
            for key in [key for key, other in self._open.items() if not other.running][:-KEPT]:
                del self._open[key]
        return found

    def of(self, id: str) -> tuple[Open, ...]:  # noqa: A002
        """Those of that id, wherever they are sent."""
        with self._lock:
            return tuple(found for key, found in self._open.items() if key[0] == id)

    def running(self, owner: str) -> tuple[Open, ...]:
        """The owner's that this process runs now."""
        with self._lock:
            return tuple(found for found in self._open.values() if found.owner == owner and found.running)

    def forget(self, owner: str, id: str) -> None:  # noqa: A002
        """Cancel the owner's own of that id, and have it no longer."""
        with self._lock:
            for key in [key for key, found in self._open.items() if key[0] == id and found.owner == owner]:
                self._open.pop(key).cancel()
