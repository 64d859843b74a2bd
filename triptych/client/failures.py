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
from triptych.client import dialects
from triptych.client.limits import exhausted
from triptych.client.wire import CutShortError
from triptych.errors import TriptychError
from triptych.networks import is_this_machine

LONGEST_MESSAGE = 600  # characters; a proxy was seen to send 457,083
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
    413: (errors.RequestRejected, "The request is too large for the server or a proxy in front of it."),
    429: (errors.RateLimited, "The rate limit is reached."),
}
WAIT = (
    r"(?:try again|retry) (?:in|after) (?:(?P<ms>\d{1,9}) ?ms\b|(?=\d)(?:(?P<h>\d{1,6}) ?h(?:ours?)? ?)?"
    r"(?:(?P<m>\d{1,6}) ?m(?:in(?:ute)?s?)? ?)?(?:(?P<s>\d{1,9}(?:\.\d{1,9})?) ?s(?:ec(?:ond)?s?)?)?(?![\w]))"
)
TITLE = re.compile(r"<title\b[^>]{0,100}>[^<]{0,300}</title>", re.IGNORECASE)  # of an HTML page
# What a server says of the turn that another goes on from: codes of OpenAI's, and its words where a proxy drops them.
THREADS: dict[str, tuple[type[TriptychError], str]] = {
    "previous_response_not_found": (errors.ThreadForgotten, r"previous response\b.*\bnot found\b"),
    "context_length_exceeded": (errors.ThreadTooLong, r"exceeds? the context window|maximum context length"),
}
MODEL_MISSING = re.compile(r"\bmodel\b.*\b(does not exist|not found)\b|model mismatch", re.IGNORECASE)


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
    behind = dialects.behind(said)
    names = (kind, code, *(str(one.get("code") or one.get("type") or "") for one in (dialects.inner(said), behind)))
    message = ": ".join(filter(None, (_plain(said.get("message") or inner or body), _plain(behind.get("message")))))
    coded = int(code) if re.fullmatch("[45][0-9][0-9]", code) else None  # in a stream it is the only one
    number = status or coded
    param = str(said["param"]) if said.get("param") else None
    facts: dict[str, Any] = {"request_id": request_id, "code": code or kind or None, "status": status, "param": param}
    if {number, coded} & dialects.GAVE_UP:
        return _gave_up(number, message, facts)
    if dialects.no_credit(names, message, number, param):
        return errors.NoCredit(message or "The account has no credit left.", **facts)
    if dialects.moderated(names, message, number, param):
        return _blocked(said, message, facts)
    if code in {"rate_limit_exceeded", "slow_down"} or kind == "rate_limit_error":
        return errors.RateLimited(message, retry_after=_seconds_in(message), **facts)
    if not number or number >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _failed(number, names, message, facts, own=_own(body, said))
    return _by_status(number, code, message, facts)


def _own(body: Any, said: Mapping[str, Any]) -> bool:
    """Whether the error has the API's own form, which a proxy's page has not."""
    return isinstance(body, Mapping) and said is body.get("error") and "message" in said


def _gave_up(number: int | None, message: str, facts: dict[str, Any]) -> TriptychError:
    """Who answers had passed the request on, or may have, and did not wait for what becomes of it."""
    start = f"A gateway gave up waiting for the server ({number})" if number else "A gateway lost the server"
    return errors.OutcomeUnknown(f"{start}: {message}" if message else f"{start}.", **facts)


def _blocked(said: Mapping[str, Any], message: str, facts: dict[str, Any]) -> TriptychError:
    details = said.get("moderation_details")
    details = details if isinstance(details, Mapping) else {}
    stage = dialects.stage(details, message)
    blocked = errors.PictureBlocked if stage == "output" else errors.Blocked
    message = message or "The request was blocked by moderation."
    return blocked(message, stage=stage, categories=dialects.categories(said, details, message), **facts)


def _failed(
    number: int | None, names: tuple[str, ...], message: str, facts: dict[str, Any], *, own: bool
) -> TriptychError:
    """A failure with a 5xx, or without a status inside an answer that had begun.

    Only what the server itself says (``own``: in the API's form, and with a status 500 or 503) is known not to have
    been worked on. A page of a proxy, or a gateway's word that it lost the server, leaves that open.
    """
    kind, code, *_ = names
    failed_there = "server_error" in kind or code in {"image_generation_failed", "server_is_overloaded"}
    if code == "model_not_found" or (own and MODEL_MISSING.search(message)):
        return errors.ModelUnavailable(message or "The server does not know the model.", **facts)
    if number == HTTPStatus.NOT_IMPLEMENTED:
        return errors.RequestRejected(message or "The server cannot do this (501).", **facts)
    if dialects.passed_on(names, message) and (number or failed_there or not kind):
        return _gave_up(number, message, facts)
    if (own and number in {500, 503}) or (failed_there and not number):
        return errors.ServerFailed(message or f"The server failed ({number or code}).", **facts)
    if number:
        return _gave_up(number, message, facts)
    return _by_status(None, code, message, facts)


def _by_status(status: int | None, code: str, message: str, facts: dict[str, Any]) -> TriptychError:
    """What a status below 500 says where the words do not."""
    number = status or 0
    error: type[TriptychError]
    for known, (kind, words) in THREADS.items():
        if code == known or re.search(words, message, re.IGNORECASE):
            return kind(message, **facts)
    if code == "model_not_found" or MODEL_MISSING.search(message):
        error, fallback = errors.ModelUnavailable, "The server does not know the model."
    elif number in STATUSES:
        error, fallback = STATUSES[number]
        error = errors.NotVerified if error is errors.NotAllowed and "verif" in message.lower() else error
    elif HTTPStatus.MULTIPLE_CHOICES <= number < HTTPStatus.BAD_REQUEST:
        redirect = "The server answers with a redirect, which is not followed: prompt and key stay here."
        return errors.WrongAddress(redirect, **facts)
    elif number == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        words = (
            "A proxy asks for a name and a password (407). Write them into TRIPTYCH_PROXY: http://name:password@host."
        )
        return errors.WrongAddress(words, **facts)
    else:
        error, fallback = errors.RequestRejected, f"The server refused the request ({status or code})."
    if error is errors.RateLimited:
        facts["retry_after"] = _seconds_in(message)
    return error(message or fallback, **facts)


def _status(exc: openai.APIStatusError, request_id: str | None) -> TriptychError:
    error = reported(_body(exc), exc.status_code, exc.request_id or request_id)
    if isinstance(error, errors.RateLimited):
        headers = exc.response.headers
        said = _retry_after(headers), error.retry_after, exhausted(headers)
        error.retry_after = next((seconds for seconds in said if seconds is not None), None)
    return error


def _body(exc: openai.APIStatusError) -> Any:
    """The answer as it was written: the SDK hands on what is inside ``error`` and hides whether it was there."""
    try:
        written = exc.response.json()
    except (ValueError, RecursionError):
        return exc.body
    return written if isinstance(written, Mapping) else exc.body


def _connection(exc: openai.APIConnectionError, request_id: str | None) -> TriptychError:
    cause = exc.__cause__
    reason = _plain(str(cause)) if cause and str(cause) else type(cause or exc).__name__
    if isinstance(cause, httpx2.LocalProtocolError):
        return errors.Unreachable("The request cannot be sent: a header is not allowed. Check the key and the address.")
    if isinstance(cause, CutShortError):
        return _cut_short(cause)
    if isinstance(cause, NEVER_SENT):
        return errors.Unreachable(_unreached(cause, reason, exc.request.url.host))
    took = "took too long" if isinstance(exc, openai.APITimeoutError) else "broke off"
    return errors.OutcomeUnknown(f"The connection {took} after the request was sent ({reason}).", request_id=request_id)


def _unreached(cause: Exception, reason: str, host: str) -> str:
    """Why nothing could be sent to ``host``, and what the environment can say where a company's network is why."""
    if isinstance(cause, httpx2.ProxyError):
        return f"The proxy refused to connect; nothing was sent ({reason}). Check TRIPTYCH_PROXY or HTTPS_PROXY."
    if "CERTIFICATE_VERIFY_FAILED" in reason:
        return (
            f"The server's certificate is not trusted; nothing was sent ({reason}). If your company issues its own, "
            "set TRIPTYCH_CA_BUNDLE; it applies to the environment's account only."
        )
    said = f"The server could not be reached; nothing was sent ({reason})."
    if is_this_machine(host):
        return said
    return f"{said} If a proxy is needed, set TRIPTYCH_PROXY; it applies to the environment's account only."


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


def _cut_short(cause: CutShortError) -> TriptychError:
    """Nothing can have been made of a request that never was there as a whole."""
    if not cause.sent:
        return errors.Unreachable("The server closed the connection before the request was sent; nothing was charged.")
    return errors.RequestRejected(
        f"The server closed the connection after {cause.sent:,} bytes of the request; nothing was charged. "
        "The request is probably too large for the server or a proxy in front of it."
    )


def _seconds_in(message: str) -> float | None:
    """Seconds to wait by the message: "try again in 1m12.5s", "retry after 20 seconds", "in 300ms"."""
    found = re.search(WAIT, message, re.IGNORECASE)
    if not found:
        return None
    units = (("ms", 0.001), ("h", 3600.0), ("m", 60.0), ("s", 1.0))
    return sum(float(found[name]) * unit for name, unit in units if found[name])


def _words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def _plain(said: Any) -> str:
    """What the server said as one short line of text. A key in it is taken out where it leaves the client."""
    text = said if isinstance(said, str) else json.dumps(said, default=str) if said else ""
    if "<html" in text[:2000].lower() or text.lstrip().lower().startswith("<!doctype"):
        body = TITLE.sub(" ", text[:20_000], count=1)  # most pages say it a second time
        text = _words(body) or _words(text[:20_000]) or "an HTML page"
    line = " ".join(text[: 4 * LONGEST_MESSAGE].split())
    return line if len(line) <= LONGEST_MESSAGE else f"{line[:LONGEST_MESSAGE]}…"
