"""Every fault, as the SDK meets it."""

import time
from typing import Any

import httpx2
import openai
import pytest
from openai import OpenAI

from tests.triptych.engine.conftest import PATIENCE
from tests.triptych.engine.wire import MODEL
from triptych.engine.faults import FAULTS, TURN_FAULTS
from triptych.engine.serve import Engine


def draw(client: OpenAI, **more: Any) -> Any:
    return client.images.generate(**{"model": MODEL, "prompt": "a cat", "quality": "low", **more})


REFUSED = {
    "rate_limit": (429, "rate_limit_exceeded", "input-images"),
    "slow_down": (429, "slow_down", "rate_limit_error"),
    "quota": (429, "credit_balance_exhausted", "insufficient_quota"),
    "bad_key": (401, "invalid_api_key", "invalid_request_error"),
    "unverified": (403, None, "invalid_request_error"),
    "not_found": (404, "model_not_found", "invalid_request_error"),
    "moderation_input": (400, "moderation_blocked", "image_generation_user_error"),
    "moderation_output": (400, "moderation_blocked", "image_generation_user_error"),
    "policy": (400, "content_policy_violation", "invalid_request_error"),
    "server_error": (500, "image_generation_failed", "image_generation_server_error"),
    "overloaded": (503, "server_is_overloaded", "service_unavailable_error"),
    "long_error": (500, None, "server_error"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_fault_answers_with_its_status_code_and_type(client: OpenAI, engine: Engine, name: str) -> None:
    engine.faults.plan(name)

    with pytest.raises(openai.APIStatusError) as met:
        draw(client)

    assert REFUSED[name] == (met.value.status_code, met.value.code, met.value.type)
    assert engine.log[-1].request_id == met.value.request_id
    assert (name, met.value.status_code) == (engine.log[-1].fault, engine.log[-1].status)


def test_a_rate_limit_says_how_long_to_wait(client: OpenAI, engine: Engine) -> None:
    engine.faults.plan("rate_limit", retry_after=12)

    with pytest.raises(openai.RateLimitError, match=r"Please try again in 12s\.") as met:
        draw(client)

    headers = met.value.response.headers
    assert ("12", "12000", "12s") == (
        headers["retry-after"],
        headers["retry-after-ms"],
        headers["x-ratelimit-reset-requests"],
    )


def test_a_quota_has_the_code_asked_for(client: OpenAI, engine: Engine) -> None:
    engine.faults.plan("quota", code="project_spend_limit_exceeded")

    with pytest.raises(openai.RateLimitError) as met:
        draw(client)

    assert "project_spend_limit_exceeded" == met.value.code


def test_an_unverified_organisation_is_told_where_to_go(client: OpenAI, engine: Engine) -> None:
    engine.faults.plan("unverified")

    with pytest.raises(openai.PermissionDeniedError, match="Your organization must be verified to use the model"):
        draw(client)


@pytest.mark.parametrize("stage", ["input", "output"])
def test_moderation_says_at_which_stage(client: OpenAI, engine: Engine, stage: str) -> None:
    engine.faults.plan(f"moderation_{stage}")

    with pytest.raises(openai.BadRequestError) as met:
        draw(client)

    body: Any = met.value.body
    assert {"moderation_stage": stage, "categories": ["violence"]} == body["moderation_details"]


@pytest.mark.parametrize(("name", "status"), [("bad_gateway", 502), ("too_large", 413), ("detail", 422)])
def test_a_proxys_answer_has_no_error_of_openais(client: OpenAI, engine: Engine, name: str, status: int) -> None:
    engine.faults.plan(name)

    with pytest.raises(openai.APIStatusError) as met:
        draw(client)

    assert (status, None) == (met.value.status_code, met.value.code)


@pytest.mark.parametrize(
    ("name", "code"), [("moderation_stream", "moderation_blocked"), ("server_error_stream", "image_generation_failed")]
)
def test_an_error_comes_after_the_stream_began(client: OpenAI, engine: Engine, name: str, code: str) -> None:
    engine.faults.plan(name)
    stream = iter(draw(client, stream=True, partial_images=2))

    first = next(stream)
    with pytest.raises(openai.APIError) as met:
        next(stream)

    assert "image_generation.partial_image" == first.type
    assert code == met.value.code
    assert not isinstance(met.value, openai.APIStatusError)


def test_a_flat_error_is_an_event_and_no_exception(client: OpenAI, engine: Engine) -> None:
    engine.faults.plan("flat_error")

    events = list(draw(client, stream=True, partial_images=1))

    assert ["image_generation.partial_image", "error"] == [event.type for event in events]


def test_a_stream_ends_without_its_last_event(client: OpenAI, engine: Engine) -> None:
    engine.faults.plan("no_completed")

    events = list(draw(client, stream=True, partial_images=3))

    assert ["image_generation.partial_image"] == [event.type for event in events]


@pytest.mark.parametrize("stream", [False, True])
def test_a_connection_is_cut(client: OpenAI, engine: Engine, stream: bool) -> None:
    engine.faults.plan("cut_stream" if stream else "cut")

    with pytest.raises(openai.APIConnectionError):
        list(draw(client, stream=stream))

    assert 1 == len(engine.log)


def test_a_server_that_ignores_stream_gives_no_event(client: OpenAI, engine: Engine) -> None:
    engine.faults.plan("ignore_stream")

    assert [] == list(draw(client, stream=True))


def test_a_timeout_never_answers(client: OpenAI, engine: Engine) -> None:
    engine.faults.plan("timeout")

    with pytest.raises(openai.APITimeoutError):
        draw(client.with_options(timeout=httpx2.Timeout(PATIENCE, read=0.2)))


def test_a_slow_answer_is_an_answer(client: OpenAI, engine: Engine) -> None:
    engine.faults.plan("slow", seconds=0.4)
    started = time.monotonic()

    response = draw(client)

    assert 1 == len(response.data)
    assert time.monotonic() - started >= 0.4


@pytest.mark.parametrize(("name", "stream"), [("malformed", False), ("bad_event", True)])
def test_broken_json_raises(client: OpenAI, engine: Engine, name: str, stream: bool) -> None:
    engine.faults.plan(name)

    with pytest.raises(ValueError, match="Unterminated string"):
        list(draw(client, stream=stream))


def test_an_html_page_comes_as_text(client: OpenAI, engine: Engine) -> None:
    engine.faults.plan("html")

    assert "<html>" in draw(client)


@pytest.mark.parametrize(
    ("name", "data"),
    [("empty", []), ("null_data", None), ("null_image", [None]), ("bad_base64", ["%%% no base64 %%%"])],
)
def test_an_answer_lacks_its_picture(client: OpenAI, engine: Engine, name: str, data: Any) -> None:
    engine.faults.plan(name)

    found = draw(client).data

    assert data == (found and [image.b64_json for image in found])


def test_bytes_can_be_no_picture(client: OpenAI, engine: Engine) -> None:
    engine.faults.plan("not_an_image")

    assert not draw(client).data[0].b64_json.startswith("iVBOR")


def test_a_redirect_leads_elsewhere(client: OpenAI, engine: Engine) -> None:
    engine.faults.plan("redirect", to="http://127.0.0.1:9/elsewhere")

    answer = httpx2.post(
        f"{engine.base_url}/images/generations",
        headers={"Authorization": f"Bearer {engine.token}"},
        json={"model": MODEL, "prompt": "a cat"},
        follow_redirects=False,
    )

    assert (307, "http://127.0.0.1:9/elsewhere") == (answer.status_code, answer.headers["location"])


def test_whoever_follows_a_redirect_is_seen(client: OpenAI, engine: Engine) -> None:
    engine.faults.plan("redirect")

    with pytest.raises(openai.NotFoundError):
        draw(client)

    assert ["/v1/images/generations", "/v1/redirected"] == [entry.path for entry in engine.log]


def test_planned_faults_come_first_in_first_out(client: OpenAI, engine: Engine) -> None:
    engine.faults.plan("overloaded", times=2)
    engine.faults.plan("quota")
    statuses = []

    for _ in range(4):
        try:
            draw(client)
            statuses.append(200)
        except openai.APIStatusError as met:
            statuses.append(met.status_code)

    assert [503, 503, 429, 200] == statuses
    assert () == engine.faults.pending


def test_a_header_asks_for_a_fault_with_its_options(client: OpenAI) -> None:
    with pytest.raises(openai.RateLimitError) as met:
        draw(client, extra_headers={"x-triptych-fault": "rate_limit; retry_after=7"})

    assert "7" == met.value.response.headers["retry-after"]


def test_a_marker_in_the_prompt_asks_every_time_for_what_does_not_pass(client: OpenAI) -> None:
    for _ in range(2):
        with pytest.raises(openai.RateLimitError) as met:
            draw(client, prompt="a cat [fault:quota code=insufficient_quota]")
        assert "insufficient_quota" == met.value.code


def test_a_marker_for_a_rate_limit_lets_the_next_try_through(client: OpenAI) -> None:
    with pytest.raises(openai.RateLimitError):
        draw(client, prompt="a cat [fault:rate_limit retry_after=0]")

    assert 1 == len(draw(client, prompt="a cat [fault:rate_limit retry_after=0]").data)


def test_an_unknown_fault_cannot_be_planned(engine: Engine) -> None:
    with pytest.raises(ValueError, match="No fault is called 'earthquake'"):
        engine.faults.plan("earthquake")


def test_every_fault_says_what_it_does() -> None:
    assert all((FAULTS | TURN_FAULTS).values())
