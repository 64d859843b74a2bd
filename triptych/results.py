"""What comes back: the events of a drawing in the order in which they happen, and its pictures."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from triptych.errors import TriptychError
from triptych.inputs import format_of


@dataclass(frozen=True)
class Usage:
    """Tokens as the server counted them; None where it did not say.

    Of a turn these are the image tool's, 0 where it was not called, and beside them stand the text model's.
    ``untrue`` names those that it said and that are no count of anything, such as "output_tokens -196".
    """

    input_tokens: int | None = None
    input_text_tokens: int | None = None
    input_image_tokens: int | None = None
    output_tokens: int | None = None
    output_image_tokens: int | None = None
    output_text_tokens: int | None = None
    text_model_input_tokens: int | None = None
    text_model_cached_tokens: int | None = None
    text_model_output_tokens: int | None = None
    text_model_reasoning_tokens: int | None = None
    svg: Mapping[str, Any] | None = None
    untrue: str | None = None

    def to_json(self) -> dict[str, Any]:
        """What is known, by name."""
        return {name: value for name, value in vars(self).items() if value is not None}


@dataclass(frozen=True)
class Picture:
    """One picture, bit for bit as it came. ``format`` and the pixel edges are read from the bytes, not believed."""

    data: bytes
    format: str
    width: int
    height: int

    @property
    def media_type(self) -> str:
        """The format's media type, like image/png."""
        return format_of(self.format).media_type

    @property
    def size(self) -> str:
        """ "WIDTHxHEIGHT" in pixels."""
        return f"{self.width}x{self.height}"


@dataclass(frozen=True)
class Event:
    """Something happened to request number ``part`` of the drawing (0, unless each picture is asked for alone).

    ``at`` is when, by ``time.monotonic()``.
    """

    part: int
    at: float = field(default_factory=time.monotonic, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True)
class Queued(Event):
    """It waits for its turn. ``seconds`` is for how long where that is known."""

    reason: str
    seconds: float | None = None


@dataclass(frozen=True)
class Sent(Event):
    """It goes out to the server now, for the ``attempt``-th time (from 1). From here on it may be charged."""

    attempt: int


@dataclass(frozen=True)
class Retrying(Event):
    """It did not work for a reason that cannot have been billed; it will be sent again in ``seconds``."""

    error: TriptychError
    seconds: float


@dataclass(frozen=True)
class Partial(Event):
    """An earlier stage of the picture; ``index`` counts from 0."""

    index: int
    picture: Picture


@dataclass(frozen=True)
class Progress(Event):
    """Work on this machine is so far: ``share`` of it is done, 0 to 1."""

    share: float


@dataclass(frozen=True)
class Finished(Event):
    """The answer: its pictures, what the server says it did (``got``: size, quality, …), its tokens, its seconds.

    ``unread`` counts the images in it that cannot be read; ``seconds`` is 0 where nobody measured them.
    """

    pictures: tuple[Picture, ...]
    got: Mapping[str, str]
    usage: Usage | None
    request_id: str | None
    seconds: float
    unread: int = 0


@dataclass(frozen=True)
class Failed(Event):
    """No picture came of it, for this reason."""

    error: TriptychError
    seconds: float
