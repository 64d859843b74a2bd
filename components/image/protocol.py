"""What the pages need of a finished picture to show it and hand it out, wherever it is kept."""

from typing import Protocol

from triptych.request import ImageRequest


class Shown(Protocol):
    """A finished picture: one of a drawing on the page, or one of the history."""

    @property
    def key(self) -> str:
        """What makes the keys of its widgets unique."""

    @property
    def alt(self) -> str:
        """Its text for who does not see it."""

    @property
    def asked(self) -> ImageRequest:
        """What was asked for, as the form had it."""

    @property
    def sha256(self) -> str:
        """The SHA-256 of its bytes, in hex."""

    @property
    def format(self) -> str:
        """png, jpeg, webp, gif or svg, as its bytes say."""

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height."""

    @property
    def media_type(self) -> str:
        """Like image/png."""

    @property
    def file_name(self) -> str:
        """The name under which it is downloaded."""

    @property
    def sidecar_name(self) -> str:
        """The name of its sidecar."""

    def original(self) -> bytes:
        """The bytes as they came. KeyError: gone."""

    def sidecar(self) -> str:
        """Its sidecar's text."""
