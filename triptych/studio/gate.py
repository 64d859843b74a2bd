"""What is in flight, and whether anything more may go out: a process that ends finishes the one and sends no other."""

from collections import defaultdict

from triptych.errors import NeverSent

ENDING = "Triptych was shutting down, so it was not sent; nothing is charged."


class Gate:
    """Every attempt passes it right before it goes out, on the loop that sends; closed once, it stays closed."""

    def __init__(self) -> None:
        self.closed = False
        self._flying: defaultdict[str, set[int]] = defaultdict(set)  # by ticket: the parts that have gone out

    def begin(self, ticket: str) -> None:
        """A run is about to send its parts."""
        self._flying[ticket].clear()

    def end(self, ticket: str) -> None:
        """It has ended."""
        self._flying.pop(ticket, None)

    def passes(self, ticket: str, part: int) -> None:
        """A part goes out now; raises NeverSent where the process is ending."""
        self.check()
        self._flying[ticket].add(part)

    def check(self) -> None:
        """Raise NeverSent where nothing may go out any more."""
        if self.closed:
            raise NeverSent(ENDING)

    def back(self, ticket: str, part: int) -> None:
        """A part has come back, to be sent again or for good."""
        if ticket in self._flying:
            self._flying[ticket].discard(part)

    def flies(self, ticket: str) -> bool:
        """Whether anything of a run is in flight."""
        return bool(self._flying.get(ticket))

    def waits(self, ticket: str) -> bool:
        """Whether a run is under way of which nothing is in flight."""
        return ticket in self._flying and not self._flying[ticket]
