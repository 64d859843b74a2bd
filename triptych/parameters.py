"""The parameters of the Images API: what each is called, which values it takes, and how a value is checked.

Facts are from the types of openai 3.54 (``types/image_generate_params.py``) unless a comment says otherwise.
"""

import re
from dataclasses import dataclass
from typing import Any

PROMPT_LIMIT = 32_000  # characters
PARTIAL_TOKENS = 100  # image output tokens each partial image costs, by OpenAI's guide


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter: its API name, its label on the page, and what the API does when it is not sent."""

    name: str
    label: str
    default: Any = None
    help: str = ""
    formats: tuple[str, ...] = ()  # the output formats for which it does anything; none: all

    def suits(self, output_format: str) -> bool:
        """Whether it does anything for an image of this format."""
        return not self.formats or output_format in self.formats

    def problem(self, value: Any) -> str | None:
        """Why ``value`` is not allowed, as a sentence, or None."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Choice(Parameter):
    """One of a few words; each model says which."""

    options: tuple[str, ...]

    def problem(self, value: Any) -> str | None:
        if value == self.default or value in self.options:
            return None
        return f"{self.label} {value!r} does not exist: choose {listed(self.options)}."


@dataclass(frozen=True, kw_only=True)
class Number(Parameter):
    """A whole number from ``low`` to ``high``, both allowed."""

    low: int
    high: int
    step: int = 1
    unit: str = ""

    def problem(self, value: Any) -> str | None:
        if isinstance(value, int) and not isinstance(value, bool) and self.low <= value <= self.high:
            return None
        return f"{self.label} must be a whole number from {self.low:,} to {self.high:,}, not {value!r}."


HALF = re.compile("[\ud800-\udfff]")


def is_whole(text: str) -> bool:
    """Whether UTF-8, and so a request, can carry it: JSON can hold half a character, a lone surrogate."""
    return HALF.search(text) is None


@dataclass(frozen=True, kw_only=True)
class Text(Parameter):
    """Text of at most ``limit`` characters."""

    limit: int

    def problem(self, value: Any) -> str | None:
        if value is None or (isinstance(value, str) and len(value) <= self.limit and is_whole(value)):
            return None
        if not isinstance(value, str):
            return f"{self.label} must be text."
        if len(value) <= self.limit:
            return f"{self.label} contains half a character, which no request can carry. Type it again."
        return f"{self.label} has {len(value):,} characters; the API takes {self.limit:,}. Shorten it."


@dataclass(frozen=True, kw_only=True)
class Flag(Parameter):
    """Yes or no."""

    def problem(self, value: Any) -> str | None:
        return None if isinstance(value, bool) else f"{self.label} must be yes or no."


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """Which sizes a model draws: a few fixed ones, and any others within these limits.

    Edges in pixels. The limits are OpenAI's for gpt-image-2 and later; those of 2.6 are reported, not official.
    """

    presets: tuple[str, ...]
    any_size: bool = False
    multiple: int = 16
    longest: int = 3840
    ratio: int = 3
    fewest: int = 655_360
    most: int = 8_294_400
    experimental: int = 2560 * 1440

    def problem(self, size: str) -> str | None:
        """Why the model cannot draw ``size`` ("auto" or "WIDTHxHEIGHT"), as a sentence, or None."""
        if size == "auto" or size in self.presets:
            return None
        edges = pixels(size)
        if edges is None:
            return f"Size {size!r} is not a size: write width x height, like 1536x864."
        if not self.any_size:
            return f"Size {size} is not supported by this model: choose {listed(self.presets)}."
        return self._limits(*edges)

    def _limits(self, width: int, height: int) -> str | None:
        total = width * height
        if width % self.multiple or height % self.multiple:
            near = self.nearest(width, height)
            return f"Width and height must be multiples of {self.multiple}: {near} is the nearest."
        if max(width, height) > self.longest:
            return f"The longest edge may have {self.longest:,} pixels, not {max(width, height):,}."
        if max(width, height) > self.ratio * min(width, height):
            return f"The long edge may be at most {self.ratio} times the short one; {width}x{height} is narrower."
        if total < self.fewest:
            return f"The image needs at least {self.fewest:,} pixels; {width}x{height} has {total:,}."
        if total > self.most:
            return f"The image may have at most {self.most:,} pixels; {width}x{height} has {total:,}."
        return None

    def nearest(self, width: int, height: int) -> str:
        """The size nearest to ``width`` x ``height`` pixels among those that are drawn."""
        if f"{width}x{height}" in self.presets:
            return f"{width}x{height}"
        if self.any_size and self.problem(found := self._scaled(width, height)) is None:
            return found
        shapes = {preset: pixels(preset) or (1, 1) for preset in self.presets}
        return min(shapes, key=lambda preset: abs(shapes[preset][0] / shapes[preset][1] - width / height))

    def _scaled(self, width: int, height: int) -> str:
        """The same shape or the nearest that is not too narrow, scaled into the limits and rounded to multiples."""
        width, height = min(width, self.ratio * height), min(height, self.ratio * width)
        area, step = width * height, self.multiple
        larger = max(1.0, (self.fewest / area) ** 0.5)
        scale = min((self.most / area) ** 0.5, self.longest / max(width, height), larger)
        edges = [max(step, round(edge * scale / step) * step) for edge in (width, height)]
        while edges[0] * edges[1] > self.most or max(edges) > self.ratio * min(edges):
            edges[edges.index(max(edges))] -= step
        while edges[0] * edges[1] < self.fewest:
            edges[edges.index(min(edges))] += step
        return f"{edges[0]}x{edges[1]}"

    def note(self, size: str) -> str | None:
        """What to know about a legal size before paying for it, or None."""
        edges = pixels(size)
        if edges and edges[0] * edges[1] > self.experimental:
            return "Above 2560x1440 the API calls its results experimental."
        return None


VARIATION_SIZES = Sizes(presets=("512x512", "256x256", "1024x1024"))  # of the retired endpoint


def pixels(size: str) -> tuple[int, int] | None:
    """Width and height in pixels of a "WIDTHxHEIGHT" text, or None where it names none ("auto")."""
    found = re.fullmatch(r"([1-9][0-9]{0,5})x([1-9][0-9]{0,5})", size)
    return (int(found[1]), int(found[2])) if found else None


def listed(words: tuple[str, ...]) -> str:
    """The words as English lists them: "a, b or c"."""
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""


PROMPT = Text(name="prompt", label="Prompt", limit=PROMPT_LIMIT)
N = Number(name="n", label="Number of images", default=1, low=1, high=10, help="Each image is billed.")
QUALITY = Choice(
    name="quality",
    label="Quality",
    default="auto",
    options=("low", "medium", "high", "xhigh", "max"),
    help="More quality costs more output tokens and more time.",
)
BACKGROUND = Choice(
    name="background",
    label="Background",
    default="auto",
    options=("transparent", "opaque"),
    help="Transparent needs png or webp.",
)
OUTPUT_FORMAT = Choice(
    name="output_format",
    label="Format",
    default="png",
    options=("png", "webp", "jpeg", "gif", "svg"),
    help="jpeg arrives fastest. gif and svg need a model and a project with access to them.",
)
OUTPUT_COMPRESSION = Number(
    name="output_compression",
    label="Compression",
    default=100,
    low=0,
    high=100,
    unit="%",
    help="webp and jpeg only.",
    formats=("webp", "jpeg"),
)
MODERATION = Choice(
    name="moderation", label="Moderation", default="auto", options=("low",), help="low filters less strictly."
)
COMPLEXITY = Choice(
    name="complexity",
    label="Complexity",
    options=("low", "medium", "high"),
    help="How much the model plans before it generates, at any quality. None chosen: the model's default.",
)
FRAME_COUNT = Number(name="frame_count", label="Frames", default=9, low=2, high=16, help="gif only.", formats=("gif",))
FRAME_DURATION_MS = Number(
    name="frame_duration_ms",
    label="Frame duration",
    default=200,
    low=10,
    high=655_350,
    step=10,
    unit="ms",
    help="gif only; rounded to 10 ms.",
    formats=("gif",),
)
PARTIAL_IMAGES = Number(
    name="partial_images",
    label="Partial images",
    default=0,
    low=0,
    high=3,
    help=f"Shows the image while it is generated. Each costs {PARTIAL_TOKENS} output tokens.",
)
STREAM = Flag(name="stream", label="Stream", default=False)
SVG_MODEL = Text(
    name="svg_model",
    label="SVG author",
    limit=200,
    help="The model that writes the SVG. Leave empty unless your project may select one.",
    formats=("svg",),
)
SVG_EFFORT = Choice(
    name="svg_effort",
    label="SVG author's effort",
    options=("none", "minimal", "low", "medium", "high", "xhigh", "max"),
    formats=("svg",),
)
INPUT_FIDELITY = Choice(
    name="input_fidelity",
    label="Input fidelity",
    options=("low", "high"),
    help="How closely the style and features of the input images are kept. None chosen: the API's default, low.",
)
SAFETY_IDENTIFIER = Text(
    name="safety_identifier",
    label="Safety identifier",
    limit=512,  # ours: the API publishes no limit, and a hash is shorter
    help="A stable hash of your end user, never a name. OpenAI uses it to spot abuse. Converse sends a random one of "
    "this installation with every turn where none is typed.",
)

PARAMETERS: dict[str, Parameter] = {
    parameter.name: parameter
    for parameter in (
        PROMPT,
        N,
        QUALITY,
        BACKGROUND,
        OUTPUT_FORMAT,
        OUTPUT_COMPRESSION,
        MODERATION,
        COMPLEXITY,
        FRAME_COUNT,
        FRAME_DURATION_MS,
        PARTIAL_IMAGES,
        STREAM,
        SVG_MODEL,
        SVG_EFFORT,
        SAFETY_IDENTIFIER,
        INPUT_FIDELITY,
    )
}
