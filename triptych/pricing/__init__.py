"""Tokens and dollars: an estimate before the call, the charge after it; of a turn, both of its meters."""

from decimal import Decimal

from triptych.pricing import images, turns
from triptych.pricing.images import (
    BATCH,
    FULL,
    HALF,
    MILLION,
    TEXT_OVERHEAD,
    Estimate,
    halved,
    narrowed,
    price_of_one,
    share_of,
)
from triptych.pricing.turns import meters, text_charged
from triptych.pricing.words import text_tokens
from triptych.request import ImageRequest
from triptych.results import Usage
from triptych.servers import OPENAI, Server

__all__ = [
    "BATCH",
    "FULL",
    "HALF",
    "MILLION",
    "TEXT_OVERHEAD",
    "Estimate",
    "charged",
    "doubt",
    "estimate",
    "halved",
    "meters",
    "narrowed",
    "price_of_one",
    "share_of",
    "text_charged",
    "text_tokens",
]


def estimate(request: ImageRequest, server: Server = OPENAI) -> Estimate:
    """Tokens and dollars of ``request`` before it is sent, as `images.estimate` says them; of a turn, of both meters
    together (`meters` shows them apart)."""
    asked = request.at(server)
    return turns.estimate(asked, asked.turn, server) if asked.turn else images.estimate(asked, server)


def charged(
    request: ImageRequest, usage: Usage | None, server: Server = OPENAI, share: Decimal = FULL
) -> Decimal | None:
    """Dollars of one answer by the tokens it says it used, as `images.charged`; of a turn, of both meters together."""
    asked = request.at(server)
    if not asked.turn:
        return images.charged(asked, usage, server, share)
    both = turns.image_charged(asked, usage, server), text_charged(asked, usage, server)
    return None if None in both else sum((one for one in both if one is not None), Decimal(0)) * share


def doubt(request: ImageRequest, usage: Usage | None, server: Server = OPENAI) -> str | None:
    """Why the tokens that a server says it used cannot be those of ``request``, as `images.doubt`."""
    asked = request.at(server)
    return images.doubt(turns.image_part(asked), usage, server) if asked.turn else images.doubt(asked, usage, server)
