"""What is remembered on this machine: the key in its keyring, the rest in a note without secrets."""

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring

from tests.keyrings import Locked, Memory, Plain
from triptych import keys
from triptych.errors import InvalidSetting
from triptych.servers import LOCALAI, Account, recognise

URL = "http://mine/v1"
MINE = Account(URL, "sk-mine", "org", None, recognise(URL))


@pytest.fixture(autouse=True)
def memory() -> Iterator[Memory]:
    before, backend = keyring.get_keyring(), Memory()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


def test_what_was_remembered_comes_back() -> None:
    keys.remember(MINE)

    assert (True, MINE) == (keys.is_remembered(), keys.recall())


def test_what_a_server_was_said_to_be_comes_back() -> None:
    said = Account(URL, server=LOCALAI, recognised=False)
    keys.remember(said)

    assert said == keys.recall()


def test_no_file_holds_the_key_and_the_note_is_ones_own(home: Path) -> None:
    keys.remember(MINE)

    (note,) = [file for file in home.rglob("*") if file.is_file()]
    assert "sk-mine" not in note.read_text()
    assert 0o600 == note.stat().st_mode & 0o777


def test_an_account_without_a_key_needs_no_keyring() -> None:
    keyring.set_keyring(NoKeyring())
    keys.remember(Account(URL, server=recognise(URL)))

    assert Account(URL, server=recognise(URL)) == keys.recall()


@pytest.mark.parametrize("backend", [NoKeyring, Plain])
def test_a_makeshift_is_no_keyring(backend: type[KeyringBackend]) -> None:
    keyring.set_keyring(backend())

    with pytest.raises(InvalidSetting, match="no keyring that Triptych could use"):
        keys.remember(MINE)
    assert (False, True) == (keys.is_remembered(), keys.trouble() is not None)


def test_a_locked_keyring_is_told_without_its_words() -> None:
    keys.remember(MINE)
    keyring.set_keyring(Locked())

    with pytest.raises(InvalidSetting, match="does not give the key") as refused:
        keys.recall()

    assert "sk-mine" not in str(refused.value)


def test_another_account_takes_the_place_of_the_first(memory: Memory) -> None:
    keys.remember(MINE)
    keys.remember(Account("http://other/v1", "sk-other", server=recognise("http://other/v1")))

    assert {("triptych", "http://other/v1"): "sk-other"} == memory.kept


def test_forgetting_leaves_nothing(memory: Memory, home: Path) -> None:
    keys.remember(MINE)
    keys.forget()
    keys.forget()

    assert ({}, None, []) == (memory.kept, keys.recall(), list(home.iterdir()))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"base_url": 1}', '{"base_url": "ftp://x"}'])
def test_a_note_that_cannot_be_read_is_told_and_can_be_forgotten(home: Path, text: str) -> None:
    home.mkdir()
    (home / "account.json").write_text(text)

    with pytest.raises(InvalidSetting):
        keys.recall()
    keys.forget()

    assert keys.recall() is None
