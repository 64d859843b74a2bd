"""Why a page's last click started nothing: said only as long as the page describes what was refused."""

from dataclasses import dataclass
from typing import Generic, TypeVar

Why = TypeVar("Why")
UNSEEN = object()


@dataclass(slots=True)
class Refusal(Generic[Why]):
    """The reason of the last click, None where it started something."""

    why: Why | None = None
    refused: object = UNSEEN  # what the page described when it first said so

    def say(self, why: Why | None) -> None:
        """Have the page say it when it is drawn next; None takes back what it said."""
        self.why, self.refused = why, UNSEEN

    def of(self, described: object) -> Why | None:
        """What to say beside ``described``, which the page describes now: nothing once that has changed."""
        if self.refused is UNSEEN:
            self.refused = described
        elif self.refused != described:
            self.why = None
        return self.why
