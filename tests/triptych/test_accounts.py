"""Which server and key a tab draws with."""

import pytest

from triptych.accounts import DEMO_ACCOUNT, Typed, environment_account, typed_account
from triptych.errors import InvalidSetting
from triptych.networks import DIRECT
from triptych.servers import LIKE_OPENAI, LITELLM, LOCALAI, OPENAI, OPENAI_URL, Account, Listing, recognise

THEIRS = Account(OPENAI_URL, "sk-theirs", "org-theirs", "proj-theirs")
PROXY = Account("http://proxy/v1", "sk-proxy", server=recognise("http://proxy/v1"))


def chosen(typed: Typed, now: Account | None = None, environment: Account | None = None) -> Account:
    return typed_account(typed, now, environment, public_only=False)


def test_the_demo_takes_no_key_along() -> None:
    assert DEMO_ACCOUNT == chosen(Typed("demo", key="sk-mine"), THEIRS, THEIRS)


def test_a_typed_key_goes_to_openai_with_what_was_typed_beside_it() -> None:
    account = chosen(Typed("openai", key=" sk-mine\n", organization=" org-mine "), DEMO_ACCOUNT, THEIRS)

    assert Account(OPENAI_URL, "sk-mine", "org-mine", None, OPENAI) == account


def test_openai_without_a_typed_key_is_the_environments() -> None:
    assert THEIRS == chosen(Typed("openai"), DEMO_ACCOUNT, THEIRS)


def test_the_key_of_a_proxy_does_not_go_to_openai() -> None:
    with pytest.raises(InvalidSetting, match="OpenAI needs a key"):
        chosen(Typed("openai"), PROXY, PROXY)


@pytest.mark.parametrize("now", [None, DEMO_ACCOUNT, THEIRS, PROXY])
@pytest.mark.parametrize("environment", [THEIRS, PROXY])
@pytest.mark.parametrize(
    "url",
    [
        OPENAI_URL,
        "http://proxy/v1",
        "http://elsewhere/v1",
        f"{OPENAI_URL}/images/generations",
        "http://proxy/v1/models",
    ],
)
def test_no_typed_address_gets_the_environments_key(now: Account | None, environment: Account, url: str) -> None:
    now = environment if now in {THEIRS, PROXY} else now

    account = chosen(Typed("compatible", base_url=url), now, environment)

    assert ("", None, None) == (account.key, account.organization, account.project)


def test_a_key_stays_with_its_address() -> None:
    mine = chosen(Typed("compatible", key="sk-mine", base_url="http://mine/v1"))

    assert "sk-mine" == chosen(Typed("compatible", base_url="http://mine/v1/"), mine, THEIRS).key
    assert not chosen(Typed("compatible", base_url="http://other/v1"), mine, THEIRS).key


def test_what_a_server_is_said_to_be_it_stays() -> None:
    account = chosen(Typed("compatible", base_url="http://mine/v1", kind="localai"))

    assert (LOCALAI, False) == (account.server, account.recognised)


def test_a_list_keeps_what_can_be_offered() -> None:
    entries = [{"id": "a"}, {"id": 7}, {}, {"id": " b"}, {"id": "x" * 201}, {"id": "a"}, {"id": "c\n"}, {"id": "d e"}]

    assert ("a", "d e") == Listing.of(entries).ids


@pytest.mark.parametrize("said", [None, 20261201, "soon", "2026-13-01", ["2026-12-01"]])
def test_a_date_that_is_none_is_no_date(said: object) -> None:
    assert Listing.of([{"id": "a", "shutdown_date": said}]).shuts_down("a") is None


def test_a_list_that_names_models_of_the_catalog_makes_the_server_like_openai() -> None:
    assert LIKE_OPENAI is recognise("http://host/v1", Listing.of([{"id": "gpt-image-2"}]).entries)


def test_a_kind_that_the_environment_says_is_taken_and_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://gateway.example/v1")
    monkeypatch.setenv("TRIPTYCH_SERVER_KIND", "litellm")

    named = environment_account()
    again = typed_account(Typed("compatible"), None, named, public_only=False)

    assert named is not None
    assert (LITELLM, False) == (named.server, named.recognised)
    assert (LITELLM, False) == (again.server, again.recognised)


@pytest.mark.parametrize("kind", ["lite-llm", "openai", "demo"])
def test_a_kind_that_is_none_is_refused_with_those_there_are(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://gateway.example/v1")
    monkeypatch.setenv("TRIPTYCH_SERVER_KIND", kind)

    with pytest.raises(InvalidSetting, match=r"TRIPTYCH_SERVER_KIND must be one of like-openai, azure, .*litellm"):
        environment_account()


def test_the_environments_way_out_serves_its_own_key_and_no_typed_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-theirs")
    monkeypatch.setenv("TRIPTYCH_PROXY", "http://user:secret@proxy.example:3128")

    named = environment_account()
    theirs, mine = (typed_account(Typed("openai", key=key), None, named, public_only=False) for key in ("", "sk-mine"))
    elsewhere = typed_account(Typed("compatible", base_url=OPENAI_URL), named, named, public_only=False)

    assert named is not None
    assert "http://user:secret@proxy.example:3128" == named.route.proxy == theirs.route.proxy
    assert (DIRECT, DIRECT) == (mine.route, elsewhere.route)
    assert "secret" not in f"{named!r} {named.route!r}"
