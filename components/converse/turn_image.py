"""The run of a turn and its image, wherever they are kept."""

from components.image.from_run import Pictured, pictures
from components.state.services import services
from triptych.conversation import Turn
from triptych.jobs import Job
from triptych.past_runs import past_job


def run_of(turn: Turn, owner: str) -> Job | None:
    """Its run: in memory as long as the process remembers it, else as the records have it; None where they do not."""
    return services().jobs.get(turn.ticket, owner) or past_job(turn.records)


def image_of(turn: Turn) -> Pictured | None:
    """Its image from the records, the last of several: that is what the next message changes."""
    job = past_job(turn.records)
    return next(iter(reversed([*pictures(job)])), None) if job else None
