"""What comes back with a tab is bounded: what its rooms hold is forgotten first of the tabs used longest ago."""

from collections import OrderedDict
from dataclasses import dataclass

from components.state.returning import MOST_BYTES, lighten
from components.state.services import KeptTab


@dataclass
class Room:
    weight: int

    def again(self) -> "Room":
        return self


def test_of_many_heavy_tabs_those_used_last_keep_what_was_put_into_them() -> None:
    weights = {"oldest": MOST_BYTES // 2, "older": MOST_BYTES // 2 + 1, "light": 0, "newest": MOST_BYTES // 2}
    kept = OrderedDict(
        (("ann", name), KeptTab({}, {}, {}, (Room(weight),), lambda: None)) for name, weight in weights.items()
    )

    lighten(kept)

    assert {"oldest": False, "older": False, "light": True, "newest": True} == {
        name: bool(one.rooms) for (_, name), one in kept.items()
    }
