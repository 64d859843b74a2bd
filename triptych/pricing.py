"""Tokens and dollars: an estimate before the call, the charge after it."""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from triptych.catalog import model
from triptych.model import Model, Tokens, shape
from triptych.parameters import PARTIAL_TOKENS, pixels
from triptych.request import ImageRequest
from triptych.results import Usage
from triptych.servers import OPENAI, Server

Dollars = Decimal | tuple[Decimal, Decimal]
Amount = TypeVar("Amount", int, Decimal)

MILLION = Decimal(1_000_000)
TEXT_OVERHEAD = 6  # tokens the API adds to a prompt on generations, as measured by others
PRIOR_WEIGHT = 3  # runs: so many of one's own count as much as the range without them
# A piece of text is at least one token; a long one so many for each letter. Fitted to o200k_base.
TOKENS_PER_LETTER = {
    "han": 0.95, "kana": 0.7, "hangul": 0.95, "indic": 0.38, "english": 0.16, "letters": 0.33, "digits": 0.33,
    "marks": 0.5, "breaks": 0.1, "emoji": 1.7, "symbols": 0.4,
}  # fmt: skip
PIECE = re.compile(
    r"""
    (?P<han>[\u3400-\u9fff\uf900-\ufaff]+) | (?P<kana>[\u3040-\u30ff]+) | (?P<hangul>[\uac00-\ud7af]+)
    | (?P<indic>[\u0900-\u0dff]+) | (?P<english>[A-Za-z]+(?![^\W\d_])) | (?P<letters>[^\W\d_]+) | (?P<digits>\d{1,3})
    | (?P<marks>[!-/:-@\[-`{-~]+) | (?P<breaks>\n\s*|[ \t]{2,}) | (?P<emoji>[\U0001f000-\U0001faff])
    | (?P<symbols>[^\w\s]+)
    """,
    re.VERBOSE,
)
AUTO_SIZES = ("1024x1024", "1536x1024", "1024x1536", "1254x1254")  # what "auto" was seen to return


@dataclass(frozen=True)
class Estimate:
    """What a request should cost; a pair is (low, high).

    ``dollars`` is None where the price is unknown. ``why`` says why that is, why it is a range, or what to doubt.
    """

    input_tokens: int
    output_tokens: Tokens | None
    dollars: Dollars | None
    why: str | None

    @property
    def most(self) -> Decimal | None:
        """The upper end in dollars: what a budget has to hold ready."""
        return self.dollars[1] if isinstance(self.dollars, tuple) else self.dollars


def text_tokens(text: str) -> int:
    """About how many tokens a text is, without the tokenizer (whose tables would have to be fetched from the net).

    Measured against o200k_base's own vocabulary on twenty texts (tests/triptych/token_samples.json): prompts, prose and
    code in English within 15 %, on average 5 %; the same texts in nine other languages and emoji within 15 % too.
    """
    tokens = sum(max(1.0, len(piece[0]) * TOKENS_PER_LETTER[piece.lastgroup or ""]) for piece in PIECE.finditer(text))
    return round(tokens)


def estimate(request: ImageRequest, server: Server = OPENAI) -> Estimate:
    """Tokens and dollars of ``request`` before it is sent; a range with its reason where tokens are unknown."""
    entry = request.entry
    text = (text_tokens(request.prompt) + TEXT_OVERHEAD) * len(request.parts())
    partial = PARTIAL_TOKENS * request.partial_images if server.streams else 0
    choices = tuple(_choices(request))
    tokens = _span(_each(entry.tokens.image_tokens(*edges, quality), partial, request.n)
                   for edges, quality in choices if entry.tokens)  # fmt: skip
    prices = _span(_priced(entry, edges, quality, partial, request.n) for edges, quality in choices)
    if not server.priced or prices is None or entry.rates.text_in is None:
        return Estimate(text, tokens, None, f"price unknown: {_who(request, server)}")
    reading = text * entry.rates.text_in / MILLION
    dollars = (prices[0] + reading, prices[1] + reading) if isinstance(prices, tuple) else prices + reading
    return Estimate(text, tokens, dollars, _why(request))


def charged(request: ImageRequest, usage: Usage | None, server: Server = OPENAI) -> Decimal | None:
    """Dollars of one answer by the tokens it says it used, None where they or the rates are unknown.

    Cached input is counted at the full rate, since the Images API does not say what was cached: an upper bound.
    """
    rates = model(request.model).rates
    if not server.priced or usage is None or not usage.output_tokens or rates.image_out is None or usage.svg:
        return None
    text_out = usage.output_text_tokens or 0
    image_out = usage.output_image_tokens if usage.output_image_tokens is not None else usage.output_tokens - text_out
    image_in = usage.input_image_tokens or 0
    text_in = usage.input_text_tokens if usage.input_text_tokens is not None else (usage.input_tokens or 0) - image_in
    parts = (
        (text_in, rates.text_in),
        (image_in, rates.image_in),
        (image_out, rates.image_out),
        (text_out, rates.text_out or rates.image_out),
    )
    if any(tokens and rate is None for tokens, rate in parts):
        return None
    return sum((tokens * rate for tokens, rate in parts if rate is not None), Decimal(0)) / MILLION


def narrowed(cost: Estimate, seen: Sequence[Decimal]) -> Estimate:
    """``cost`` with its range moved towards what like requests cost; one without a range is left alone.

    ``seen`` are their actual dollars over the upper end of their estimates. Both ends move to the least and the most
    seen by n / (n + 3). A guide for people: what is reserved stays the upper end of the estimate without it.
    """
    if not seen or not isinstance(cost.dollars, tuple):
        return cost
    low, high = cost.dollars
    weight = Decimal(len(seen)) / (len(seen) + PRIOR_WEIGHT)
    ends = (low + (high * min(seen) - low) * weight, high + (high * max(seen) - high) * weight)
    runs = "one of your own runs" if len(seen) == 1 else f"{len(seen)} of your own runs"
    return replace(cost, dollars=ends, why=f"{cost.why or 'the tokens are unknown'}; narrowed by {runs}")


def price_of_one(entry: Model, size: str, quality: str) -> Dollars | None:
    """Dollars of the output of one picture at ``size`` and ``quality``; None where unknown."""
    edges = pixels(size)
    return _priced(entry, edges, quality, 0, 1) if edges else None


def _priced(entry: Model, edges: tuple[int, int], quality: str, partial: int, n: int) -> Dollars | None:
    """Dollars of ``n`` pictures with ``partial`` extra tokens each: by OpenAI's price list, else tokens x rate."""
    rate = entry.rates.image_out
    if rate is None or entry.tokens is None:
        return None
    if listed := entry.prices.get(quality):
        return (Decimal(listed[shape(*edges)]) + partial * rate / MILLION) * n
    tokens = _each(entry.tokens.image_tokens(*edges, quality), partial, n)
    if isinstance(tokens, tuple):
        return tokens[0] * rate / MILLION, tokens[1] * rate / MILLION
    return tokens * rate / MILLION if tokens is not None else None


def _choices(request: ImageRequest) -> Iterator[tuple[tuple[int, int], str]]:
    """The sizes in pixels and qualities that the request may come to, one of each unless they are auto."""
    if request.output_format in {"gif", "svg"}:
        return  # no token rule is published for them
    sizes = request.entry.sizes
    auto = tuple(size for size in AUTO_SIZES if sizes.problem(size) is None or sizes.any_size)
    qualities = request.entry.options.get("quality", ()) if request.quality == "auto" else (request.quality,)
    for size, quality in itertools.product(auto if request.size == "auto" else (request.size,), qualities):
        if edges := pixels(size):
            yield edges, quality


def _who(request: ImageRequest, server: Server) -> str:
    if not server.priced:
        return f"{server.label} is not priced here"
    if request.output_format in {"gif", "svg"}:
        return f"OpenAI publishes no token rule for {request.output_format}"
    return f"no rates are known for {request.model}"


def _why(request: ImageRequest) -> str | None:
    auto = [name for name in ("size", "quality") if getattr(request, name) == "auto"]
    if auto:
        return f"{' and '.join(auto)} {'are' if len(auto) > 1 else 'is'} auto"
    return request.entry.tokens.doubt if request.entry.tokens else None


def _each(ends: Tokens | None, extra: int, n: int) -> Tokens | None:
    """``n`` times the tokens of one and its extra, at both ends."""
    if isinstance(ends, tuple):
        return (ends[0] + extra) * n, (ends[1] + extra) * n
    return (ends + extra) * n if ends is not None else None


def _span(found: Iterable[Amount | tuple[Amount, Amount] | None]) -> Amount | tuple[Amount, Amount] | None:
    """The lowest and the highest of amounts and ranges, one amount where they are equal, None where there is none."""
    pairs = [amount if isinstance(amount, tuple) else (amount, amount) for amount in found if amount is not None]
    if not pairs:
        return None
    low, high = min(pair[0] for pair in pairs), max(pair[1] for pair in pairs)
    return low if low == high else (low, high)
