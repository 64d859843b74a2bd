"""What an owner's earlier runs have taught: what the next request should cost, and how long it should take."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from triptych.errors import DatabaseDown
from triptych.pricing import Estimate, estimate, narrowed
from triptych.request import ImageRequest
from triptych.servers import Server
from triptych.timing import Seconds, expected

if TYPE_CHECKING:
    from triptych.store.history.history import History

Seen = TypeVar("Seen", float, Decimal)
Kind = tuple[str, ...]  # the settings that make requests alike


@dataclass(frozen=True)
class Experience:
    """Whose runs, on which server, say what a request should cost and take; may be asked on any thread.

    ``engine`` is that server as the records name it. Without ``history``, and while it cannot be reached, the
    published figures say it alone. Of each kind of request the records are asked once, when it first comes up.
    """

    owner: str
    server: Server
    engine: str
    history: "History | None" = None
    _dollars: dict[tuple[str, ...], tuple[Decimal, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _times: dict[tuple[str, ...], tuple[float, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def cost(self, request: ImageRequest) -> Estimate:
        """What ``request`` should cost; a range is narrowed by what like requests of the owner came to."""
        kind = request.model, request.quality
        if kind not in self._dollars:
            self._dollars[kind] = self._seen(lambda history: history.ratios_like(self.owner, *kind))
        return narrowed(estimate(request, self.server), self._dollars[kind])

    def seconds(self, request: ImageRequest) -> Seconds:
        """How long ``request`` should take, by how long like requests of the owner took."""
        kind = request.model, request.quality, request.size
        if kind not in self._times:
            self._times[kind] = self._seen(lambda history: history.seconds_like(self.owner, request, self.engine))
        return expected(request, self._times[kind])

    def _seen(self, ask: "Callable[[History], tuple[Seen, ...]]") -> tuple[Seen, ...]:
        if self.history is not None:
            with suppress(DatabaseDown):
                return ask(self.history)
        return ()
