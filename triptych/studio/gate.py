"""What is in flight, and whether more may go out: who ends or pauses finishes the one and sends nothing else."""

from collections import defaultdict

from triptych.errors import Interrupted, NeverSent

PAUSED = "Paused before it was sent; nothing is charged."
ENDING = "Triptych was shutting down, so it was not sent; nothing is charged."


class Gate:
    """Every attempt passes it right before it goes out, on the loop that sends; closed once, it stays closed."""

    def __init__(self) -> None:
        self.closed = False
        self._flying: defaultdict[str, set[int]] = defaultdict(set)  # by ticket: the parts that have gone out
        self._held: set[str] = set()  # runs of which nothing goes out

    def begin(self, ticket: str) -> None:
        """A run is about to send its parts."""
        self._flying[ticket].clear()

    def end(self, ticket: str) -> None:
        """It has ended."""
        self._flying.pop(ticket, None)
        self._held.discard(ticket)

    def passes(self, ticket: str, part: int) -> None:
        """A part goes out now; raises Interrupted where the process is ending, NeverSent where the run is held back."""
        self.check()
        if ticket in self._held:
            raise NeverSent(PAUSED)
        self._flying[ticket].add(part)

    def check(self) -> None:
        """Raise Interrupted where nothing may go out any more."""
        if self.closed:
            raise Interrupted(ENDING)

    def back(self, ticket: str, part: int) -> None:
        """A part has come back, to be sent again or for good."""
        if ticket in self._flying:
            self._flying[ticket].discard(part)

    def hold_back(self, ticket: str) -> bool:
        """Let nothing of a run go out from now on, unless something is in flight; whether that is so."""
        if self._flying.get(ticket):
            return False
        self._held.add(ticket)
        return True

    @property
    def runs(self) -> int:
        """How many are under way."""
        return len(self._flying)

    def waits(self, ticket: str) -> bool:
        """Whether a run is under way of which nothing is in flight."""
        return ticket in self._flying and not self._flying[ticket]
