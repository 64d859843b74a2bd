"""Tokens and dollars of images: an estimate before the call, the charge after it."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache

from triptych.catalog import model
from triptych.model import Model, shape
from triptych.parameters import PARTIAL_TOKENS, pixels
from triptych.pricing.words import text_tokens
from triptych.ranges import Amount, Range, added, exactly, spanned
from triptych.request import ImageRequest
from triptych.results import Usage
from triptych.servers import OPENAI, Server

MILLION = Decimal(1_000_000)
TEXT_OVERHEAD = 6  # tokens the API adds to a prompt on generations, as measured by others
DOUBLE, ROOM_OF_TEXT = 2, 4_000  # how far the tokens of an answer may be above what its model was seen to use
UNKNOWN_TOKENS = 50_000  # of an image for which no rule is known: above every one that is
# Of a price: what is sent now, and in a batch (OpenAI's guide to its Batch API).
FULL, HALF = Decimal(1), Decimal("0.5")
SHAPE = ("model", "size", "quality", "output_format", "variation")  # what decides the tokens of one picture
BATCH = "batch"  # what is known of an answer that came in one: its id at the server
PRIOR_WEIGHT = 3  # runs: so many of one's own count as much as the range without them
AUTO_SIZES = ("1024x1024", "1536x1024", "1024x1536", "1254x1254")  # what "auto" was seen to return


@dataclass(frozen=True)
class Estimate:
    """What a request should cost.

    ``dollars`` is None where the price is unknown, ``output_tokens`` where no rule says them. ``why`` says why that is,
    why one is a range (each such `Range` says it too), or what to doubt. ``text_tokens`` are those of ``input_tokens``
    that the prompt makes, None where all of them are.
    """

    input_tokens: Range[int]
    output_tokens: Range[int] | None
    dollars: Range[Decimal] | None
    why: str | None
    text_tokens: int | None = field(default=None, compare=False)

    @property
    def reading(self) -> int:
        """Input tokens of the prompt, which are counted without the tokenizer."""
        return self.input_tokens.high if self.text_tokens is None else self.text_tokens

    @property
    def most(self) -> Decimal | None:
        """The upper end in dollars: what a budget has to hold ready."""
        return self.dollars.high if self.dollars else None


def estimate(request: ImageRequest, server: Server = OPENAI) -> Estimate:
    """Tokens and dollars of ``request`` before it is sent; a range with its reason where tokens are unknown.

    The input pictures are counted once for each request that is sent, whatever ``n``. A mask or a markup counts as
    nothing: whether OpenAI charges for them is not known.
    """
    return _estimate(request.saying(""), text_tokens(request.prompt), server)


@lru_cache(maxsize=1024)  # it is asked for wherever money is, and of the rows of a batch few differ but in their words
def _estimate(request: ImageRequest, prompt: int, server: Server) -> Estimate:
    """The same of a request whose prompt has that many tokens."""
    entry = request.entry
    times = len(request.parts())
    text = (prompt + TEXT_OVERHEAD) * times
    seen = _seen(request, times)
    read = exactly(text) + (seen or exactly(0))
    partial = PARTIAL_TOKENS * request.partial_images if server.streams else 0
    shaped = ImageRequest(prompt="", **{name: getattr(request, name) for name in SHAPE})
    tokens, prices = _of_one(shaped, partial)
    looking = _dollars(seen, entry.rates.image_in) if seen else None
    why = _why(request)
    tokens = _because(tokens * request.n, why) if tokens else None
    if not server.priced or prices is None or entry.rates.text_in is None or looking is None:
        return Estimate(read, tokens, None, f"price unknown: {_who(request, server)}", text)
    reading = exactly(text * entry.rates.text_in / MILLION)
    dollars = prices * Decimal(request.n) + reading + looking
    return Estimate(_because(read, why), tokens, _because(dollars, why), why, text)


@lru_cache(maxsize=256)  # the rows of a batch and the cells of a grid differ in their words, and in few sizes and tiers
def _of_one(request: ImageRequest, partial: int) -> tuple[Range[int] | None, Range[Decimal] | None]:
    """Tokens and dollars of one picture that comes out, with ``partial`` extra tokens; None where unknown."""
    entry, choices = request.entry, tuple(_choices(request))
    tokens = spanned(_drawn(entry, edges, quality, partial) for edges, quality in choices)
    return tokens, spanned(_priced(entry, edges, quality, partial) for edges, quality in choices)


def _because(amount: Range[Amount], why: str | None) -> Range[Amount]:
    """``amount`` with the reason why its ends differ, where they do."""
    return amount if amount.is_exact else replace(amount, why=why)


def _seen(request: ImageRequest, times: int) -> Range[int] | None:
    """Input tokens of the pictures of ``times`` requests, None where the model has no rule for them."""
    if not request.images:
        return exactly(0)
    if not (rule := request.entry.input_tokens):
        return None
    each = (rule.image_tokens(one.width, one.height, request.input_fidelity) for one in request.images)
    return added(each, exactly(0)) * times


def _dollars(tokens: Range[int], rate: Decimal | None) -> Range[Decimal] | None:
    """Dollars of so many tokens, None where there are some at an unknown rate."""
    if rate is None:
        return None if tokens.high else exactly(Decimal(0))
    return Range(tokens.low * rate / MILLION, tokens.high * rate / MILLION)


def share_of(got: Mapping[str, str]) -> Decimal:
    """What part of the price is charged for an answer of which this is known: half where it came in a batch."""
    return HALF if BATCH in got else FULL


def halved(cost: Estimate) -> Estimate:
    """What the same request should cost in a batch."""
    return replace(cost, dollars=_because(cost.dollars * HALF, cost.why)) if cost.dollars else cost


def charged(
    request: ImageRequest, usage: Usage | None, server: Server = OPENAI, share: Decimal = FULL
) -> Decimal | None:
    """Dollars of one answer by the tokens it says it used, None where they or the rates are unknown.

    ``share`` is the part of the price that is charged: `FULL`, or `HALF` in a batch.

    Tokens that the request cannot have used (`doubt`) count as the upper end of its estimate. Cached input is counted
    at the full rate, since the Images API does not say what was cached: an upper bound.
    """
    rates = model(request.model).rates
    if not server.priced or usage is None:
        return None
    if doubt(request, usage, server):
        most = estimate(request, server).most
        return None if most is None else most * share / len(request.parts())
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
    return sum((tokens * rate for tokens, rate in parts if rate is not None), Decimal(0)) * share / MILLION


def doubt(request: ImageRequest, usage: Usage | None, server: Server = OPENAI) -> str | None:
    """Why the tokens that a server says it used cannot be those of ``request``, in words; None where they can, and
    where they are not priced.

    The bound is generous: twice what the model uses at its best quality, with room for text, inputs and masks.
    """
    if usage is None or not server.priced:
        return None
    if usage.untrue:
        return f"doubtful: the server said {usage.untrue}, which cannot be true"
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


@lru_cache(maxsize=64)  # an answer is looked at twice: for its price, and for what is said of it
def _most_tokens(request: ImageRequest, server: Server) -> tuple[int, int]:
    """The most output and input tokens that a request can use, whatever its quality comes to."""
    best = estimate(replace(request, quality="auto"), server)
    unseen = sum(1 for role, _ in request.attachments if role != "image" or not request.entry.input_tokens)
    made = best.output_tokens
    output = DOUBLE * made.high + ROOM_OF_TEXT * request.n if made else UNKNOWN_TOKENS * request.n
    return output, DOUBLE * best.input_tokens.high + ROOM_OF_TEXT + UNKNOWN_TOKENS * unseen


def narrowed(cost: Estimate, seen: Sequence[Decimal]) -> Estimate:
    """``cost`` with its range moved towards what like requests cost; one without a range is left alone.

    ``seen`` are their actual dollars over the upper end of their estimates. Both ends move to the least and the most
    seen by n / (n + 3). A guide for people: what is reserved stays the upper end of the estimate without it.
    """
    if not seen or cost.dollars is None or cost.dollars.is_exact:
        return cost
    low, high = cost.dollars.low, cost.dollars.high
    weight = Decimal(len(seen)) / (len(seen) + PRIOR_WEIGHT)
    runs = "one of your own runs" if len(seen) == 1 else f"{len(seen)} of your own runs"
    why = f"{cost.why or 'the tokens are unknown'}; narrowed by {runs}"
    ends = low + (high * min(seen) - low) * weight, high + (high * max(seen) - high) * weight
    return replace(cost, dollars=_because(Range(*ends), why), why=why)


def price_of_one(entry: Model, size: str, quality: str) -> Range[Decimal] | None:
    """Dollars of the output of one picture at ``size`` and ``quality``; None where unknown."""
    edges = pixels(size)
    return _priced(entry, edges, quality, 0) if edges else None


def _drawn(entry: Model, edges: tuple[int, int], quality: str, partial: int) -> Range[int] | None:
    """Output tokens of one picture with ``partial`` extra ones."""
    tokens = entry.tokens.image_tokens(*edges, quality) if entry.tokens else None
    return tokens + exactly(partial) if tokens else None


def _priced(entry: Model, edges: tuple[int, int], quality: str, partial: int) -> Range[Decimal] | None:
    """Dollars of one picture with ``partial`` extra tokens: by OpenAI's price list, else tokens x rate."""
    rate = entry.rates.image_out
    if rate is None or entry.tokens is None:
        return None
    if listed := entry.prices.get(quality):
        return exactly(Decimal(listed[shape(*edges)]) + partial * rate / MILLION)
    tokens = _drawn(entry, edges, quality, partial)
    return _dollars(tokens, rate) if tokens else None


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
        return f"{request.model} does not support {request.size}"
    if request.images and not request.entry.input_tokens:
        return f"no rule is known for the input images of {request.model}"
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
