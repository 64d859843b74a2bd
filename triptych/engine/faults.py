"""Faults on demand: which there are, and how one is asked for by plan, by header or by a marker in the prompt."""

import hashlib
import re
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from triptych.wire.refusals import INVALID, USER, Refusal, no_key

MARKER = re.compile(r"\[fault:([^\]]{1,200})\]")
HEADER = "x-triptych-fault"
REMEMBERED = 256  # prompts with a marker whose count is kept, of each caller
CALLERS = 256  # callers whose counts are kept

QUOTA_CODES = (
    "credit_balance_exhausted",
    "organization_spend_limit_exceeded",
    "project_spend_limit_exceeded",
    "organization_usage_limit_exceeded",
    "insufficient_quota",
)

# What each fault does, in words a settings page can show.
FAULTS: dict[str, str] = {
    "rate_limit": "429 with Retry-After: too many images per minute",
    "slow_down": "429 slow_down: the rate rose too quickly",
    "quota": "429 insufficient_quota: no credit left",
    "bad_key": "401: the key is wrong",
    "unverified": "403: the organization is not verified",
    "not_found": "404: no such model",
    "moderation_input": "400: the prompt is refused",
    "moderation_output": "400: the image is refused",
    "moderation_stream": "the image is refused after the stream began",
    "policy": "400 content_policy_violation, the older code",
    "server_error": "500: the run failed",
    "server_error_stream": "the run failed after the stream began",
    "overloaded": "503: the server is overloaded",
    "bad_gateway": "502 with an HTML page from a proxy",
    "too_large": "413 with an HTML page from a proxy",
    "detail": "422 with a body that is not OpenAI's",
    "long_error": "500 with an error message of half a million characters",
    "timeout": "accepts the request and never answers",
    "slow": "answers late",
    "cut": "the connection is cut in the middle of the answer",
    "cut_stream": "the connection is cut in the middle of the stream",
    "no_completed": "the stream ends without its last event",
    "flat_error": "an error event that is not wrapped as the SDK expects",
    "bad_event": "an event that is not JSON",
    "ignore_stream": "answers without a stream although one was requested",
    "malformed": "200 with broken JSON",
    "html": "200 with an HTML page",
    "empty": "200 with no images",
    "null_data": "200 with data null",
    "null_image": "200 with an image that is null",
    "bad_base64": "200 with an image that is not base64",
    "not_an_image": "200 with bytes that are not an image",
    "no_usage": "an image without its usage",
    "redirect": "307 to another address",
}
# What a batch meets, by plan.
BATCH_FAULTS: dict[str, str] = {
    "batch_invalid": "the file fails its validation at a line",
    "batch_expired": "the day is over when half of the lines are done",
    "batch_missing": "a line is in neither of the files",
    "batch_stuck": "works on nothing until it is cancelled",
    "batch_lost": "the batch is made, and the answer that says so breaks off",
    "batch_unmade": "502 from a proxy, and no batch is made",
}
# What a turn of a conversation meets beside these.
TURN_FAULTS: dict[str, str] = {
    "turn_cut": "Converse: the connection is cut once the id of the turn is known",
    "turn_failed": "Converse: the text model fails",
    "turn_incomplete": "Converse: the text model stops before its end, as no tokens are left",
    "turn_refused": "Converse: the text model declines, in words",
    "turn_image_refused": "Converse: the image is refused, and the text model says so",
    "turn_expired": "Converse: the id of the turn before is forgotten",
    "turn_too_long": "Converse: 400, the thread is too long for the text model",
    "turn_unstored": "Converse: the turn is answered and not kept",
    "turn_unserved": "Converse: 404, this server holds no conversations",
}
# What passes when one tries again. A marker brings these once, and lets the next try of the same prompt through.
PASSING = {"rate_limit", "slow_down", "server_error", "overloaded"}


@dataclass(frozen=True)
class Fault:
    """A fault to produce now; `options` are `retry_after` and `seconds` (numbers), `code`, `to` (texts)."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def number(self, option: str, default: float) -> float:
        try:
            return float(self.options.get(option, default))
        except (TypeError, ValueError):
            return default

    def text(self, option: str, default: str) -> str:
        return str(self.options.get(option, default))


class Faults:
    """The faults to come. Safe to use from any thread."""

    def __init__(self) -> None:
        self._planned: deque[Fault] = deque()
        self._batches: deque[Fault] = deque()
        self._turns: deque[Fault] = deque()
        self._seen: OrderedDict[bytes, OrderedDict[str, int]] = OrderedDict()  # by caller and prompt
        self._lock = Lock()

    def plan(self, name: str, times: int = 1, **options: Any) -> None:
        """The next `times` requests for pictures, batches, or turns, meet this fault, after those planned before it."""
        if name not in FAULTS | BATCH_FAULTS | TURN_FAULTS:
            raise ValueError(
                f"No fault is called {name!r}: choose {', '.join((*FAULTS, *BATCH_FAULTS, *TURN_FAULTS))}."
            )
        queues = {**dict.fromkeys(BATCH_FAULTS, self._batches), **dict.fromkeys(TURN_FAULTS, self._turns)}
        with self._lock:
            queues.get(name, self._planned).extend([Fault(name, options)] * times)

    def clear(self) -> None:
        with self._lock:
            self._planned.clear()
            self._batches.clear()
            self._turns.clear()
            self._seen.clear()

    @property
    def pending(self) -> tuple[str, ...]:
        """The names of what is still planned, next first."""
        with self._lock:
            return tuple(fault.name for fault in (*self._planned, *self._batches, *self._turns))

    def next_batch(self) -> Fault | None:
        """The planned fault that this batch meets."""
        with self._lock:
            return self._batches.popleft() if self._batches else None

    def next_turn(self, header: str | None, said: str, caller: str) -> Fault | None:
        """The fault that this turn meets: one planned for turns, else as any request for pictures."""
        with self._lock:
            if self._turns:
                return self._turns.popleft()
        return self.next(header, said, caller)

    def next(self, header: str | None, prompt: str, caller: str = "") -> Fault | None:
        """The fault this request meets: planned, else by its header, else by its prompt, counted by ``caller``."""
        with self._lock:
            if self._planned:
                return self._planned.popleft()
        if header and (fault := _parsed(header)):
            return fault
        marked = MARKER.search(prompt)
        fault = _parsed(marked[1]) if marked else None
        return fault if fault and self._due(fault, prompt, caller) else None

    def _due(self, fault: Fault, prompt: str, caller: str) -> bool:
        times = int(fault.number("times", 1 if fault.name in PASSING else 0))
        if times <= 0:
            return True
        who = hashlib.sha256(caller.encode()).digest()  # no key is kept here
        with self._lock:
            seen = self._seen[who] = self._seen.pop(who, OrderedDict())
            count = seen.pop(prompt, 0)
            seen[prompt] = count + 1
            for counts, most in ((seen, REMEMBERED), (self._seen, CALLERS)):
                while len(counts) > most:
                    counts.popitem(last=False)
        return count % (times + 1) < times


def _parsed(text: str) -> Fault | None:
    """`rate_limit retry_after=3`, with spaces or semicolons; None for a name that is none of ours."""
    name, *pairs = re.split(r"[;\s]+", text.strip())
    options = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    return Fault(name, options) if name in FAULTS | TURN_FAULTS else None


def unmarked(prompt: str) -> str:
    """The prompt without its marker: what is to be painted."""
    return MARKER.sub("", prompt).strip()


def refusal(fault: Fault, model: str) -> Refusal | None:
    """The error answer a fault stands for; None for one that happens on the wire."""
    made = {
        "rate_limit": _rate_limit,
        "slow_down": _slow_down,
        "quota": _quota,
        "bad_key": lambda *_: no_key(given=True),
        "unverified": _unverified,
        "not_found": _not_found,
        "policy": _policy,
        "server_error": _failed,
        "overloaded": _overloaded,
        "long_error": _long,
        "moderation_input": lambda *_: blocked("input"),
        "moderation_output": lambda *_: blocked("output"),
    }.get(fault.name)
    return made(fault, model) if made else None


def blocked(stage: str) -> Refusal:
    message = (
        "Your request was rejected by the safety system. If you believe this is an error, contact us at "
        "help.openai.com and include the request ID. safety_violations=[violence]."
    )
    details = {"moderation_details": {"moderation_stage": stage, "categories": ["violence"]}}
    return Refusal(message, kind=USER, code="moderation_blocked", details=details)


def failed() -> Refusal:
    return Refusal(
        "Image generation failed", status=500, kind="image_generation_server_error", code="image_generation_failed"
    )


def _failed(_fault: Fault, _model: str) -> Refusal:
    return failed()


def _rate_limit(fault: Fault, model: str) -> Refusal:
    wait = fault.number("retry_after", 1)
    limit = f"Rate limit reached for {model} (for limit gpt-image) in organization org-demo on input-images per min"
    headers = {
        "retry-after": f"{max(round(wait), 0)}",
        "retry-after-ms": f"{round(wait * 1000)}",
        "x-ratelimit-limit-input-images": "5",
        "x-ratelimit-remaining-input-images": "0",
        "x-ratelimit-reset-input-images": f"{wait:g}s",
        "x-ratelimit-limit-requests": "5",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": f"{wait:g}s",
    }
    message = f"{limit}: Limit 5, Used 5, Requested 1. Please try again in {wait:g}s."
    return Refusal(message, status=429, kind="input-images", code="rate_limit_exceeded", headers=headers)


def _slow_down(fault: Fault, _model: str) -> Refusal:
    headers = {"retry-after": f"{max(round(fault.number('retry_after', 1)), 0)}"}
    message = "Your requests came faster than before. Please slow down and ramp up gradually."
    return Refusal(message, status=429, kind="rate_limit_error", code="slow_down", headers=headers)


def _quota(fault: Fault, _model: str) -> Refusal:
    message = "You exceeded your current quota, please check your plan and billing details."
    return Refusal(message, status=429, kind="insufficient_quota", code=fault.text("code", QUOTA_CODES[0]))


def _unverified(_fault: Fault, model: str) -> Refusal:
    message = (
        f"Your organization must be verified to use the model `{model}`. Please go to: "
        "https://platform.openai.com/settings/organization/general and click on Verify Organization. "
        "If you just verified, it can take up to 15 minutes for access to propagate."
    )
    return Refusal(message, status=403)


def _not_found(_fault: Fault, model: str) -> Refusal:
    message = f"The model `{model}` does not exist or you do not have access to it."
    return Refusal(message, status=404, kind=INVALID, code="model_not_found")


def _policy(_fault: Fault, _model: str) -> Refusal:
    message = "Your request was rejected as a result of our safety system."
    return Refusal(message, kind=INVALID, code="content_policy_violation")


def _overloaded(_fault: Fault, _model: str) -> Refusal:
    message = "The server is currently overloaded. Please try again later."
    return Refusal(message, status=503, kind="service_unavailable_error", code="server_is_overloaded")


def _long(_fault: Fault, _model: str) -> Refusal:
    return Refusal("It failed: " + "x" * 457_083, status=500, kind="server_error")
