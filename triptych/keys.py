"""The account a user asked to remember: its key in the system's keyring, the rest in a file that holds no secret."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from triptych.errors import InvalidSetting, NotSaved
from triptych.servers import PRESETS, Account, recognise
from triptych.settings import clean_base_url, clean_key, clean_name, settings

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "triptych"
LEAST_PRIORITY = 1  # keyring's own line between a system's keyring and a makeshift, such as a plain file


def trouble() -> str | None:
    """Why nothing can be remembered on this machine, as a sentence; None where it can."""
    try:
        _keyring()
    except InvalidSetting as error:
        return error.message
    return None


def is_remembered() -> bool:
    """Whether an account has been remembered; asks no keyring."""
    return _note().exists()


def remember(account: Account) -> None:
    """Keep ``account`` for the next start. Raises InvalidSetting without a keyring, NotSaved where no note can be."""
    from keyring.errors import KeyringError

    if is_remembered():
        forget()
    try:
        if account.key:
            _keyring().set_password(SERVICE, account.base_url, account.key)
    except KeyringError as error:
        raise InvalidSetting(f"The keyring did not take the key ({type(error).__name__}). Unlock it.") from None
    facts = {
        "base_url": account.base_url,
        "organization": account.organization,
        "project": account.project,
        "server": None if account.recognised else account.server.id,
        "key": bool(account.key),
    }
    try:
        _note().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _note().write_text(json.dumps(facts), encoding="utf-8")
        _note().chmod(0o600)
    except OSError as error:
        raise NotSaved(f"The account could not be noted: {error.strerror}.") from None


def recall() -> Account | None:
    """The remembered account, None where there is none. Raises InvalidSetting where it cannot be had."""
    if not is_remembered():
        return None
    from keyring.errors import KeyringError

    try:
        facts = json.loads(_note().read_text(encoding="utf-8"))
        base_url = clean_base_url(facts["base_url"])
        organization, project = (
            clean_name("organization", facts["organization"]),
            clean_name("project", facts["project"]),
        )
        said = PRESETS.get(facts["server"])
        key = clean_key(_keyring().get_password(SERVICE, base_url) or "") if facts["key"] else ""
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise InvalidSetting("The remembered account cannot be read. Forget it in Settings.") from None
    except KeyringError as error:
        what = type(error).__name__
        raise InvalidSetting(
            f"The keyring does not give the key ({what}). Unlock it, or forget it in Settings."
        ) from None
    server = said or recognise(base_url)
    return Account(base_url, key, organization, project, server, recognised=said is None)


def forget() -> None:
    """Forget the account. Raises InvalidSetting where its key must be taken out of the keyring by hand."""
    from keyring.errors import KeyringError, PasswordDeleteError

    try:
        base_url = json.loads(_note().read_text(encoding="utf-8"))["base_url"]
        _note().unlink()
        _keyring().delete_password(SERVICE, base_url)
    except PasswordDeleteError:
        return  # there is no such key any more, which is what was asked for
    except (OSError, ValueError, KeyError, TypeError):
        _note().unlink(missing_ok=True)
    except (KeyringError, InvalidSetting):
        raise InvalidSetting(f"The keyring does not open; delete its entry {SERVICE!r} there by hand.") from None


def _note() -> Path:
    return settings().home / "account.json"


def _keyring() -> "KeyringBackend":
    """The system's keyring; raises InvalidSetting where there is none worth the name."""
    import keyring

    backend = keyring.get_keyring()
    if float(backend.priority) < LEAST_PRIORITY:
        raise InvalidSetting(
            "This machine has no keyring that Triptych could use. Set OPENAI_API_KEY to have the key at every start."
        )
    return backend
