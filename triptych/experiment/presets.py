"""Draft, review, final: three tiers of rising price, and the next one for a picture that deserves it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from triptych.catalog import MODELS
from triptych.errors import InvalidRequest
from triptych.model import Model
from triptych.parameters import PARAMETERS
from triptych.pricing import price_of_one
from triptych.request import ImageRequest
from triptych.servers import OPENAI, Server

SQUARE = "1024x1024"  # the size at which models are compared by price


@dataclass(frozen=True)
class Tier:
    """A step of the way: what it is called, and the model and quality it stands for."""

    name: str
    model: str
    quality: str


def tiers(models: Sequence[str] = tuple(MODELS)) -> tuple[Tier, ...]:
    """Draft: the cheapest at low; review: the middle of the prices at medium; final: the first of all at high.

    ``models`` are the ids to choose from, the best first (the catalog lists the newest first). Those without known
    prices or whose end is announced are left out; raises InvalidRequest where none is left.
    """
    usable = [model for name in models if (model := MODELS.get(name)) and model.shuts_down is None]
    priced = [model for model in usable if all(_price(model, quality) is not None for quality in STEPS.values())]
    if not priced:
        raise InvalidRequest("No model here has known prices at low, medium and high.", param="model")
    by_medium = sorted(priced, key=lambda model: _price(model, "medium") or Decimal(0))
    chosen = {
        "draft": min(priced, key=lambda model: _price(model, "low") or Decimal(0)),
        "review": by_medium[len(by_medium) // 2],
        "final": priced[0],
    }
    return tuple(Tier(name, chosen[name].id, quality) for name, quality in STEPS.items())


def at_tier(request: ImageRequest, tier: Tier, server: Server = OPENAI) -> ImageRequest:
    """``request`` at ``tier``; what its model or the server does not take is left to the API."""
    changed = replace(request, model=tier.model, quality=tier.quality)
    taken = changed.entry.parameters
    left = {
        name: PARAMETERS[name].default
        for name in PARAMETERS
        if name not in {"prompt", "n"} and not (name in taken and server.heeds(name))
    }
    return replace(changed, **left)


def promoted(
    request: ImageRequest, steps: Sequence[Tier] | None = None, server: Server = OPENAI
) -> tuple[Tier, ImageRequest] | None:
    """The tier after the request's quality, and one picture of the same at it; None for what is high or beyond."""
    steps = tiers() if steps is None else steps
    after = {"low": 1, "medium": 2}.get(request.quality, 0 if request.quality == "auto" else len(steps))
    if after >= len(steps):
        return None
    return steps[after], replace(at_tier(request, steps[after], server), n=1)


STEPS = {"draft": "low", "review": "medium", "final": "high"}


def _price(model: Model, quality: str) -> Decimal | None:
    """Dollars of one square picture, the upper end where it is a range."""
    if quality not in model.options.get("quality", ()):
        return None
    price = price_of_one(model, SQUARE, quality)
    return price.high if price else None
