"""Keyrings for tests, so that nobody's own is touched."""

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError


class Memory(KeyringBackend):
    """A keyring that lasts as long as its test."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError


class Locked(Memory):
    """A keyring that its owner does not open."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked(f"secret of {service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked(f"secret of {service} {username}: {password}")


class Plain(Memory):
    """A makeshift that keeps its secrets in a plain file."""

    priority = 0.5  # type: ignore[assignment]
