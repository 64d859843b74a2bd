"""What a tab keeps of its runs: which button starts the next, which was the last, and what its last click met."""

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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
    newest: dict[str, str] = field(default_factory=dict)  # the ticket of each page's newest run of this tab, by page
    past: "dict[str, Job | None]" = field(default_factory=dict)  # as the records have them, by ticket or by page
    unfinished: set[str] = field(default_factory=set)  # tickets of what the page shows as running
    refused: Problem | None = None  # why the last click started nothing
    clicked: float = 0.0  # when the last click was that was to start a run, by `time.monotonic`

    def click(self) -> float:
        """Seconds since the last click that was to start a run; that click is now."""
        last, self.clicked = self.clicked, time.monotonic()
        return self.clicked - last


def runs() -> Runs:
    """Those of this tab."""
    return tab(Runs)
