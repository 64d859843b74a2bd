"""Which server and key a tab draws with."""

import pytest

from triptych.accounts import DEMO_ACCOUNT, Typed, is_public, refuse_private, typed_account
from triptych.errors import InvalidSetting
from triptych.servers import LIKE_OPENAI, LOCALAI, OPENAI, OPENAI_URL, Account, Listing, recognise

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
@pytest.mark.parametrize("url", [OPENAI_URL, "http://proxy/v1", "http://elsewhere/v1"])
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


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1", "::1", "fe80::1%eth0", "fd00::1",
     "::ffff:192.168.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:0:0:0:0:80ff:fffe"],
)  # fmt: skip
def test_an_address_of_ones_own_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111", "64:ff9b::5db8:d70e"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("url", ["http://localhost:1/v1", "http://2130706433/v1", "http://127.1/v1", "http://0x7f.1/"])
def test_other_spellings_of_this_machine_are_refused(url: str) -> None:
    with pytest.raises(InvalidSetting, match="this server's own network"):
        refuse_private(url)


def test_a_host_that_is_not_there_is_refused_in_words() -> None:
    with pytest.raises(InvalidSetting, match="a host that cannot be found"):
        refuse_private("http://nowhere.invalid/v1")


def test_a_list_keeps_what_can_be_offered() -> None:
    entries = [{"id": "a"}, {"id": 7}, {}, {"id": " b"}, {"id": "x" * 201}, {"id": "a"}, {"id": "c\n"}, {"id": "d e"}]

    assert ("a", "d e") == Listing.of(entries).ids


@pytest.mark.parametrize("said", [None, 20261201, "soon", "2026-13-01", ["2026-12-01"]])
def test_a_date_that_is_none_is_no_date(said: object) -> None:
    assert Listing.of([{"id": "a", "shutdown_date": said}]).shuts_down("a") is None


def test_a_list_that_names_models_of_the_catalog_makes_the_server_like_openai() -> None:
    assert LIKE_OPENAI is recognise("http://host/v1", Listing.of([{"id": "gpt-image-2"}]).entries)
