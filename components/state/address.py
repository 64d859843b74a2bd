"""What a tab's address says beside its page: clicks set it, and the browser's Back and Forward change it."""

from dataclasses import dataclass, field

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from components.state.tab import tab


@dataclass(frozen=True)
class Address:
    """A parameter of the address by its ``name``, with a value of the tab's own that the address follows.

    Every run begins with the address that the browser had when it asked for the run. A run that was asked for before
    the browser heard of a click, by a part of the page that looks for news on its own, so brings the address from
    before the click. What it says then is passed over, and the address is set again.
    """

    name: str

    @property
    def value(self) -> str:
        """What it says, "" where it says nothing."""
        said = self._said()
        if st.query_params.get(self.name, "") != said.value:
            self._write(said.value)
        return said.value

    def put(self, value: str) -> None:
        """Have it say this, "" for nothing."""
        said = self._said()
        if value != said.value:
            said.earlier |= {said.value}
            said.value = value
        if st.query_params.get(self.name, "") != value:
            self._write(value)

    def _said(self) -> "_Said":
        """Its value, after what the browser asked this run with."""
        brought, moved = self._brought()
        said = tab(_Addresses).said.setdefault(self.name, _Said(brought))
        if moved or brought not in said.earlier | {said.value}:
            said.value, said.earlier = brought, frozenset()
        elif brought not in said.earlier:  # the browser has heard of it
            said.earlier = frozenset()
        return said

    def _brought(self) -> tuple[str, bool]:
        """What the browser asked this run with, and whether it did so for Back or Forward."""
        running = get_script_run_ctx()
        if running is None:  # a script that nobody asked for
            return "", False
        with running.session_state.query_params() as asked:
            found = asked.get_initial_value(self.name) or ""
        return found if isinstance(found, str) else found[-1], running.is_history_navigation

    def _write(self, value: str) -> None:
        if value:
            st.query_params[self.name] = value
        else:
            del st.query_params[self.name]


def arrive(page: str) -> None:
    """On another page than before the address is what the browser says: what clicks set there is of no use here."""
    addresses = tab(_Addresses)
    if addresses.page != page:
        addresses.page, addresses.said = page, {}


@dataclass(slots=True)
class _Said:
    """What one parameter says, and what it said ``earlier`` as far as a late run may still bring it."""

    value: str
    earlier: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Addresses:
    """What the parameters of the tab's page say, by their names."""

    page: str = ""
    said: dict[str, _Said] = field(default_factory=dict)
