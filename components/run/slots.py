"""Where the pictures of a drawing stand: every one in the same place from its grey slot to its last stage."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import streamlit as st
from streamlit.elements.lib.grid_container import GridContainer

from components.image.from_run import Pictured
from components.image.image import empty_slot, picture
from triptych.jobs import Job, PartState
from triptych.parameters import pixels

SQUARE = (1024, 1024)  # pixels, of a picture whose size is not known before it comes
STAGE = (8, 9)  # about what the stage's width is to its height
MOST_ROWS = 4  # for which style.css knows a height
NARROW = 150  # pixels, the least width of a picture


@dataclass(frozen=True)
class Slot:
    """One place: picture number ``index`` of the call whose state is ``part``, place ``number`` of all, from 1."""

    job: Job
    part: PartState
    index: int
    number: int

    @property
    def pictured(self) -> Pictured | None:
        """The finished picture, once there is one."""
        return Pictured(self.job, self.part.saved, self.index) if self.part.saved else None


def slots(job: Job) -> Iterator[Slot]:
    """The places of ``job``, in an order that never changes."""
    number = 0
    for part in job.parts:
        expected = job.request.n if len(job.parts) == 1 else 1
        for index in range(len(part.saved.pieces) if part.saved else expected):
            number += 1
            yield Slot(job, part, index, number)


def size_of(job: Job) -> tuple[int, int]:
    """The pixels that were asked for."""
    return pixels(job.request.size) or SQUARE


def grid(job: Job, n: int, place: str) -> GridContainer:
    """The grid for ``n`` images of ``job``, each as large as the stage allows; style.css keeps them in its height.

    ``place`` tells grids of one page apart. The next run in the same place uses the same grid, so that the browser
    keeps its elements and only fetches other images into them.
    """
    width, height = size_of(job)

    def scale(columns: int) -> float:
        return min(STAGE[0] / columns / width, STAGE[1] / math.ceil(n / columns) / height)

    columns = max(range(1, n + 1), key=scale)
    rows, shape = math.ceil(n / columns), shape_of((width, height)) if pixels(job.request.size) else "auto"
    return st.grid(columns, min_column_width=NARROW, key=f"slots_{min(rows, MOST_ROWS)}_{shape}_{place}")


def shape_of(size: tuple[int, int]) -> str:
    """Width to height in lowest terms, by which style.css knows what is as wide as an image of ``size`` pixels."""
    width, height = size
    common = math.gcd(width, height)
    return f"{width // common}x{height // common}"


def stage(slot: Slot) -> None:
    """Draw what there is of a picture that has not come: its newest stage, or its grey place."""
    partial, size = slot.part.partial, size_of(slot.job)
    if slot.part.error:  # its last stage may be what moderation refused
        empty_slot(size, f"Image {slot.number} was not generated", drawing=False)
    elif partial:
        drawn = partial.picture
        alt = f"Stage {partial.index + 1} of: {slot.job.request.prompt[:80]}"
        try:
            picture(drawn.data, drawn.format, (drawn.width, drawn.height), alt)
        except ValueError:  # the next one, or the picture itself, takes its place
            empty_slot(size, alt)
    else:
        empty_slot(size, f"Image {slot.number}, generating")
