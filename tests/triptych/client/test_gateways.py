"""What gateways say in the server's place: unknown, no credit, moderation; each is asked once (TRUST.md N7, M14)."""

import json
from typing import Any

import pytest

from tests.triptych.client.conftest import Make, drawn
from tests.triptych.client.raw import COMPLETED, PARTIAL, Visit, event, head, raw, says, whole
from triptych import errors
from triptych.errors import TriptychError
from triptych.results import Failed

pytestmark = pytest.mark.usefixtures("fast")

GAVE_UP = [408, 499, 502, 504, *range(520, 528), 530]
PAGE = b"<html><head><title>Gave up</title></head><body>nginx</body></html>"


def failed(events: list[Any]) -> TriptychError:
    assert isinstance(events[-1], Failed)
    return events[-1].error


def error(message: str = "It failed.", **inner: Any) -> dict[str, Any]:
    return {"error": {"message": message, "type": None, "param": None, "code": None, **inner}}


@pytest.mark.parametrize("body", [PAGE, b"", error(type="server_error")], ids=["a page", "nothing", "JSON"])
@pytest.mark.parametrize("status", GAVE_UP)
async def test_a_gateway_that_gave_up_means_unknown_and_one_post(make: Make, status: int, body: object) -> None:
    async with raw(says(whole(body, status))) as server:
        told = failed(await drawn(make(server.base_url)))

    assert errors.OutcomeUnknown is type(told)
    assert "gave up waiting" in told.message
    assert told.may_be_charged  # which the page says
    assert 1 == server.posts


@pytest.mark.parametrize("status", [500, 503, 505, 529])
@pytest.mark.parametrize("body", [PAGE, b"Internal Server Error", {"message": "Service Unavailable"}])
async def test_a_failure_that_the_api_did_not_write_is_unknown(make: Make, status: int, body: object) -> None:
    async with raw(says(whole(body, status))) as server:
        told = failed(await drawn(make(server.base_url)))

    assert errors.OutcomeUnknown is type(told)
    assert 1 == server.posts


LOST = (
    error("litellm.Timeout: Connection timed out after 600 s", code="500"),
    error("litellm.APIConnectionError: OpenAIException - Server disconnected", code="500"),
    error("bad response status code 524", type="upstream_error", code="bad_response_status_code"),
    error("It gave up.", code=504),
    error("Internal server error: ReadTimeout", code="500"),
    error("socket hang up", type="server_error"),
    error("fetch failed", type="server_error"),
    error("read ECONNRESET", type="internal_error"),
    error("write EPIPE: broken pipe", type="server_error"),
    error("context canceled", type="server_error"),
    error("stream closed before it was complete", type="server_error"),
    error("unexpected end of JSON input", type="server_error"),
    error("remote end closed connection without response", type="server_error"),
    error("peer closed the stream; incomplete read", type="server_error"),
    error("the server answered with status 524", type="server_error"),
    error("Provider returned error", type="server_error", metadata={"raw": "upstream is gone", "provider_name": "X"}),
)
# What OpenAI and servers like it say of themselves.
OWN = (
    "The server had an error while processing your request. Sorry about that! You can retry your request.",
    "Contact us at our help center if it persists. (Please include the request ID req_5a4e in your message.)",
    "That model is currently overloaded with other requests. You can retry your request.",
    "The server is currently processing too many requests. Please try again later.",
    "failed to load model: out of memory",
)


@pytest.mark.parametrize("body", LOST, ids=range(len(LOST)))
async def test_a_500_by_which_a_gateway_tells_that_it_lost_the_server_is_unknown(make: Make, body: object) -> None:
    async with raw(says(whole(body, 500))) as server:
        told = failed(await drawn(make(server.base_url)))

    assert errors.OutcomeUnknown is type(told)
    assert 1 == server.posts


@pytest.mark.parametrize("words", OWN, ids=range(len(OWN)))
@pytest.mark.parametrize("status", [500, 503])
async def test_a_refusal_of_the_server_itself_is_sent_once_more(make: Make, status: int, words: str) -> None:
    async with raw(says(whole(error(words, type="server_error"), status))) as server:
        told = failed(await drawn(make(server.base_url)))

    assert errors.ServerFailed is type(told)
    assert 2 == server.posts


@pytest.mark.parametrize(
    "said",
    [{"type": "server_error"}, {"code": "rate_limit_exceeded"}, {"code": 429}, {"code": "server_is_overloaded"}],
    ids=str,
)
@pytest.mark.parametrize("partial", [PARTIAL, {**PARTIAL, "b64_json": "broken"}], ids=["whole", "broken"])
async def test_what_was_streamed_in_part_is_never_sent_again(
    make: Make, said: dict[str, Any], partial: dict[str, Any]
) -> None:
    async def answer(visit: Visit) -> None:
        name = "image_generation.partial_image"
        end = event("error", {"type": "error", **error(**said)}) if visit.number == 1 else event("done", COMPLETED)
        await visit.say(head(kind="text/event-stream") + event(name, partial) + end)

    async with raw(answer) as server:
        told = failed(await drawn(make(server.base_url), partial_images=1))

    assert isinstance(told, errors.OutcomeUnknown)
    assert 1 == server.posts


POOR: dict[str, tuple[int, Any]] = {
    "OpenRouter": (402, error("Insufficient credits. Add more using https://openrouter.ai/settings/credits", code=402)),
    "OpenRouter's key": (403, error("Key limit exceeded (total limit).", code=403)),
    "LiteLLM": (400, error("Budget has been exceeded! Current cost: 2.0, Max budget: 1.0", type="budget_exceeded")),
    "LiteLLM as 429": (429, error("ExceededBudget: User=me over budget. Spend=2, Budget=1", code="429")),
    "LiteLLM wrapping": (
        429,
        error("litellm.RateLimitError: OpenAIException - You exceeded your current quota, please check your plan"),
    ),
    "new-api": (403, error("用户额度不足, 剩余额度: ＄0.00", type="new_api_error", code="insufficient_user_quota")),
    "new-api's token": (403, error("token quota is not enough", code="pre_consume_token_quota_failed")),
    "one-api in words": (403, error("该令牌额度已用尽", type="one_api_error")),
    "one-api's 429": (429, error("user quota is not enough", type="one_api_error")),
    "DeepSeek": (402, error("Insufficient Balance", type="unknown_error", code="invalid_request_error")),
    "text only": (402, {"error": "Payment required"}),
    "a page": (402, PAGE),
    "xAI": (403, {"error": "Your team doesn't have any available credits."}),
    "fal": (403, {"detail": "User is locked. Reason: Exhausted balance."}),
    "OpenAI": (400, error(code="billing_hard_limit_reached")),
    "LiteLLM's token": (401, error("Authentication Error, ExceededTokenBudget: Current spend for token: 7.2e-05")),
    "a wallet": (403, error("Your wallet has no money left.")),
    "a subscription": (403, error("Your subscription has expired, please renew it.")),
    "a cap in dollars": (429, error("Team blue has exceeded its monthly cap of $100.")),
    "a month's use": (429, error("You have reached your monthly usage limit.")),
}


@pytest.mark.parametrize("name", POOR)
async def test_no_credit_in_any_dress_is_asked_once_and_said_in_its_own_words(make: Make, name: str) -> None:
    status, body = POOR[name]
    async with raw(says(whole(body, status, retry_after="0"))) as server:
        told = failed(await drawn(make(server.base_url)))

    assert errors.NoCredit is type(told)
    assert 1 == server.posts
    inner = body.get("error") if isinstance(body, dict) else None
    assert not isinstance(inner, dict) or inner["message"] == told.message


BLOCKED: dict[str, tuple[int, Any]] = {
    "Azure": (400, error("Your task failed as a result of our safety system.", code="contentFilter")),
    "Azure inside": (400, error("Filtered.", code="bad", innererror={"code": "ResponsibleAIPolicyViolation"})),
    "a filter": (400, error("No.", code="content_filter")),
    "LiteLLM": (400, error("litellm.ContentPolicyViolationError: AzureException - no", code="400")),
    "LiteLLM as a failure of its own": (500, error("litellm.ContentPolicyViolationError: no", type="None", code="500")),
    "OpenRouter": (403, error("openai/x requires moderation. Your input was flagged.", code=403)),
    "a policy": (403, error("This violates our content policy.")),
    "new-api": (400, error("no", code="sensitive_words_detected")),
    "a policy's code": (403, error("Access denied.", code="content_policy")),
    "a prompt and a policy": (403, error("Your prompt was blocked by a policy of your organization.")),
    "what its use allows": (400, error("It may contain text that is not allowed by our usage policies.")),
    "a guardrail": (400, error("Violated guardrail policy", type="None", code="400")),
    "a guardrail's code": (403, error("no", code="guardrail_violation")),
    "nudity": (422, error("NSFW content detected")),
    "Gemini": (400, error("Image generation was stopped.", code="SAFETY")),
    "OpenRouter's provider": (
        400,
        error("Provider returned error", metadata={"raw": json.dumps(error("No.", code="moderation_blocked"))}),
    ),
}


@pytest.mark.parametrize("name", BLOCKED)
async def test_moderation_in_any_dress_asks_for_another_prompt(make: Make, name: str) -> None:
    status, body = BLOCKED[name]
    async with raw(says(whole(body, status))) as server:
        told = failed(await drawn(make(server.base_url)))

    assert errors.Blocked is type(told)
    assert "Change the prompt" == told.next_move
    assert 1 == server.posts


async def test_what_the_filter_found_is_told(make: Make) -> None:
    found = {"content_filter_result": {"violence": {"filtered": True}, "hate": {"filtered": False}}}
    body = error("Filtered.", code="contentFilter", inner_error=found)
    async with raw(says(whole(body, 400))) as server:
        told = failed(await drawn(make(server.base_url)))

    assert ("violence",) == told.categories


NEITHER: dict[str, tuple[int, Any, type[TriptychError]]] = {
    "an organisation": (403, error("Your organization must be verified to use the model."), errors.NotVerified),
    "a pixel budget": (400, error("Requested size exceeds the pixel budget."), errors.RequestRejected),
    "a full pixel budget": (400, error("The image is over the pixel budget"), errors.RequestRejected),
    "a field": (400, error("Invalid value: budget exceeded", param="quality"), errors.RequestRejected),
    "moderation's field": (400, error("content filter: invalid value", param="moderation"), errors.RequestRejected),
    "a country": (403, error("Country not supported."), errors.NotAllowed),
    "a proxy that wants a password": (407, PAGE, errors.WrongAddress),
    "a company's page": (
        403,
        b"<html><p>The content that you asked for was blocked by your company's internet policy.</p></html>",
        errors.NotAllowed,
    ),
    "a company's firewall": (403, error("Request blocked by network policy."), errors.NotAllowed),
    "a model that is not allowed": (403, error("Access to this model is blocked by policy."), errors.NotAllowed),
    "a key that has expired": (401, error("Your key has expired."), errors.KeyRejected),
    "a provider's word on a field": (
        400,
        error("Provider returned error", metadata={"raw": json.dumps(error("Unknown size.", param="size"))}),
        errors.RequestRejected,
    ),
}


@pytest.mark.parametrize("name", NEITHER)
async def test_other_refusals_are_taken_for_neither(make: Make, name: str) -> None:
    status, body, kind = NEITHER[name]
    async with raw(says(whole(body, status))) as server:
        told = failed(await drawn(make(server.base_url)))

    assert kind is type(told)
    assert 1 == server.posts


@pytest.mark.parametrize(
    "message",
    [
        "Requests have exceeded call rate limit of your pricing tier. Please retry after 4000 seconds. Quota increase",
        "You exceeded your current quota, please check your plan. Please retry in 4000.5s.",
        "Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 requests per day",
        "Rate limit reached. Please try again in 1h6m40s.",
    ],
)
async def test_a_rate_limit_stays_one_whatever_it_says_of_quotas(make: Make, message: str) -> None:
    async with raw(says(whole(error(message), 429, retry_after="4000"))) as server:
        told = failed(await drawn(make(server.base_url)))

    assert errors.RateLimited is type(told)
    assert 1 == server.posts


async def test_a_waiting_time_of_minutes_in_words_is_heard(make: Make) -> None:
    async with raw(says(whole(error("Limit 5. Please try again in 1h6m40s."), 429))) as server:
        told = failed(await drawn(make(server.base_url)))

    assert 4000.0 == told.retry_after
    assert 1 == server.posts
