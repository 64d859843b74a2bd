"""Which comparison a tab has open, and the widgets that describe it."""

from contextlib import suppress
from typing import Any

from components.compare.axes import show_axes
from components.compare.keys import NAME, OPEN, SHOWN, WIDE, fresh
from components.image.actions import widgets_of
from components.state.account import session
from components.state.services import services
from triptych.errors import Refused
from triptych.experiment import Experiment, Grid
from triptych.servers import GENERIC
from triptych.studio import engine_of, place_of


def opened() -> Grid | None:
    """The tab's comparison. A new tab without a prompt opens the owner's last one, running or not."""
    here = session()
    if here.value(OPEN) is None:
        here.put({OPEN: ""})
        if not here.value("prompt") and services().begun:
            with suppress(Refused):  # the sidebar says what is wrong with the records
                services().recovered  # noqa: B018 - what a crash left is settled before it is shown
                if saved := services().grids.every(here.owner):
                    open_one(saved[0].id)
    grid = grid_of(str(here.value(OPEN)))
    shown, kind = here.value(SHOWN) or ("", "")
    if grid and shown == grid.id and kind != grid.server.id:
        # Its server was recognised since: the form has other settings now, and the pictures are still what it shows.
        here.put(described(grid.experiment))
    return grid


def grid_of(id: str) -> Grid | None:  # noqa: A002 - the records' own word
    """The owner's grid of that id on this tab's engine, None where there is none."""
    if not id:
        return None
    try:
        return services().grids.open(session().owner, id, session().account)
    except (KeyError, Refused):
        return None


def open_one(id: str) -> None:  # noqa: A002
    """Make it the tab's comparison, before the widgets are drawn."""
    _recognise(id)
    if grid := grid_of(id):
        session().put({OPEN: id, **described(grid.experiment), **fresh(), NAME: grid.experiment.name, WIDE: False})


def _recognise(id: str) -> None:  # noqa: A002
    """Take a server whose model list has not been read for what it was when that comparison was drawn there."""
    here = session()
    has_been_read = here.listing is not None and not here.listing.error
    with suppress(KeyError, Refused):  # whoever opens it finds out
        if here.account.recognised and here.account.server is GENERIC and not has_been_read:
            last = services().grids.open(here.owner, id)
            if place_of(last.engine) == place_of(engine_of(here.account)):
                here.recognise(last.server)


def described(experiment: Experiment) -> dict[str, Any]:
    """The widgets that describe ``experiment``, by key."""
    return {**widgets_of(experiment.base), **show_axes(experiment)}
