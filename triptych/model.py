"""What a model is: the shape of a catalog entry, its rates and its token rule."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from triptych.parameters import PARAMETERS, Choice, Number, Parameter, Sizes
from triptych.ranges import Range, exactly

COUNTDOWN_DAYS = 60
# Parameters that an endpoint has not, by the signatures of openai 3.54: a variation has little more than n and size.
ELSEWHERE: Mapping[str, frozenset[str]] = {
    "generations": frozenset({"input_fidelity"}),
    "edits": frozenset({"moderation"}),
    "responses": frozenset({"n"}),
    "variations": frozenset(PARAMETERS) - {"n"},
}


@dataclass(frozen=True)
class Rates:
    """US dollars for a million tokens; None is unknown or not charged apart."""

    text_in: Decimal | None = None
    image_in: Decimal | None = None
    image_out: Decimal | None = None
    text_out: Decimal | None = None

    @classmethod
    def of(cls, **dollars: str) -> "Rates":
        """Rates from decimal texts, as they stand in price lists."""
        return cls(**{kind: Decimal(amount) for kind, amount in dollars.items()})


@dataclass(frozen=True)
class GridTokens:
    """Output tokens by the formula of OpenAI's own price calculator.

    ``bases`` gives each quality's grid; ``times`` the factors between which a quality was measured to lie where the
    formula does not hold; ``doubt`` says in words why the result is no more than an estimate.
    """

    bases: Mapping[str, int]
    times: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    doubt: str | None = None

    def image_tokens(self, width: int, height: int, quality: str) -> Range[int] | None:
        """Output tokens of one picture, None for an unknown quality."""
        if quality not in self.bases:
            return None
        base = self.bases[quality]
        exact = base / (max(width, height) / min(width, height))
        cells = math.floor(exact)
        cells = cells + cells % 2 if exact - cells == 0.5 else math.floor(exact + 0.5)  # noqa: PLR2004 - a half
        tokens = math.ceil(base * cells * (2_000_000 + width * height) / 4_000_000)
        low, high = self.times.get(quality, (1, 1))
        return Range(tokens * low, tokens * high)


@dataclass(frozen=True)
class TableTokens:
    """Output tokens by table: for each quality the square, the portrait and the landscape picture."""

    rows: Mapping[str, tuple[int, int, int]]
    doubt: str | None = None

    def image_tokens(self, width: int, height: int, quality: str) -> Range[int] | None:
        """Output tokens of one picture, None for a quality that is not in the table."""
        row = self.rows.get(quality)
        return exactly(row[shape(width, height)]) if row else None


@dataclass(frozen=True)
class TileTokens:
    """Input tokens of a picture in tiles of 512 pixels, once it is fitted into 2048² and its short edge made 512.

    High fidelity adds ``square`` tokens to a square picture and ``oblong`` to any other. By OpenAI's vision guide.
    """

    base: int = 65
    each: int = 129
    square: int = 4160
    oblong: int = 6240
    doubt: str | None = None

    def image_tokens(self, width: int, height: int, fidelity: str | None = None) -> Range[int]:
        """Input tokens of one picture."""
        fitted = min(1.0, 2048 / max(width, height))
        scale = 512 / (min(width, height) * fitted) * fitted
        tiles = math.prod(math.ceil(round(edge * scale) / 512) for edge in (width, height))
        closer = (self.square if width == height else self.oblong) if fidelity == "high" else 0
        return exactly(self.base + self.each * tiles + closer)


@dataclass(frozen=True)
class PatchTokens:
    """Input tokens of a picture in patches of 32 pixels, ``most`` of them at most, whatever comes out of it.

    A picture is enlarged up to twice towards 1024 pixels, and counts as no longer than three times its width.
    """

    most: int = 1536
    doubt: str | None = None

    def image_tokens(self, width: int, height: int, fidelity: str | None = None) -> Range[int]:  # noqa: ARG002 - always high
        """Input tokens of one picture."""
        short, long = sorted((width, height))
        long = min(long, 3 * short)
        scale = max(1.0, min(2.0, 1024 / long))
        patches = (short * scale / 32, long * scale / 32)
        if math.prod(map(math.ceil, patches)) > self.most:
            shrink = math.sqrt(self.most / math.prod(patches))
            patches = (patches[0] * shrink, patches[1] * shrink)
            whole = min(math.floor(edge) / edge for edge in patches)  # so that the shrunk picture has whole patches
            patches = (patches[0] * whole, patches[1] * whole)
        return exactly(math.prod(math.ceil(round(edge, 6)) for edge in patches))


@dataclass(frozen=True)
class SomeTokens:
    """Input tokens of a picture of which only the ends of a range are guessed, and why."""

    low: int
    high: int
    doubt: str | None = None

    def image_tokens(self, width: int, height: int, fidelity: str | None = None) -> Range[int]:  # noqa: ARG002 - nothing is known
        """Input tokens of one picture."""
        return Range(self.low, self.high)


def shape(width: int, height: int) -> int:
    """Where OpenAI's tables list it: 0 square, 1 portrait, 2 landscape."""
    return (width < height) + 2 * (width > height)


@dataclass(frozen=True, kw_only=True)
class Model:
    """One model. ``prices`` are dollars of one picture where OpenAI lists them and tokens x rate does not give them.

    ``tokens`` is the rule for pictures that come out, ``input_tokens`` for those that go in. ``edits`` says whether it
    takes any, ``markup`` whether it takes a drawing over the first as a guide. ``batched`` says whether the Batch API
    takes it, None where nobody has said so.
    """

    id: str
    label: str
    sizes: Sizes
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    rates: Rates = Rates()
    tokens: GridTokens | TableTokens | None = None
    input_tokens: TileTokens | PatchTokens | SomeTokens | None = None
    prices: Mapping[str, tuple[str, str, str]] = field(default_factory=dict, hash=False)
    streams: bool = True
    edits: bool = True
    markup: bool = False
    batched: bool | None = None
    most_images: int = 10
    released: date | None = None
    shuts_down: date | None = None
    replaced_by: str | None = None
    sources: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """The parameters the model takes by name, each with this model's own options; size is in ``sizes``."""
        return self.at("generations")

    def at(self, endpoint: str) -> Mapping[str, Parameter]:
        """The parameters by endpoint: "generations", "edits", "responses" or "variations"."""
        return self._at[endpoint]

    @cached_property
    def _at(self) -> dict[str, Mapping[str, Parameter]]:
        taken = {name: self._own(parameter) for name, parameter in PARAMETERS.items() if self._takes(name)}
        return {
            endpoint: {name: one for name, one in taken.items() if name not in strange}
            for endpoint, strange in ELSEWHERE.items()
        }

    def _takes(self, name: str) -> bool:
        formats = set(self.options.get("output_format", ()))
        needed = {
            "output_compression": {"webp", "jpeg"},
            "frame_count": {"gif"},
            "frame_duration_ms": {"gif"},
            "svg_model": {"svg"},
            "svg_effort": {"svg"},
        }
        if name in needed:
            return bool(needed[name] & formats)
        if name in {"partial_images", "stream"}:
            return self.streams
        return name in {"prompt", "n", "safety_identifier"} or name in self.options

    def _own(self, parameter: Parameter) -> Parameter:
        if isinstance(parameter, Choice) and parameter.name in self.options:
            return replace(parameter, options=self.options[parameter.name])
        if isinstance(parameter, Number) and parameter.name == "n":
            return replace(parameter, high=self.most_images)
        return parameter

    def retired(self, today: date) -> bool:
        """Whether OpenAI has shut the model down."""
        return self.shuts_down is not None and self.shuts_down <= today

    def days_left(self, today: date) -> int | None:
        """Days until the shutdown where that is at most 60 days away, else None."""
        days = (self.shuts_down - today).days if self.shuts_down else None
        return days if days is not None and 0 < days <= COUNTDOWN_DAYS else None
