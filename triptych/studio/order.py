"""What is ordered of the studio with one click: a request, whose it is, and on what terms."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from triptych.pricing import FULL
from triptych.request import ImageRequest


@dataclass(frozen=True)
class Order:
    """One request that is to be sent. Its ``ticket`` names the run and is used once; without one it gets its own.

    An equal request of the same ``owner`` is answered from history unless ``redraw`` asks for new images; what is
    opened together with others never is. ``any_price`` is the user's word that an unknown price is fine. ``files``
    holds by SHA-256 the bytes of what goes with the request and is not in the store yet. ``run`` names what one click
    began together: the cap of a run holds for all of it; None: the order is alone. ``share`` is the part of the price
    that is charged. ``instead_of`` is the ticket of an interrupted run that this one takes the place of, once.
    """

    request: ImageRequest
    ticket: str = field(default_factory=lambda: uuid.uuid4().hex)
    owner: str = "local"
    page: str = "generate"
    redraw: bool = False
    any_price: bool = False
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    run: str | None = None
    share: Decimal = FULL
    max_age: float | None = None
    page_cap: Decimal | None = None
    instead_of: str | None = None
