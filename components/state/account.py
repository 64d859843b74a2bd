"""In whose name this tab asks the API, by which client, and what it has learned of the server."""

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import streamlit as st

from components.state.access import visitor
from components.state.services import default_account, services
from components.state.tab import Widget, overwrite
from components.state.widgets import CUSTOM, parameter
from triptych.catalog import model
from triptych.errors import Refused
from triptych.inputs import Attachment
from triptych.parameters import PARAMETERS
from triptych.request import ImageRequest, Problem
from triptych.servers import DEMO, Account, Listing, Server

if TYPE_CHECKING:
    from concurrent.futures import Future

    from triptych.client import ImageClient
    from triptych.jobs import Job
    from triptych.masks.painting import Easel

CLOSE_UPS = 4  # views that may hold their pictures' own bytes for the page at the same time
MOST_EASELS = 16  # pictures whose painting a tab keeps


class Session:
    """One tab's state. A page asks ``session()`` for it and never touches ``st.session_state`` itself."""

    def __init__(self) -> None:
        self._state = st.session_state

    @property
    def framed(self) -> bool:
        """Whether the frame (menu, sidebar) has been drawn in this session."""
        return bool(self._state.get("_framed"))

    def frame(self) -> None:
        """Remember that it has."""
        self._state["_framed"] = True

    @property
    def owner(self) -> str:
        """Whose jobs and images these are: issuer#subject, or "local" without login. Raises Refused for strangers."""
        here = visitor()
        if not here.admitted:
            raise Refused(here.problem or "Log in first.")
        return here.owner

    @property
    def account(self) -> Account:
        """Where this tab draws. Raises InvalidSetting where the environment's key or address cannot be used."""
        if "_account" not in self._state:
            self._state["_account"] = _as_known(default_account())
        return cast(Account, self._state["_account"])

    @account.setter
    def account(self, account: Account) -> None:
        self._state["_account"] = _as_known(account)
        if client := self._state.pop("_client", None):
            services().close(client, services().jobs.running(self.owner))
        self._state.pop("_reading", None)
        self._state.pop("_listing", None)

    def recognise(self, server: Server, *, said: bool | None = None) -> None:
        """Take the tab's server for one of that kind; ``said`` by a person or not, None for as it was."""
        recognised = self.account.recognised if said is None else not said
        self._state["_account"] = replace(self.account, server=server, recognised=recognised)
        if "_client" in self._state:
            self.client.recognise(server)

    @property
    def client(self) -> "ImageClient":
        """The one client of this tab, shared by its pages."""
        if "_client" not in self._state:
            self._state["_client"] = services().client(self.account)
        return cast("ImageClient", self._state["_client"])

    def first(self, name: str) -> Any:
        """What a new tab has in the widget with this key."""
        return _widget(name).first

    def value(self, name: str) -> Any:
        """What the widget with this key holds, or will hold when it is first drawn."""
        return _widget(name).value

    def keep(self, name: str) -> None:
        """Give the widget with this key its value, just before it is drawn."""
        _widget(name).keep()

    def put(self, values: Mapping[str, Any]) -> None:
        """Set widgets, before they are drawn in this run."""
        for name, value in values.items():
            _widget(name).put(value)

    def begin(self, values: Mapping[str, Any]) -> None:
        """Give widgets that hold nothing yet their first values, just before they are drawn."""
        for name, value in values.items():
            self._state.setdefault(name, value)

    def overwrite(self, values: Mapping[str, Any]) -> None:
        """Set widgets and remember what they held, so that ``undo`` brings it back."""
        overwrite({_widget(name): value for name, value in values.items()})

    def request(self, endpoint: str = "generations") -> ImageRequest:
        """What the form of a page for ``endpoint`` holds now, whether it has been drawn in this run or not."""
        entry = model(str(self.value("model") or ""))
        server = self.account.server
        taken = [name for name in entry.at(endpoint) if server.heeds(name, endpoint) and name != "stream"]
        size = str(self.value("size"))
        size = f"{self.value('width')}x{self.value('height')}" if size == CUSTOM else size
        values: dict[str, Any] = {name: self.value(name) if self.value(name) != "" else None for name in taken}
        values |= {"model": entry.id, "size": size, "prompt": values.get("prompt") or ""}
        values["stream_each"] = bool(values.get("partial_images") and values.get("n", 1) > 1)
        return ImageRequest(**values)

    @property
    def tickets(self) -> dict[str, str]:
        """The ticket of each page's next drawing, by page."""
        return cast(dict[str, str], self._state.setdefault("_tickets", {}))

    @property
    def drawn(self) -> dict[str, str]:
        """The ticket of each page's newest drawing of this tab, by page."""
        return cast(dict[str, str], self._state.setdefault("_drawn", {}))

    @property
    def past(self) -> "dict[str, Job | None]":
        """Drawings as the records have them, as far as they have been asked: by ticket, or by page."""
        return cast("dict[str, Job | None]", self._state.setdefault("_past", {}))

    def clicked(self) -> float:
        """Seconds since the last click that was to start a drawing; that click is now."""
        last, self._state["_clicked"] = self._state.get("_clicked", 0.0), time.monotonic()
        return float(self._state["_clicked"] - last)

    @property
    def reading(self) -> "Future[Listing] | None":
        """The server's model list while it is being read."""
        return cast("Future[Listing] | None", self._state.get("_reading"))

    @reading.setter
    def reading(self, reading: "Future[Listing]") -> None:
        self._state["_reading"] = reading

    @property
    def listing(self) -> Listing | None:
        """The server's model list, or why it could not be read; None as long as it has not been."""
        return cast("Listing | None", self._state.get("_listing"))

    def has_read(self, listing: Listing) -> None:
        """Take in the server's model list, and what kind of server it shows this to be."""
        account = self.account
        if account.recognised and account.server is not DEMO and not listing.error:
            server = services().kinds[account.base_url] = listing.shows(account.base_url)
            self.recognise(server)
        self._state.pop("_reading", None)
        self._state["_listing"] = listing

    @property
    def listed(self) -> tuple[str, ...]:
        """The ids of the server's model list, as far as it has been read."""
        return self.listing.ids if self.listing else ()

    def tell(self, news: Refused | str) -> None:
        """Leave what a callback has to say to the run that follows it."""
        self._state["_news"] = news

    def told(self) -> Refused | str | None:
        """What the last callback had to say, once."""
        return cast("Refused | str | None", self._state.pop("_news", None))

    @property
    def viewing(self) -> tuple[str, int] | None:
        """The ticket of the drawing that the large view is open on, and which of its pictures it shows."""
        return cast("tuple[str, int] | None", self._state.get("_viewing"))

    def view(self, ticket: str, number: int) -> None:
        """Open the large view there."""
        self._state["_viewing"] = (ticket, number)

    def stop_viewing(self) -> None:
        """Close the large view."""
        self._state.pop("_viewing", None)

    @property
    def inputs(self) -> tuple[Attachment, ...] | None:
        """The pictures to be edited, the one with the mask first; None as long as this tab has had none."""
        return cast("tuple[Attachment, ...] | None", self._state.get("_inputs"))

    @inputs.setter
    def inputs(self, inputs: tuple[Attachment, ...]) -> None:
        self._state["_inputs"] = inputs
        needed = {one.sha256 for one in inputs}
        self._state["_files"] = {sha256: data for sha256, data in self.files.items() if sha256 in needed}

    @property
    def files(self) -> dict[str, bytes]:
        """The bytes of ``inputs`` by SHA-256, as far as the store may not have them; others are forgotten."""
        return cast(dict[str, bytes], self._state.setdefault("_files", {}))

    @property
    def uploads(self) -> int:
        """How often files have been taken in: each time the uploader begins again, empty."""
        return cast(int, self._state.get("_uploads", 0))

    def has_taken_in(self) -> None:
        """Count one more time."""
        self._state["_uploads"] = self.uploads + 1

    @property
    def made(self) -> dict[str, str]:
        """The records of pictures put together here, by what they are made of."""
        return cast(dict[str, str], self._state.setdefault("_made", {}))

    @property
    def copying(self) -> str | None:
        """The key of the copy button whose picture the page has asked for."""
        return cast("str | None", self._state.get("_copying"))

    def copy(self, key: str) -> None:
        """Send the page the picture of this copy button."""
        self._state["_copying"] = key

    @property
    def close_ups(self) -> tuple[str, ...]:
        """The keys of the few views whose pictures are looked at in their own pixels, the newest last."""
        return cast(tuple[str, ...], self._state.get("_close_ups", ()))

    def look_closely(self, key: str) -> None:
        """Send the page the pictures' own bytes there."""
        self._state["_close_ups"] = (*(one for one in self.close_ups if one != key), key)[-CLOSE_UPS:]

    @property
    def easels(self) -> "dict[str, Easel]":
        """What is painted on each picture, by the picture's SHA-256."""
        return cast("dict[str, Easel]", self._state.setdefault("_easels", {}))

    def keep_easel(self, sha256: str, easel: "Easel") -> None:
        """Keep what is painted on a picture; of very many, those painted on last are kept."""
        self.easels.pop(sha256, None)
        self.easels[sha256] = easel
        while len(self.easels) > MOST_EASELS:
            del self.easels[next(iter(self.easels))]

    @property
    def refused(self) -> Problem | None:
        """Why the last click started nothing."""
        return cast("Problem | None", self._state.get("_refused"))

    @refused.setter
    def refused(self, problem: Problem | None) -> None:
        self._state["_refused"] = problem


def _widget(name: str) -> Widget[Any]:
    return parameter(name) if name in {*PARAMETERS, "width", "height", "any_price"} else Widget(name, None)


def _as_known(account: Account) -> Account:
    """``account``, whose kind of server need not be guessed where another tab has seen its model list."""
    known = services().kinds.get(account.base_url) if account.recognised else None
    return replace(account, server=known) if known else account


def session() -> Session:
    """The state of the tab that this run belongs to."""
    return Session()
