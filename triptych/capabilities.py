"""What a server can do, row by row: by its kind, as it answered when it was asked, or as a person says."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from triptych.servers import PRESETS, Server

YES_NO = {True: "Yes", False: "No"}
MASKS = {"alpha": "Transparent = change", "white": "White = change", None: "No"}


@dataclass(frozen=True)
class Capability:
    """One thing that a server may be able to do: a field of `Server`, its name, and its values in words."""

    field: str
    label: str
    words: Mapping[Any, str]


CAPABILITIES = (
    Capability("edits", "Edits", YES_NO),
    Capability("mask", "Masks", MASKS),
    Capability("variations", "Variations", YES_NO),
    Capability("streams", "Streaming", YES_NO),
    Capability("responses", "Responses API", YES_NO),
    Capability("stores", "Keeps conversations", YES_NO),
    Capability("batches", "Batch API", YES_NO),
    Capability("auto_size", "Size auto", YES_NO),
    Capability("priced", "OpenAI's prices", YES_NO),
)
NAMED = {one.field: one for one in CAPABILITIES}


@dataclass(frozen=True)
class Row:
    """A capability with its value, and how it is known: "kind", "answer" or "choice"."""

    capability: Capability
    value: Any
    source: str

    @property
    def said(self) -> str:
        """The value in words."""
        return self.capability.words[self.value]


def rows(kind: Server, answers: Mapping[str, bool], choices: Mapping[str, Any]) -> tuple[Row, ...]:
    """The whole table of a server of that kind. ``answers`` and ``choices`` are values by field; a choice is final."""
    return tuple(_row(one, kind, answers, choices) for one in CAPABILITIES)


def _row(one: Capability, kind: Server, answers: Mapping[str, bool], choices: Mapping[str, Any]) -> Row:
    if one.field in choices:
        return Row(one, choices[one.field], "choice")
    if one.field in answers:
        return Row(one, answers[one.field], "answer")
    return Row(one, getattr(kind, one.field), "kind")


def applied(kind: Server, answers: Mapping[str, bool], choices: Mapping[str, Any]) -> Server:
    """A server of that kind that can do what the table says; the preset itself where that is no news."""
    server = replace(kind, **{row.capability.field: row.value for row in rows(kind, answers, choices)})
    return kind if server == kind else server


def kind_of(server: Server) -> Server:
    """The preset that it is a case of."""
    return PRESETS[server.id]
