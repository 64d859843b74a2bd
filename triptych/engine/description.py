"""The running description of a scene, in words that the painter reads."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Description:
    """What an image shows."""

    core: str
    root: str = ""
