"""What the gateway answers: images with what they cost, and everything that went wrong in OpenAI's own form."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from triptych import errors
from triptych.errors import TriptychError
from triptych.gateway.links import Links
from triptych.gateway.reading import Asked
from triptych.store import Store
from triptych.studio import Piece, Saved
from triptych.wire import answers
from triptych.wire.refusals import INVALID, USER, Refusal

UNAVAILABLE = "service_unavailable_error"
# Status, type and code of an error that the server has not said them of; the first that fits.
FORMS: tuple[tuple[type[TriptychError], int, str, str], ...] = (
    (errors.OverBudget, 402, "insufficient_quota", "budget_exceeded"),
    (errors.UnknownPrice, 402, "insufficient_quota", "unknown_price"),
    (errors.Duplicate, 409, INVALID, "idempotency_key_reused"),
    (errors.InvalidRequest, 400, INVALID, "invalid_value"),
    (errors.BadFile, 400, INVALID, "invalid_image_file"),
    (errors.Refused, 503, UNAVAILABLE, "not_ready"),
    (errors.Blocked, 400, USER, "moderation_blocked"),
    (errors.RateLimited, 429, "rate_limit_error", "rate_limit_exceeded"),
    (errors.NoCredit, 429, "insufficient_quota", "insufficient_quota"),
    (errors.ModelUnavailable, 404, INVALID, "model_not_found"),
    (errors.KeyRejected, 401, INVALID, "invalid_api_key"),
    (errors.NotAllowed, 403, INVALID, "not_allowed"),
    (errors.NotVerified, 403, INVALID, "not_verified"),
    (errors.WrongAddress, 502, UNAVAILABLE, "upstream_not_found"),
    (errors.Rejected, 400, INVALID, "rejected"),
    (errors.Unreachable, 502, UNAVAILABLE, "upstream_unreachable"),
    (errors.ServerFailed, 502, "server_error", "upstream_failed"),
    (errors.OutcomeUnknown, 502, "server_error", "outcome_unknown"),
    (errors.Cancelled, 503, UNAVAILABLE, "not_sent"),
)

FINAL = errors.OverBudget | errors.UnknownPrice | errors.Duplicate | errors.NoCredit  # trying again helps nobody


def refusal(error: TriptychError) -> Refusal:
    """The error as the API says no. Whoever sent what may be charged is told not to send it again by itself."""
    _, status, kind, code = next(form for form in FORMS if isinstance(error, form[0]))
    if isinstance(error, errors.Rejected | errors.ServerFailed) and not isinstance(error, errors.WrongAddress):
        status, code = error.status or status, error.code or code
    headers: dict[str, str] = {}
    if error.request_id and error.request_id.isascii() and error.request_id.isprintable():
        headers["x-request-id"] = error.request_id
    if isinstance(error, errors.RateLimited) and error.retry_after is not None:
        headers |= {"retry-after": str(math.ceil(error.retry_after))}
    if error.may_be_charged or isinstance(error, FINAL):
        headers["x-should-retry"] = "false"
    details: dict[str, Any] = {}
    if isinstance(error, errors.Blocked):
        stage = {"moderation_stage": error.stage, "categories": list(error.categories)}
        details["moderation_details"] = stage
    return Refusal(
        error.message, status=status, kind=kind, code=code, param=error.param, details=details, headers=headers
    )


def no_model(name: str) -> Refusal:
    return Refusal(f"The model '{name}' does not exist", status=404, code="model_not_found", param="model")


@dataclass(frozen=True)
class Answered:
    """An answer that is on disk. ``again`` says that it was there already, so that nothing was paid for it now."""

    asked: Asked
    saved: Saved
    charged: bool
    again: bool = False

    @property
    def headers(self) -> dict[str, str]:
        """What it cost, what its bytes are, where it comes from."""
        free = self.again or self.saved.cached or not self.charged
        cost = Decimal(0) if free else self.saved.dollars
        digests = ",".join(piece.sidecar.sha256 for piece in self.saved.pieces)
        told = {
            "x-triptych-cost-usd": "unknown" if cost is None else f"{cost:f}",
            "x-triptych-sha256": digests,
            "x-triptych-cache": "hit" if self.again or self.saved.cached else "miss",
        }
        id = self.saved.request_id  # noqa: A001 - the API's own word
        named = {"x-request-id": id} if id and id.isascii() and id.isprintable() else {}
        return {**self.asked.told, **told, **named}

    def body(self, store: Store, links: Links) -> dict[str, Any]:
        """The whole answer, its bytes read from the disk. Raises KeyError where they are gone. Blocks."""
        images = [self._image(store, piece, links) for piece in self.saved.pieces]
        return answers.whole(images, _known(self.saved.got), self.saved.usage)

    def completed(self, store: Store) -> bytes:
        """The event of the finished image; as ``body``.

        Where images were shown before it, the head of the stream left before the cost was known: the event says it all.
        """
        data = bytes_of(store, self.saved.pieces[0])
        return answers.completed(self.asked.kind, data, _known(self.saved.got), self.saved.usage, **self.headers)

    def _image(self, store: Store, piece: Piece, links: Links) -> dict[str, str]:
        form, image = self.asked.response_format, dict[str, str]()
        if form != "url" or piece.stored is None:
            image["b64_json"] = answers.b64(bytes_of(store, piece))
        if form != "b64_json" and piece.stored is not None:
            image["url"] = links.to(piece.stored)
        return image


def bytes_of(store: Store, piece: Piece) -> bytes:
    """The image bit for bit."""
    if piece.stored is None:
        return piece.picture.data if piece.picture else b""
    return store.original(piece.stored.sha256, piece.stored.format)


def _known(got: Mapping[str, str]) -> dict[str, str]:
    """What an answer of the API says of its images."""
    return {name: got[name] for name in ("background", "output_format", "quality", "size") if name in got}
