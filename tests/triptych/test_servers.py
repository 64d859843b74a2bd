"""How the kinds of server are told apart, and what each heeds."""

import pytest

from triptych.servers import (
    GENERIC,
    LEMONADE,
    LIKE_OPENAI,
    LOCALAI,
    OPENAI,
    PRESETS,
    SD_CPP,
    VLLM,
    Account,
    Server,
    drawing_ids,
    recognise,
)


@pytest.mark.parametrize(
    ("address", "models", "kind"),
    [
        ("https://api.openai.com/v1", None, "openai"),
        ("https://api.openai.com.evil.example/v1", None, "generic"),
        ("https://notapi.openai.com/v1", None, "generic"),
        ("https://us.openai.azure.com/openai/v1", None, "azure"),
        ("https://openai.azure.com.evil.example/v1", None, "generic"),
        ("http://localhost:8080/v1", [{"id": "x", "owned_by": "LocalAI"}], "localai"),
        ("http://localhost:1234/v1", [{"id": "sd-cpp-local", "owned_by": "local"}], "sd-cpp"),
        ("http://localhost:8000/v1", [{"id": "qwen-image", "owned_by": "vllm"}], "vllm-omni"),
        ("http://localhost:30000/v1", [{"id": "flux", "owned_by": "sglang"}], "sglang"),
        ("http://localhost:13305/api/v1", None, "lemonade"),
        ("http://localhost:4000/v1", [{"id": "gpt-image-2", "owned_by": "openai"}], "like-openai"),
        ("http://localhost:4000/v1", [{"id": "mystery"}], "generic"),
        ("http://localhost:4000/v1", [{}], "generic"),
        ("http://localhost:4000/v1", [], "generic"),
    ],
)
def test_a_server_is_recognised(address: str, models: list[dict[str, str]] | None, kind: str) -> None:
    assert kind == recognise(address, models).id


MADE = 1677610602  # when LiteLLM says that all its models were made


@pytest.mark.parametrize(
    ("models", "headers", "kind"),
    [
        (
            [{"id": "paint", "created": MADE, "owned_by": "openai"}, {"id": "gpt-image-2", "created": MADE}],
            (),
            "litellm",
        ),
        ([{"id": "gpt-image-2"}], ("content-type", "x-litellm-version"), "litellm"),
        ([{"id": "gpt-3.5-turbo", "created": MADE}, {"id": "gpt-image-2", "created": MADE + 9}], (), "like-openai"),
        ([{"id": "paint", "created": [MADE]}], ("server",), "generic"),
        ([], ("server",), "generic"),
    ],
)
def test_litellm_is_recognised_by_what_it_lists_and_by_its_headers(
    models: list[dict[str, object]], headers: tuple[str, ...], kind: str
) -> None:
    assert kind == recognise("http://gateway.example:4000/v1", models, headers).id


@pytest.mark.parametrize("server", PRESETS.values(), ids=PRESETS)
def test_every_preset_has_a_source_and_its_own_name(server: Server) -> None:
    assert "" not in (server.source, server.label)


def test_a_local_server_heeds_prompt_and_number_only() -> None:
    heeded = [name for name in ("prompt", "n", "quality", "stream", "partial_images") if LOCALAI.heeds(name)]

    assert ["prompt", "n"] == heeded


def test_openai_heeds_everything() -> None:
    assert [True, True, True] == [OPENAI.heeds(name) for name in ("quality", "stream", "complexity")]


def test_only_openai_and_its_like_are_priced() -> None:
    assert {"openai", "demo", "like-openai"} == {server.id for server in PRESETS.values() if server.priced}


def test_only_local_servers_are_asked_for_base64() -> None:
    asked = {server.id for server in PRESETS.values() if server.response_format}

    assert {SD_CPP.id, LOCALAI.id, VLLM.id, LEMONADE.id, GENERIC.id, "sglang"} == asked


def test_openai_lists_all_its_models_of_which_some_draw() -> None:
    listed = ("gpt-5", "gpt-image-2", "gpt-image-9", "whisper-1", "dall-e-3")

    assert ("gpt-image-2", "gpt-image-9", "dall-e-3") == drawing_ids(OPENAI, listed)


def test_another_server_draws_with_what_it_lists() -> None:
    assert ("flux", "sdxl") == drawing_ids(LIKE_OPENAI, ("flux", "sdxl"))


def test_an_account_never_shows_its_key() -> None:
    assert "canary" not in repr(Account(key="sk-canary"))


def test_an_account_is_named_by_its_engine_or_host() -> None:
    local = Account("http://localhost:8080/v1", server=LOCALAI)

    assert ("OpenAI", "Compatible: localhost:8080") == (Account().name, local.name)
