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
ROW = 5  # pictures that stand in one row; more take two
TALL = {1: 560, 2: 440}  # pixels, how high one picture, and each of a row, may be
LOW = 300  # pixels, how high each of two rows may be
NARROW = 150  # pixels, the least width of a picture
GAP = 16  # pixels


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


def grid(n: int, size: tuple[int, int]) -> GridContainer:
    """The grid for ``n`` pictures of ``size`` pixels: all of them in view, none wider than it can be high."""
    columns = n if n <= ROW else math.ceil(n / 2)
    height = LOW if n > ROW else TALL[min(n, 2)]
    width = max(NARROW, round(height * size[0] / size[1]))
    return st.grid(columns, min_column_width=min(NARROW, width), width=columns * width + (columns - 1) * GAP)


def stage(slot: Slot) -> None:
    """Draw what there is of a picture that has not come: its newest stage, or its grey place."""
    partial, size = slot.part.partial, size_of(slot.job)
    if slot.part.error:  # its last stage may be what moderation refused
        empty_slot(size, f"Picture {slot.number} was not drawn", drawing=False)
    elif partial:
        drawn = partial.picture
        alt = f"Stage {partial.index + 1} of: {slot.job.request.prompt[:80]}"
        try:
            picture(drawn.data, drawn.format, (drawn.width, drawn.height), alt)
        except ValueError:  # the next one, or the picture itself, takes its place
            empty_slot(size, alt)
    else:
        empty_slot(size, f"Place of picture {slot.number}, being drawn")
