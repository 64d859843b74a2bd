"""Connected regions of a mask, found by its rows' runs: fast without a loop over pixels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]  # (height, width)
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Regions:
    """The runs of a mask of ``shape``, as flat begins and ends, and the ``label`` of the region each belongs to."""

    shape: tuple[int, int]
    begins: Numbers
    ends: Numbers
    label: Numbers

    def at(self, x: int, y: int) -> Flags:
        """The region that holds pixel (x, y); nothing where the mask does not."""
        place = y * self.shape[1] + x
        run = int(np.searchsorted(self.begins, place, side="right")) - 1
        held = run >= 0 and place < self.ends[run]
        return self.flags(self.label == self.label[run] if held else np.zeros(len(self.label), bool))

    def enclosed(self) -> Flags:
        """All regions that touch no edge of the picture."""
        height, width = self.shape
        rows, first, last = self.begins // width, self.begins % width, (self.ends - 1) % width
        edge = (rows == 0) | (rows == height - 1) | (first == 0) | (last == width - 1)
        return self.flags(~np.isin(self.label, self.label[edge]))

    def flags(self, chosen: Flags) -> Flags:
        """The pixels of the ``chosen`` runs."""
        step = np.zeros(self.shape[0] * self.shape[1] + 1, np.int8)
        step[self.begins[chosen]] += 1
        step[self.ends[chosen]] -= 1
        return np.cumsum(step[:-1], dtype=np.int8).astype(bool).reshape(self.shape)


def regions(mask: Flags) -> Regions:
    """The regions of ``mask`` whose pixels share an edge."""
    height, width = mask.shape
    framed = np.zeros((height, width + 1), np.int8)  # a column of nothing ends every row's last run
    framed[:, :width] = mask
    change = np.flatnonzero(np.diff(framed.reshape(-1), prepend=np.int8(0)))
    begins, ends = change[::2], change[1::2]
    begins, ends = begins - begins // (width + 1), ends - (ends - 1) // (width + 1)
    return Regions((height, width), begins, ends, _labels(begins, ends, width))


def _labels(begins: Numbers, ends: Numbers, width: int) -> Numbers:
    """For each run the first run it hangs together with, by way of runs that overlap from row to row."""
    first = np.searchsorted(ends, begins + width, side="right")
    counts = np.maximum(np.searchsorted(begins, ends + width, side="left") - first, 0)
    upper = np.repeat(np.arange(len(begins)), counts)
    lower = np.arange(len(upper)) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(first, counts)
    label = np.arange(len(begins))
    while len(upper):
        one, other = label[upper], label[lower]
        apart = one != other
        upper, lower = upper[apart], lower[apart]
        np.minimum.at(label, np.maximum(one, other)[apart], np.minimum(one, other)[apart])
        label = _settled(label)
    return label


def _settled(label: Numbers) -> Numbers:
    while True:
        further = label[label]
        if np.array_equal(further, label):
            return label
        label = further
