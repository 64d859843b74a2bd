"""What a tab keeps of its runs: which button starts the next, which was the last, and what its last click met."""

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from components.state.refusal import Refusal
from components.state.tab import tab
from triptych.request import Problem

if TYPE_CHECKING:
    from triptych.jobs import Job


# What pages go by: in their address, jobs and records.
GENERATE, EDIT, COMPARE, BATCH, PROVENANCE = "generate", "edit", "compare", "batch", "provenance"
CONVERSE = "converse"


@dataclass(slots=True)
class Runs:
    """The runs of a tab's pages. A ticket names one run in the process and in the records."""

    tickets: dict[str, str] = field(default_factory=dict)  # of each page's next run, by page
    staged: dict[str, str] = field(default_factory=dict)  # the ticket of the run on each page's stage, by page
    started: dict[str, list[str]] = field(default_factory=dict)  # tickets of this tab's runs by page, the newest last
    past: "dict[str, Job | None]" = field(default_factory=dict)  # as the records have them, by ticket or by page
    unfinished: set[str] = field(default_factory=set)  # tickets of what the page shows as running
    refused: Refusal[Problem] = field(default_factory=Refusal)
    clicked: float = 0.0  # when the last click was that was to start a run, or its row was drawn, by `time.monotonic`
    beside: str = ""  # the ticket of a run whose images are drawn, and not yet what stands beside them
    drawn: str = ""  # the ticket of the newest run with which the row of the main button has been drawn

    def click(self) -> float:
        """Seconds since the last click that was to start a run; that click is now."""
        last, self.clicked = self.clicked, time.monotonic()
        return self.clicked - last

    def begin(self, page: str, ticket: str) -> None:
        """Note a run that a click on ``page`` starts: it goes on the stage."""
        self.staged[page] = ticket
        self.started.setdefault(page, []).append(ticket)

    def last(self, page: str) -> str:
        """The ticket of the run that this tab started last on ``page``, "" for none."""
        return next(reversed(self.started.get(page, [])), "")

    def draw(self, ticket: str) -> None:
        """Note that the main button is drawn as it is after this run's start: until somebody can see that, another
        click is the same click.
        """
        if ticket != self.drawn:
            self.drawn, self.clicked = ticket, time.monotonic()


def runs() -> Runs:
    """Those of this tab."""
    return tab(Runs)
