"""What an extended image was made of: the image as a person gave it, and by how much it was to grow on each side."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from triptych.errors import InvalidRequest
from triptych.inputs import Attachment

Unit = Literal["%", "px"]
MOST = {"%": 200, "px": 4096}  # of one side


@dataclass(frozen=True)
class Extension:
    """``amounts`` are those of top, right, bottom and left: pixels of the ``original``, or parts of its edge."""

    original: Attachment
    amounts: tuple[int, int, int, int]
    unit: Unit

    def to_json(self) -> dict[str, Any]:
        """Its fields as JSON values."""
        return {**asdict(self), "amounts": list(self.amounts)}

    @classmethod
    def from_json(cls, values: Any) -> "Extension":
        """What ``to_json`` wrote; raises InvalidRequest for anything else."""
        if not isinstance(values, Mapping) or set(values) != {"original", "amounts", "unit"}:
            raise InvalidRequest("An extension has an original, amounts and a unit.", param="image")
        amounts, unit = values["amounts"], values["unit"]
        try:
            top, right, bottom, left = amounts
            is_sound = all(type(one) is int and 0 <= one <= MOST[unit] for one in amounts)  # a bool is an int, too
        except (TypeError, ValueError, KeyError):
            is_sound = False
        if not is_sound:
            raise InvalidRequest("An extension has four amounts that a side can have, in % or px.", param="image")
        return cls(Attachment.from_json(values["original"]), (top, right, bottom, left), unit)
