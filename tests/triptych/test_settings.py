"""Settings from the environment, and keys and addresses as people paste them."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from triptych.errors import InvalidSetting
from triptych.settings import Settings, clean_base_url, clean_key, settings

BAD_KEYS = {
    "empty": "",
    "blank": " \n\t",
    "two words": "sk-canary one",
    "a line break inside": "sk-canary\nX-Evil: 1",
    "a carriage return inside": "sk-canary\r\nHost: evil",
    "a zero byte": "sk-canary\0x",
    "typographic dash": "sk–canary",
    "not ASCII": "sk-canaryé",
    "an escape": "sk-canary\x1b[31m",
    "far too long": "sk-canary" * 200,
    "a no-break space": "sk-canary\u00a0x",
    "a zero-width space": "sk-canary\u200bx",
}
BAD_ADDRESSES = {
    "empty": "",
    "a host alone": "localhost:8080",
    "another scheme": "ftp://host/v1",
    "a script": "javascript:alert(1)",
    "no host": "http:///v1",
    "a password": "http://user:canary@host/v1",
    "a query": "http://host/v1?x=1",
    "a key in a query": "http://host/v1?key=canary",
    "more than a version": "http://host/v1?api-version=1&key=canary",
    "a fragment": "http://host/v1#x",
    "a fragment after a version": "http://host/v1?api-version=1#x",
    "a deployment of Azure": "https://me.openai.azure.com/openai/deployments/a/images/generations?api-version=1",
    "a space": "http://ho st/v1",
    "a line break": "http://host/\nv1",
    "a port that is a word": "http://host:http/v1",
    "a port beyond 65535": "http://host:65536/v1",
    "half an IPv6 address": "http://[::1/v1",
    "digits that no name has": "http://①②⑦.0.0.1/v1",
    "an IPv4 address that is none": "http://1.2.3.999/v1",
    "a port without a host": "http://:8080/v1",
}


def test_what_the_environment_says_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    monkeypatch.setenv("TRIPTYCH_HOME", str(tmp_path))
    monkeypatch.setenv("TRIPTYCH_MAX_CONCURRENCY", "3")

    read = Settings()

    assert ("sk-canary", tmp_path, 3) == (
        read.openai_api_key and read.openai_api_key.get_secret_value(),
        read.home,
        read.max_concurrency,
    )


def test_a_dotenv_file_in_the_working_directory_is_read() -> None:
    Path(".env").write_text("TRIPTYCH_IMAGES_PER_MINUTE=5\nSOMETHING_ELSE=1\n")

    assert 5.0 == Settings().images_per_minute


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "")

    assert Settings().openai_api_key is None


def test_a_key_shows_in_no_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")

    assert "canary" not in repr(Settings())


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        settings().max_concurrency = 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAX_CONCURRENCY", "0"),
        ("IMAGES_PER_MINUTE", "-1"),
        ("TIMEZONE", "Mars/Olympus"),
        ("ALLOW_ANONYMOUS", "so-so"),
        ("TRUSTED_PROXIES", "my-proxy"),
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"TRIPTYCH_{name}", value)

    with pytest.raises(ValidationError):
        Settings()


def test_a_key_loses_the_white_space_around_it() -> None:
    assert "sk-proj-A_b-1" == clean_key(" \tsk-proj-A_b-1\r\n")


@pytest.mark.parametrize("text", BAD_KEYS.values(), ids=BAD_KEYS)
def test_what_is_no_key_is_refused_and_never_repeated(text: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        clean_key(text)

    assert "canary" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (" http://localhost:8080/v1/ ", "http://localhost:8080/v1"),
        ("HTTPS://api.openai.com/v1", "HTTPS://api.openai.com/v1"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1"),
        ("https://api.openai.com/v1/images/generations", "https://api.openai.com/v1"),
        ("http://host/v1/images/edits/", "http://host/v1"),
        ("http://host/v1/images/variations", "http://host/v1"),
        ("http://host/v1/chat/completions", "http://host/v1"),
        ("http://host/v1/models", "http://host/v1"),
        ("http://host/models", "http://host/models"),
        (
            "https://me.openai.azure.com/openai/v1/?api-version=preview",
            "https://me.openai.azure.com/openai/v1?api-version=preview",
        ),
        (
            "http://host/v1/images/generations?api-version=2025-04-01-preview",
            "http://host/v1?api-version=2025-04-01-preview",
        ),
        ("http://host/v1?", "http://host/v1"),
    ],
)
def test_an_address_is_kept_without_its_last_slash(text: str, clean: str) -> None:
    assert clean == clean_base_url(text)


@pytest.mark.parametrize("text", BAD_ADDRESSES.values(), ids=BAD_ADDRESSES)
def test_what_is_no_address_is_refused_in_words(text: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        clean_base_url(text)

    assert refused.value.message.startswith("The address must")
    assert "canary" not in str(refused.value)
