"""Experiments and batches as they were saved, how their places stand, and the votes on them: plain frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from triptych.store.values import Record

Slot = tuple[str, int]  # what the records call a cell, and which of its repeats


@dataclass(frozen=True, kw_only=True)
class SavedDocument:
    """An experiment or a batch as it was saved, by name."""

    id: str
    owner: str
    name: str
    created: datetime
    changed: datetime
    document: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class SavedExperiment(SavedDocument):
    """``link`` is the token by which others may vote on it, None where they may not."""

    link: str | None = None


@dataclass(frozen=True)
class Ballot:
    """One vote as it was given: two places by name, and a verdict."""

    id: str
    voter: str
    left: str
    right: str
    verdict: str
    created: datetime


def voter_of(owner: str) -> str:
    """What the ballots call the owner of a comparison, who is no guest."""
    return f"owner {owner}"


@dataclass(frozen=True)
class Drawn:
    """How the drawing of a place stands: its status, why it failed (next move, what happened), and its pictures."""

    ticket: str
    status: str
    run: str
    error: tuple[str, str] | None = None
    records: tuple[Record, ...] = ()


@dataclass(frozen=True)
class Removed:
    """Everything of an experiment or a batch that was deleted, so that it can be brought back as it was."""

    rows: tuple[tuple[str, tuple[dict[str, Any], ...]], ...]
