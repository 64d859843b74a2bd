"""What a server can do, row by row: by its kind, as its answers told, or as a person says."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from triptych.servers import PRESETS, Account, Server

YES_NO = {True: "Yes", False: "No"}
NOT_YET = "Not known yet"
MASKS = {"alpha": "Transparent = change", "white": "White = change", None: "No"}

How = Literal["probe", "answer", "refusal"]  # by a free request, by an image that came, by a request it said no to
LASTS = timedelta(days=1)  # then a server is probed anew, and tried again with what it refused
KIND, REFUSED = "kind", "refused size "  # names of facts that are no field of `Server`; the size follows the second
ENDPOINTS = ("edits", "variations", "responses", "batches")  # which free requests can tell


@dataclass(frozen=True)
class Fact:
    """What a server was found to do, how, and when; a value of None says that it is not known after all."""

    value: Any
    how: How
    found: datetime

    def is_over(self, now: datetime) -> bool:
        """Whether it was found too long ago to be believed without asking again."""
        return self.how != "answer" and now - self.found > LASTS

    def replaces(self, before: "Fact | None") -> bool:
        """Whether it is news: not the same again within a day, nor a probe or a refusal against an image that came.

        What one request was refused may be its own fault, and others use the same key."""
        if before is None:
            return self.value is not None
        if self.found - before.found >= LASTS:
            return True
        is_weaker = self.how != "answer" and before.how == "answer"
        return not is_weaker and (self.value, self.how) != (before.value, before.how)


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
    Capability("sizes", "Image sizes", {True: "As requested", False: "Its own", None: NOT_YET}),
    Capability("auto_size", "Size auto", YES_NO),
    Capability("usage", "Token usage", {**YES_NO, None: NOT_YET}),
    Capability("priced", "OpenAI's prices", YES_NO),
)
NAMED = {one.field: one for one in CAPABILITIES}


@dataclass(frozen=True)
class Row:
    """A capability with its value, and how it is known: by the "kind" of server, a "choice", or as `Fact` says.

    ``refused`` are sizes that the server said no to.
    """

    capability: Capability
    value: Any
    source: str
    found: datetime | None = None
    refused: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """The value in words."""
        words = self.capability.words[self.value]
        return f"{words}; refused: {', '.join(self.refused)}" if self.refused else words


def rows(kind: Server, facts: Mapping[str, Fact], choices: Mapping[str, Any]) -> tuple[Row, ...]:
    """The whole table of a server of that kind. ``choices`` are a person's values by field, and final."""
    return tuple(_row(one, kind, facts, choices) for one in CAPABILITIES)


def _row(one: Capability, kind: Server, facts: Mapping[str, Fact], choices: Mapping[str, Any]) -> Row:
    if one.field in choices:
        return Row(one, choices[one.field], "choice")
    refused = tuple(sorted(name.removeprefix(REFUSED) for name in facts if name.startswith(REFUSED)))
    shown = refused if one.field == "sizes" else ()
    if fact := facts.get(one.field):
        return Row(one, fact.value, fact.how, fact.found, shown)
    return Row(one, getattr(kind, one.field), "kind", refused=shown)


def applied(kind: Server, facts: Mapping[str, Fact], choices: Mapping[str, Any]) -> Server:
    """A server of that kind that can do what the table says; the preset itself where that is no news."""
    server = replace(kind, **{row.capability.field: row.value for row in rows(kind, facts, choices)})
    return kind if server == kind else server


def kind_of(server: Server) -> Server:
    """The preset that it is a case of."""
    return PRESETS[server.id]


def kind_by(account: Account, facts: Mapping[str, Fact]) -> Server:
    """The kind of the account's server: as it was said to be, else as its model list has shown."""
    told = facts.get(KIND) if account.recognised else None
    return PRESETS.get(str(told.value), kind_of(account.server)) if told else kind_of(account.server)
