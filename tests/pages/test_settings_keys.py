"""Where a key goes from the Settings page: to its own server, to the keyring if asked to, and nowhere else."""

import logging
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest

from components.state.account import Connection
from components.state.services import Services
from tests.keyrings import Memory
from tests.pages.kept import kept
from tests.pages.servers import Stub, listing
from tests.pages.tabs import engine_name, environment, nodes, read, save, tab, words
from triptych.engine.serve import Engine

pytestmark = pytest.mark.usefixtures("framed")
CANARY = "sk-canary-0123456789abcdefghij"


@pytest.fixture
def other() -> Iterator[Engine]:
    """A server that speaks the API as OpenAI does, with a key of its own."""
    engine = Engine.start(token=CANARY)
    yield engine
    engine.stop()


@pytest.fixture
def memory() -> Memory:
    backend = Memory()
    keyring.set_keyring(backend)
    return backend


def test_a_key_shows_nowhere(
    process: Services, other: Engine, home: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    page = read(save(tab(), engine="compatible", base_url=other.base_url, api_key=CANARY))

    assert [200] == [entry.status for entry in other.log if entry.path == "/v1/models"]
    for name in ("generate", "models", "settings"):
        page.switch_page(f"pages/{name}.py").run()
        assert CANARY not in "".join(str(node.proto) for node in nodes(page))
        assert CANARY not in str(page.query_params)
    assert "" == page.text_input(key="api_key").value
    assert CANARY not in caplog.text
    assert CANARY not in repr(kept(page, Connection).account)
    assert [] == [file for file in tmp_path.rglob("*") if file.is_file() and CANARY.encode() in file.read_bytes()]


def test_the_environments_key_never_goes_to_a_typed_address(
    process: Services, localai: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listing({"id": "gpt-image-2", "object": "model"}) as theirs:
        environment(monkeypatch, OPENAI_API_KEY=CANARY, OPENAI_BASE_URL=theirs.base_url)
        page = read(tab())
        assert [("/v1/models", f"Bearer {CANARY}")] == theirs.asked
        assert "From the environment" == page.text_input(key="api_key").placeholder
        assert CANARY not in "".join(str(node.proto) for node in nodes(page))

        read(save(page, base_url=localai.base_url))
        read(save(page, base_url=theirs.base_url))

    assert [("/v1/models", None)] == localai.asked
    assert ("/v1/models", None) == theirs.asked[-1]


def test_the_environments_address_and_key_come_back_when_the_fields_are_emptied(
    process: Services, localai: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment(monkeypatch, OPENAI_API_KEY=CANARY, OPENAI_BASE_URL=localai.base_url, OPENAI_ORG_ID="org-theirs")
    page = read(save(tab(), engine="demo"))
    assert "Demo" in engine_name(page)

    read(save(page, engine="compatible"))

    account = kept(page, Connection).account
    assert (CANARY, "org-theirs") == (account.key, account.organization)


def test_the_environments_organization_does_not_ride_with_a_typed_key(
    process: Services, localai: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment(monkeypatch, OPENAI_API_KEY=CANARY, OPENAI_BASE_URL=localai.base_url, OPENAI_ORG_ID="org-theirs")

    page = read(save(tab(), api_key="sk-mine"))

    account = kept(page, Connection).account
    assert ("sk-mine", None) == (account.key, account.organization)


def test_a_key_typed_for_one_address_does_not_follow_to_another(process: Services, localai: Stub) -> None:
    with listing({"id": "x"}) as first:
        page = read(save(tab(), engine="compatible", base_url=first.base_url, api_key=CANARY))
        read(save(page, base_url=f"{first.base_url}/"))
        read(save(page, base_url=localai.base_url))

    assert [f"Bearer {CANARY}"] * 2 == [key for _, key in first.asked]
    assert [None] == [key for _, key in localai.asked]


def test_a_remembered_key_is_there_in_the_next_tab_and_in_no_file(
    process: Services, memory: Memory, localai: Stub, home: Path
) -> None:
    page = tab()
    page.button_group(key="engine").set_value("compatible")
    page.run()
    page.checkbox(key="remember").check()
    read(save(page, base_url=localai.base_url, api_key=CANARY))

    again = read(tab())

    assert {("triptych", localai.base_url): CANARY} == memory.kept
    assert CANARY == kept(again, Connection).account.key
    assert [] == [file for file in home.rglob("*") if file.is_file() and CANARY.encode() in file.read_bytes()]

    again.button(key="forget").click().run()

    assert {} == memory.kept
    assert "Demo" in engine_name(tab())


def test_without_a_keyring_nothing_is_remembered_and_the_page_says_so(process: Services) -> None:
    page = tab()
    page.button_group(key="engine").set_value("openai")
    page.run()

    assert page.checkbox(key="remember").disabled
    assert "This machine has no keyring that Triptych could use." in words(page)
