"""How a request goes as a turn of a conversation: over the Responses API, whose text model calls the image tool."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from triptych.errors import InvalidRequest

TEXT_MODEL = "gpt-5.6-luna"  # the cheapest whose rates anybody tells
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")  # types of openai 3.57: shared.ReasoningEffort
ACTIONS = ("auto", "generate", "edit")
LONGEST_IDENTIFIER = 128  # characters of a safety identifier there
VERBATIM = "When you call the image generation tool, pass the user's own words on as its prompt, unchanged."


@dataclass(frozen=True, kw_only=True)
class TurnOptions:
    """What a turn asks of the Responses API beside the image tool's own parameters, which are the request's.

    ``effort`` is the text model's, None for its own default. ``rewrite`` lets it put the prompt in its own words.
    ``previous`` is the id of the response that this one goes on from; without one nothing is remembered there.
    ``action`` is the image tool's, ``forced`` makes the text model call it. ``style`` is a line that goes with every
    turn. ``context`` counts the text model's tokens of the conversation so far, ``earlier`` its images: what the
    server reads again, as far as the answers before have told.
    """

    text_model: str = TEXT_MODEL
    effort: str | None = None
    rewrite: bool = True
    previous: str | None = None
    action: str = "auto"
    forced: bool = False
    style: str = ""
    context: int = 0
    earlier: int = 0

    @property
    def instructions(self) -> str | None:
        """What the text model is told beside the message; the API carries none over from turn to turn."""
        return "\n\n".join(filter(None, [self.style.strip(), "" if self.rewrite else VERBATIM])) or None

    def to_json(self) -> dict[str, Any]:
        """The fields that differ from their defaults, and the text model, as JSON values."""
        told = {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name) != one.default}
        return {"text_model": self.text_model, **told}

    @classmethod
    def from_json(cls, values: Any) -> "TurnOptions":
        """What ``to_json`` wrote; raises InvalidRequest for anything else."""
        if not isinstance(values, Mapping) or not set(values) <= {one.name for one in fields(cls)}:
            raise InvalidRequest("A turn's options are a set of known, named values.", param="turn")
        turn = cls(**values)
        texts = (turn.text_model, turn.action, turn.style, turn.effort or "", turn.previous or "")
        counts = all(type(one) is int and one >= 0 for one in (turn.context, turn.earlier))
        flags = all(isinstance(one, bool) for one in (turn.rewrite, turn.forced))
        if not (counts and flags and all(isinstance(one, str) for one in texts)):
            raise InvalidRequest("A turn's option has a value of the wrong kind.", param="turn")
        return turn
