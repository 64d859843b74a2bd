"""The images and masks that rows name: uploaded files, entries of a ZIP file, and images of the history."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from triptych.inputs import Attachment

SUBJECT, BACKGROUND = "subject", "background"  # what a mask column may say in place of a file's name


def _nowhere(id: str) -> Attachment | None:  # noqa: A002, ARG001
    return None


def _gone(one: Attachment) -> bytes:
    raise KeyError(one.sha256)


@dataclass(frozen=True)
class Images:
    """``named`` are those that were uploaded, by file name, in order.

    ``record`` finds an image of the history by its id, None where there is none; ``read`` gives an image's bytes,
    KeyError: gone. ``made`` are the masks that were made here, by SHA-256: they are in no store yet.
    """

    named: Mapping[str, Attachment] = field(default_factory=dict)
    record: Callable[[str], Attachment | None] = _nowhere
    read: Callable[[Attachment], bytes] = _gone
    made: dict[str, bytes] = field(default_factory=dict)
