"""The SDK's exceptions as ours: what happened, whether it may be charged, and the user's next move."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpx2
import openai

from triptych import errors
from triptych.errors import TriptychError
from triptych.networks import is_this_machine

LONGEST_MESSAGE = 600  # characters; a proxy was seen to send 457,083
NO_CREDIT = {
    "insufficient_quota",
    "credit_balance_exhausted",
    "organization_spend_limit_exceeded",
    "project_spend_limit_exceeded",
    "organization_usage_limit_exceeded",
    "billing_hard_limit_reached",
}
BLOCKED = {"moderation_blocked", "content_policy_violation", "image_content_policy_violation"}
NEVER_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.ProxyError,  # it did not open the way
    httpx2.PoolTimeout,
    httpx2.UnsupportedProtocol,
    httpx2.LocalProtocolError,
)
STATUSES: dict[int, tuple[type[TriptychError], str]] = {
    401: (errors.KeyRejected, "The server does not accept the key."),
    403: (errors.NotAllowed, "The server does not allow it."),
    404: (errors.WrongAddress, "There is no Images API at this address (404)."),
    405: (errors.WrongAddress, "There is no Images API at this address (405)."),
    413: (errors.RequestRejected, "The request is too large for the server or a proxy before it."),
    429: (errors.RateLimited, "The rate limit is reached."),
}
MODEL_MISSING = re.compile(r"\bmodel\b.*\b(does not exist|not found)\b|model mismatch", re.IGNORECASE)
KEYS = re.compile(r"\b(sk|sess|pk)-[\w*.-]{4,}")


def translated(exc: Exception, request_id: str | None = None) -> TriptychError:
    """Our error for ``exc``, which a call of the SDK raised; ``request_id`` is the answer's, where one had begun."""
    if isinstance(exc, openai.APIStatusError):
        return _status(exc, request_id)
    if isinstance(exc, openai.APIConnectionError):
        return _connection(exc, request_id)
    if isinstance(exc, openai.APIResponseValidationError | ValueError):
        return errors.BadAnswer("The server's answer cannot be read; it is not JSON.", request_id=request_id)
    if isinstance(exc, openai.APIError):
        return reported(exc.body, request_id=request_id)
    if isinstance(exc, httpx2.TransportError):
        return errors.BadAnswer(f"The answer broke off: {_plain(str(exc))}.", request_id=request_id)
    raise exc


def reported(body: Any, status: int | None = None, request_id: str | None = None) -> TriptychError:
    """Our error for what a server says of itself in ``body``, whether with a status or inside a stream."""
    inner = body.get("error", body) if isinstance(body, Mapping) else body
    said: Mapping[str, Any] = inner if isinstance(inner, Mapping) else {}
    kind, code = str(said.get("type") or ""), str(said.get("code") or "")
    message = _plain(said.get("message") or said or body)
    details = said.get("moderation_details")
    details = details if isinstance(details, Mapping) else {}
    facts: dict[str, Any] = {"request_id": request_id, "code": code or kind or None, "status": status}
    facts["param"] = str(said["param"]) if said.get("param") else None
    if {kind, code} & NO_CREDIT:
        return errors.NoCredit(message or "The account has no credit left.", **facts)
    if code in BLOCKED or "safety system" in message or "safety_violations" in message:
        stage = details.get("moderation_stage")
        categories = details.get("categories") or re.findall(r"safety_violations=\[([^\]]*)\]", message)
        blocked = errors.PictureBlocked if stage == "output" else errors.Blocked
        return blocked(message, stage=stage, categories=tuple(map(str, categories)), **facts)
    if code in {"rate_limit_exceeded", "slow_down"} or kind == "rate_limit_error":
        return errors.RateLimited(message, retry_after=_seconds_in(message), **facts)
    return _by_status(status, kind, code, message, facts)


def _by_status(status: int | None, kind: str, code: str, message: str, facts: dict[str, Any]) -> TriptychError:
    """What the numbers say where the words do not."""
    number = status or 0
    error: type[TriptychError]
    failed_there = "server_error" in kind or code in {"image_generation_failed", "server_is_overloaded"}
    if code == "model_not_found" or MODEL_MISSING.search(message):
        error, fallback = errors.ModelUnavailable, "The server does not know the model."
    elif number in STATUSES:
        error, fallback = STATUSES[number]
        error = errors.NotVerified if error is errors.NotAllowed and "verif" in message.lower() else error
    elif number >= HTTPStatus.INTERNAL_SERVER_ERROR or (failed_there and not number):
        error, fallback = errors.ServerFailed, f"The server failed ({status or code})."
    elif HTTPStatus.MULTIPLE_CHOICES <= number < HTTPStatus.BAD_REQUEST:
        redirect = "The server answers with a redirect, which is not followed: prompt and key stay here."
        return errors.WrongAddress(redirect, **facts)
    else:
        error, fallback = errors.RequestRejected, f"The server refused the request ({status or code})."
    if error is errors.RateLimited:
        facts["retry_after"] = _seconds_in(message)
    return error(message or fallback, **facts)


def _status(exc: openai.APIStatusError, request_id: str | None) -> TriptychError:
    error = reported(exc.body, exc.status_code, exc.request_id or request_id)
    if isinstance(error, errors.RateLimited):
        error.retry_after = _retry_after(exc.response.headers) or error.retry_after
    return error


def _connection(exc: openai.APIConnectionError, request_id: str | None) -> TriptychError:
    cause = exc.__cause__
    reason = _plain(str(cause)) if cause and str(cause) else type(cause or exc).__name__
    if isinstance(cause, httpx2.LocalProtocolError):
        return errors.Unreachable("The request cannot be sent: a header is not allowed. Check the key and the address.")
    if isinstance(cause, NEVER_SENT):
        return errors.Unreachable(_unreached(cause, reason, exc.request.url.host))
    took = "took too long" if isinstance(exc, openai.APITimeoutError) else "broke off"
    return errors.OutcomeUnknown(f"The connection {took} after the request was sent ({reason}).", request_id=request_id)


def _unreached(cause: Exception, reason: str, host: str) -> str:
    """Why nothing could be sent to ``host``, and what the environment can say where a company's network is why."""
    if isinstance(cause, httpx2.ProxyError):
        return f"The proxy did not open the way; nothing was sent ({reason}). TRIPTYCH_PROXY or HTTPS_PROXY names it."
    if "CERTIFICATE_VERIFY_FAILED" in reason:
        return (
            f"The server's certificate is not trusted here; nothing was sent ({reason}). Name a company's certificates "
            "by TRIPTYCH_CA_BUNDLE; it counts for the environment's own account only."
        )
    said = f"The server could not be reached; nothing was sent ({reason})."
    if is_this_machine(host):
        return said
    return f"{said} A proxy that leads out is named by TRIPTYCH_PROXY, for the environment's own account only."


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait by ``retry-after-ms`` or ``Retry-After`` (seconds or a date), None where neither says."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        text = headers.get(name, "").strip()
        if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text):
            return float(text) / unit
        if text and name == "retry-after":
            try:
                return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
            except (TypeError, ValueError):
                return None
    return None


def _seconds_in(message: str) -> float | None:
    found = re.search(r"try again in (\d+(?:\.\d+)?)(ms|s)\b", message)
    return float(found[1]) / (1000 if found[2] == "ms" else 1) if found else None


def _plain(said: Any) -> str:
    """What the server said as one short line of text, with anything that looks like a key taken out."""
    text = said if isinstance(said, str) else json.dumps(said, default=str) if said else ""
    if "<html" in text[:2000].lower() or text.lstrip().lower().startswith("<!doctype"):
        text = " ".join(re.sub(r"<[^>]*>", " ", text[:20_000]).split()) or "an HTML page"
    line = KEYS.sub(r"\1-…", " ".join(text[: 4 * LONGEST_MESSAGE].split()))
    return line if len(line) <= LONGEST_MESSAGE else f"{line[:LONGEST_MESSAGE]}…"
