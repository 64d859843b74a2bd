"""What a model is: the shape of a catalog entry, its rates and its token rule."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from triptych.parameters import PARAMETERS, Choice, Number, Parameter, Sizes

Tokens = int | tuple[int, int]
COUNTDOWN_DAYS = 60
# Parameters that an endpoint has not, by the signatures of openai 3.54: a variation has little more than n and size.
ELSEWHERE: Mapping[str, frozenset[str]] = {
    "generations": frozenset({"input_fidelity"}),
    "edits": frozenset({"moderation"}),
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

    def image_tokens(self, width: int, height: int, quality: str) -> Tokens | None:
        """Output tokens of one picture, a (low, high) pair where only that is known, None for an unknown quality."""
        if quality not in self.bases:
            return None
        base = self.bases[quality]
        exact = base / (max(width, height) / min(width, height))
        cells = math.floor(exact)
        cells = cells + cells % 2 if exact - cells == 0.5 else math.floor(exact + 0.5)  # noqa: PLR2004 - a half
        tokens = math.ceil(base * cells * (2_000_000 + width * height) / 4_000_000)
        low, high = self.times.get(quality, (1, 1))
        return tokens if low == high == 1 else (tokens * low, tokens * high)


@dataclass(frozen=True)
class TableTokens:
    """Output tokens by table: for each quality the square, the portrait and the landscape picture."""

    rows: Mapping[str, tuple[int, int, int]]
    doubt: str | None = None

    def image_tokens(self, width: int, height: int, quality: str) -> Tokens | None:
        """Output tokens of one picture, None for a quality that is not in the table."""
        row = self.rows.get(quality)
        return row and row[shape(width, height)]


def shape(width: int, height: int) -> int:
    """Where OpenAI's tables list it: 0 square, 1 portrait, 2 landscape."""
    return (width < height) + 2 * (width > height)


@dataclass(frozen=True, kw_only=True)
class Model:
    """One model. ``prices`` are dollars of one picture where OpenAI lists them and tokens x rate does not give them."""

    id: str
    label: str
    sizes: Sizes
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    rates: Rates = Rates()
    tokens: GridTokens | TableTokens | None = None
    prices: Mapping[str, tuple[str, str, str]] = field(default_factory=dict, hash=False)
    streams: bool = True
    most_images: int = 10
    released: date | None = None
    shuts_down: date | None = None
    replaced_by: str | None = None
    sources: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def parameters(self) -> dict[str, Parameter]:
        """The parameters the model takes by name, each with this model's own options; size is in ``sizes``."""
        return self.at("generations")

    @property
    def edit_parameters(self) -> dict[str, Parameter]:
        """The same of an edit."""
        return self.at("edits")

    def at(self, endpoint: str) -> dict[str, Parameter]:
        """The parameters by endpoint: "generations", "edits" or "variations"."""
        strange = ELSEWHERE[endpoint]
        taken = {name: parameter for name, parameter in PARAMETERS.items() if self._takes(name)}
        return {name: self._own(parameter) for name, parameter in taken.items() if name not in strange}

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
