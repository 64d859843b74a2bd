"""One reason why a request cannot be sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Problem:
    """Why a request cannot be sent: the parameter it is about, a plain sentence, and a change that settles it."""

    parameter: str
    sentence: str
    fix: Mapping[str, Any] | None = None
    fix_label: str = ""
