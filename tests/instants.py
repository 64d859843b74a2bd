"""The instants of a process, counted by what it does: a slow machine has as many as a quick one."""

import os
import signal
import sys
import threading
from itertools import count


class Instants:
    """Counts every call of this process from now on, in Python and below, in all threads that begin from now on.

    With ``last`` the process is killed as it comes to that one, as by `kill -9`: in the midst of anything.
    """

    def __init__(self, last: int | None = None) -> None:
        self._last, self._count = last, count(1)
        self._me = os.getpid()
        threading.setprofile(self._pass)
        sys.setprofile(self._pass)

    def _pass(self, _frame: object, _event: str, _argument: object) -> None:
        if next(self._count) == self._last:
            os.kill(self._me, signal.SIGKILL)

    def passed(self) -> int:
        """How many there were; none is counted any more."""
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]
        return next(self._count) - 1
