"""What servers and the gateways before them mean by their errors: no credit, moderation, or a wait given up.

Sources: the error types, codes and messages of OpenAI, Azure, LiteLLM, OpenRouter, one-api and new-api, and others that
speak OpenAI's API. A code is believed at any status; words only where the status leaves room for them.
"""

import json
import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

# Written as `_flat` writes them: small letters and digits only.
NO_CREDIT = {
    "insufficientquota",
    "insufficientuserquota",
    "insufficienttokenquota",
    "insufficientbalance",
    "insufficientcredits",
    "insufficientcredit",
    "insufficientfunds",
    "notenoughcredits",
    "outofcredits",
    "quotanotenough",
    "quotaexhausted",
    "preconsumetokenquotafailed",
    "preconsumequotafailed",
    "creditbalanceexhausted",
    "creditbalancetoolow",
    "creditlimitreached",
    "paymentrequired",
    "organizationspendlimitexceeded",
    "projectspendlimitexceeded",
    "organizationusagelimitexceeded",
    "spendlimitexceeded",
    "spendinglimitexceeded",
    "billinghardlimitreached",
    "billinglimitreached",
    "billingnotactive",
    "billingerror",
    "budgetexceeded",
    "exceededbudget",
    "maxbudgetexceeded",
    "arrearage",
}
BLOCKED = {
    "moderationblocked",
    "contentpolicyviolation",
    "imagecontentpolicyviolation",
    "contentpolicyviolationerror",
    "contentfilter",
    "contentfiltered",
    "contentfiltererror",
    "responsibleaipolicyviolation",
    "contentmoderation",
    "sensitivewordsdetected",
    "datainspectionfailed",
    "promptblocked",
    "prohibitedcontent",
    "unsafecontent",
    "contentpolicy",
    "contentblocked",
    "contentmoderated",
    "requestmoderated",
    "policyviolation",
    "usagepolicyviolation",
    "safetyviolation",
    "safety",
    "imagesafety",
    "guardrailviolation",
    "guardrailraisedexception",
    "inappropriatecontent",
    "nsfw",
    "nsfwcontent",
    "nsfwcontentdetected",
}
GAVE_UP = frozenset({408, 499, 502, 504, *range(520, 528), 530, 598, 599})  # who answered had passed the request on

CODES_IN_WORDS = re.compile(
    r"insufficient_(?:user_|token_)?quota|pre_consume_(?:token_)?quota_failed|billing_hard_limit_reached"
    r"|budget_exceeded|exceeded(?:token|key|team|user|org|organization)? ?budget\b|credit_balance_exhausted"
    r"|\w+_spend_limit_exceeded",
    re.IGNORECASE,
)
BLOCKED_IN_WORDS = re.compile(
    r"content_?policy_?violation|ResponsibleAIPolicyViolation|\bmoderation_blocked\b", re.IGNORECASE
)
NOT_MONEY = re.compile(
    r"\b(?:pixels?|size|resolution|image|prompt|context|step|time|latency|thinking|reasoning|tokens?)"
    r"[ -](?:budget|quota|credits?)\b",
    re.IGNORECASE,
)
MONEY = re.compile(
    r"\b(?:insufficient|not enough|no|out of|too low|low on|more|any|all|available|exhausted|depleted|included)"
    r"(?: [\w$.,-]+){0,3}? (?:credits?|balance|funds)\b(?! cards?\b)"
    r"|\b(?:credits?|balance|funds)\b(?: [\w$.,-]+){0,3}?"
    r" (?:insufficient|not enough|too low|exhausted|depleted|used up)\b"
    r"|\b(?:insufficient|not enough|exceed(?:s|ed|ing)?|out of|over|exhausted|used up)"
    r"(?: [\w$.,'-]+){0,3}? (?:quota|budget)\b"
    r"|\b(?:quota|budget)\b(?: [\w$.,'-]+){0,3}? (?:exceeded|not enough|insufficient|exhausted|used up|reached)\b"
    r"|\bexceed(?:s|ed|ing)?(?: [\w$.,'-]+){0,3}? (?:cap|limit) of (?:\$|€|[\d.,]+ ?(?:\$|€|usd|eur)\b)"
    r"|\b(?:no (?:more )?|out of )money\b"
    r"|\b(?:trial|subscription|prepaid plan)(?: has| is)? (?:expired|ended|run out)\b"
    r"|\b(?:billing|spend|spending|usage)(?: hard| soft)? (?:limit|cap)\b|\bkey limit exceeded\b|\bpayment required\b"
    r"|额度不足|额度已用尽|额度已用完|余额不足|预扣费|欠费",
    re.IGNORECASE,
)
PASSES = re.compile(
    r"\bper[ -](?:second|minute|min|hour|day)\b|/ ?min\b|\b(?:retry|try again) (?:in|after) \d|\b[rt]pm\b"
    r"|\b(?:call |request |token )?rate limit\b",
    re.IGNORECASE,
)
MODERATED = re.compile(
    r"safety system|safety_violations|content[ _-]?policy|content[ _-]?filter|content management polic"
    r"|content moderation|requires moderation|flagged (?:by|as|for)"
    r"|sensitive words?\b|敏感词|\bguardrails?\b|\bnsfw\b|\b(?:unsafe|inappropriate) content\b|\busage polic(?:y|ies)\b"
    r"|\b(?:prompt|image|picture)s?\b[^.]{0,60}\b(?:violat\w+|blocked|rejected|refused|prohibited|against)\b"
    r"[^.]{0,40}\bpolic(?:y|ies)\b",
    re.IGNORECASE,
)
DRAWN = re.compile(r"generated (?:image|picture)s?\b.*\b(?:filtered|blocked|rejected)", re.IGNORECASE)
# A network's words: the server itself has no use for them, so whoever speaks so had passed the request on.
PASSED_ON = re.compile(
    r"time[ds]?[ -]?out|deadline exceeded|\bbad[ _]gateway\b|gateway[ _]time|\bupstream|\bprovider\b|接口超时|上游"
    r"|bad_response|do_request_failed|do request failed|fetch failed|request failed with status"
    r"|\bstatus(?:[ _]code)?:? ?(?:408|499|5\d\d)\b|\bno response (?:from|received)\b|without (?:a |sending )?response"
    r"|connection ?(?:error|reset|aborted|closed|broke|lost|refused|was)|clos(?:ed|es|ing) (?:the |its )?connection"
    r"|\bpeer\b|reset by|disconnect|\bsockets?\b|h[au]ng up|broken pipe|\bEPIPE\b|\bE(?:CONN|HOST|NET|AI_)\w+"
    r"|\beof\b|unexpected end\b|incomplete|premature|\bstream (?:was |is |has been )?(?:closed|reset|ended|cut|error)"
    r"|\b(?:request|context|call|operation) (?:was |has been )?(?:cancell?ed|aborted)\b|\babort(?:ed|error)",
    re.IGNORECASE,
)


def no_credit(names: Iterable[str], message: str, status: int | None, param: str | None) -> bool:
    """Whether it is refused for want of money: a quota, a credit, a budget. ``names`` are its type and its codes."""
    if (
        status == HTTPStatus.PAYMENT_REQUIRED
        or {_flat(name) for name in names} & NO_CREDIT
        or CODES_IN_WORDS.search(message)
    ):
        return True
    if param or status not in {None, 400, 401, 403, 412, 429}:
        return False
    return bool(MONEY.search(NOT_MONEY.sub("", message))) and not PASSES.search(message)


def moderated(names: Iterable[str], message: str, status: int | None, param: str | None) -> bool:
    """Whether moderation said no, to the prompt or to what was made of it."""
    if {_flat(name) for name in names} & BLOCKED or BLOCKED_IN_WORDS.search(message):
        return True
    return param in {None, "prompt"} and status in {None, 400, 403, 422, 451} and bool(MODERATED.search(message))


def stage(details: Mapping[str, Any], message: str) -> str | None:
    """ "input" or "output", by what was moderated; None where it is not said."""
    said = details.get("moderation_stage")
    return str(said) if said else "output" if DRAWN.search(message) else None


def categories(said: Mapping[str, Any], details: Mapping[str, Any], message: str) -> tuple[str, ...]:
    """What it was found to be: OpenAI's categories, Azure's filter results, OpenRouter's reasons."""
    found: Any = details.get("categories") or re.findall(r"safety_violations=\[([^\]]*)\]", message)
    if not found:
        results = inner(said).get("content_filter_result") or inner(said).get("content_filter_results")
        metadata = said.get("metadata")
        found = [
            name
            for name, result in (results.items() if isinstance(results, Mapping) else ())
            if isinstance(result, Mapping) and result.get("filtered")
        ] or (metadata.get("reasons") if isinstance(metadata, Mapping) else None)
    return tuple(map(str, found)) if isinstance(found, list | tuple) else ()


def inner(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Azure's error inside the error, empty where there is none."""
    found = said.get("innererror") or said.get("inner_error")
    return found if isinstance(found, Mapping) else {}


def behind(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """The error of the provider behind OpenRouter, which hands it on as it was, empty where there is none."""
    metadata = said.get("metadata")
    raw = metadata.get("raw") if isinstance(metadata, Mapping) else None
    try:
        found = json.loads(raw) if isinstance(raw, str) else raw
    except (ValueError, RecursionError):
        return {}
    found = found.get("error", found) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def passed_on(names: Iterable[str], message: str) -> bool:
    """Whether a failure is told by somebody who had passed the request on and lost it: it may have been worked on."""
    return bool(PASSED_ON.search(" ".join((*names, message))))


def _flat(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
