"""Tokens and dollars: an estimate before the call, the charge after it."""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, TypeVar

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
DOUBLE, ROOM_OF_TEXT = 2, 4_000  # how far the tokens of an answer may be above what its model was seen to use
UNKNOWN_TOKENS = 50_000  # of an image for which no rule is known: above every one that is
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
    ``text_tokens`` are those of ``input_tokens`` that the prompt makes, None where all of them are.
    """

    input_tokens: Tokens
    output_tokens: Tokens | None
    dollars: Dollars | None
    why: str | None
    text_tokens: int | None = field(default=None, compare=False)

    @property
    def reading(self) -> int:
        """Input tokens of the prompt, which are counted without the tokenizer."""
        most = self.input_tokens[1] if isinstance(self.input_tokens, tuple) else self.input_tokens
        return most if self.text_tokens is None else self.text_tokens

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
    """Tokens and dollars of ``request`` before it is sent; a range with its reason where tokens are unknown.

    The input pictures are counted once for each request that is sent, whatever ``n``. A mask or a markup counts as
    nothing: whether OpenAI charges for them is not known.
    """
    entry = request.entry
    times = len(request.parts())
    text = (text_tokens(request.prompt) + TEXT_OVERHEAD) * times
    seen = _seen(request, times)
    read = _plus(text, seen or 0)
    partial = PARTIAL_TOKENS * request.partial_images if server.streams else 0
    choices = tuple(_choices(request))
    tokens = _span(_each(entry.tokens.image_tokens(*edges, quality), partial, request.n)
                   for edges, quality in choices if entry.tokens)  # fmt: skip
    prices = _span(_priced(entry, edges, quality, partial, request.n) for edges, quality in choices)
    looking = seen if seen is None else _times(seen, entry.rates.image_in)
    if not server.priced or prices is None or entry.rates.text_in is None or looking is None:
        return Estimate(read, tokens, None, f"price unknown: {_who(request, server)}", text)
    reading = text * entry.rates.text_in / MILLION
    return Estimate(read, tokens, _plus(_plus(prices, reading), looking), _why(request), text)


def _seen(request: ImageRequest, times: int) -> Tokens | None:
    """Input tokens of the pictures of ``times`` requests, None where the model has no rule for them."""
    if not request.images:
        return 0
    if not (rule := request.entry.input_tokens):
        return None
    every: Tokens = 0
    for one in request.images:
        every = _plus(every, rule.image_tokens(one.width, one.height, request.input_fidelity))
    return _each(every, 0, times)


def _times(tokens: Tokens, rate: Decimal | None) -> Dollars | None:
    """Dollars of so many tokens, None where there are some at an unknown rate."""
    if rate is None:
        return Decimal(0) if tokens == 0 else None
    return (
        (tokens[0] * rate / MILLION, tokens[1] * rate / MILLION)
        if isinstance(tokens, tuple)
        else tokens * rate / MILLION
    )


def _plus(first: Amount | tuple[Amount, Amount], second: Amount | tuple[Amount, Amount]) -> Any:
    """The sum of two amounts or ranges; a range as soon as one of them is."""
    if not isinstance(first, tuple) and not isinstance(second, tuple):
        return first + second
    (low, high), (lower, higher) = ((each if isinstance(each, tuple) else (each, each)) for each in (first, second))
    return low + lower, high + higher


def charged(request: ImageRequest, usage: Usage | None, server: Server = OPENAI) -> Decimal | None:
    """Dollars of one answer by the tokens it says it used, None where they or the rates are unknown.

    Tokens that the request cannot have used (`doubt`) count as the upper end of its estimate. Cached input is counted
    at the full rate, since the Images API does not say what was cached: an upper bound.
    """
    rates = model(request.model).rates
    if not server.priced or usage is None:
        return None
    if doubt(request, usage, server):
        most = estimate(request, server).most
        return None if most is None else most / len(request.parts())
    if not usage.output_tokens or rates.image_out is None or usage.svg:
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


def doubt(request: ImageRequest, usage: Usage | None, server: Server = OPENAI) -> str | None:
    """Why the tokens that a server says it used cannot be those of ``request``, in words; None where they can, and
    where they are not priced.

    The bound is generous: twice what the model uses at its best quality, with room for text, inputs and masks.
    """
    if usage is None or not server.priced:
        return None
    most = _most_tokens(request, server)
    for side, limit in zip(("output", "input"), most, strict=True):
        whole = getattr(usage, f"{side}_tokens")
        parts = [(kind, getattr(usage, f"{side}_{kind}_tokens") or 0) for kind in ("text", "image")]
        said = ", ".join(f"{tokens} {kind}" for kind, tokens in (("in all", whole), *parts) if tokens is not None)
        if min(whole or 0, *(tokens for _, tokens in parts)) < 0:
            return f"doubtful: the server said {said} {side} tokens, a negative number"
        if whole is not None and max(tokens for _, tokens in parts) > whole:
            return f"doubtful: the server said {said} {side} tokens, which do not add up"
        if max(whole or 0, sum(tokens for _, tokens in parts)) > limit:
            return f"doubtful: the server said {said} {side} tokens, but this request can use {limit:,} at most"
    return None


def _most_tokens(request: ImageRequest, server: Server) -> tuple[int, int]:
    """The most output and input tokens that a request can use, whatever its quality comes to."""
    best = estimate(replace(request, quality="auto"), server)
    read = best.input_tokens[1] if isinstance(best.input_tokens, tuple) else best.input_tokens
    made = best.output_tokens[1] if isinstance(best.output_tokens, tuple) else best.output_tokens
    unseen = sum(1 for role, _ in request.attachments if role != "image" or not request.entry.input_tokens)
    output = DOUBLE * made + ROOM_OF_TEXT * request.n if made is not None else UNKNOWN_TOKENS * request.n
    return output, DOUBLE * read + ROOM_OF_TEXT + UNKNOWN_TOKENS * unseen


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
    if request.sizes.problem(request.size):
        return
    sizes = request.entry.sizes
    drawn: tuple[str, ...] = (request.size,)
    if request.size == "auto":
        drawn = tuple(size for size in AUTO_SIZES if sizes.problem(size) is None or sizes.any_size)
    qualities = request.entry.options.get("quality", ()) if request.quality == "auto" else (request.quality,)
    for size, quality in itertools.product(drawn, qualities):
        if edges := pixels(size):
            yield edges, quality


def _who(request: ImageRequest, server: Server) -> str:
    if not server.priced:
        return f"{server.label} is not priced here"
    if request.sizes.problem(request.size):
        return f"{request.model} does not draw {request.size}"
    if request.images and not request.entry.input_tokens:
        return f"no rule is known for the input pictures of {request.model}"
    if request.output_format in {"gif", "svg"}:
        return f"OpenAI publishes no token rule for {request.output_format}"
    return f"no rates are known for {request.model}"


def _why(request: ImageRequest) -> str | None:
    auto = [name for name in ("size", "quality") if getattr(request, name) == "auto"]
    entry, why = request.entry, []
    if auto:
        why.append(f"{' and '.join(auto)} {'are' if len(auto) > 1 else 'is'} auto")
    elif entry.tokens and entry.tokens.doubt:
        why.append(entry.tokens.doubt)
    if request.images and entry.input_tokens and entry.input_tokens.doubt:
        why.append(entry.input_tokens.doubt)
    if request.mask or request.markup:
        why.append("whether OpenAI charges for a mask or a markup is not known, and nothing is counted for it")
    return "; ".join(why) or None


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
