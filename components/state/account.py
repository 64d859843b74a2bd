"""In whose name this tab asks the API, by which client, and what it has learned of the server."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from components.state.access import visitor
from components.state.services import default_account, services
from components.state.tab import tab
from triptych.capabilities import Row, applied, kind_of, rows
from triptych.errors import Refused
from triptych.servers import DEMO, OWN, Account, Listing, Server

if TYPE_CHECKING:
    from concurrent.futures import Future

    from triptych.client import ImageClient

UNSAID = object()  # of a capability: nobody says anything

TRIED = (
    "responses",
    "stores",
)  # what no free request finds out, by field of `Server`: a turn does, and goes on without


@dataclass(slots=True)
class Connection:
    """What a tab keeps of the server it draws on."""

    account: Account | None = None
    client: "ImageClient | None" = None
    reading: "Future[Listing] | None" = None  # the server's model list while it is being read
    listing: Listing | None = None  # and once it has been, or could not be
    choices: dict[str, Any] = field(default_factory=dict)  # what a person says it can do, by field of `Server`


class Session:
    """In whose name this tab asks, and whom. All its pages reach the API through the one client that it holds."""

    def __init__(self) -> None:
        self._held = tab(Connection)

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
        if self._held.account is None:
            self._held.account = _as_known(default_account())
        self._learn()
        return self._held.account

    @account.setter
    def account(self, account: Account) -> None:
        client, held = self._held.client, self._held
        held.account, held.client, held.reading, held.listing = _as_known(account), None, None, None
        held.choices = {}
        if client:
            services().close(client, services().jobs.running(self.owner))

    def recognise(self, server: Server, *, said: bool | None = None) -> None:
        """Take the tab's server for one of that kind; ``said`` by a person or not, None for as it was."""
        recognised = self.account.recognised if said is None else not said
        self._held.account = replace(self.account, recognised=recognised)
        self._can_do(applied(kind_of(server), self.answers, self._held.choices))

    @property
    def answers(self) -> Mapping[str, bool]:
        """Which endpoints the server was found to have, by field of `Server`; what a person says of its kind counts."""
        return services().found.get(self.account.base_url, {}) if self.account.recognised else {}

    @property
    def capabilities(self) -> tuple[Row, ...]:
        """What the tab's server can do, and how that is known."""
        return rows(kind_of(self.account.server), self.answers, self._held.choices)

    def choose(self, field: str, value: Any = UNSAID) -> None:
        """Say what the server can do, for this tab; without a value it is as it was found."""
        choices = {name: said for name, said in self._held.choices.items() if name != field}
        self._held.choices = choices if value is UNSAID else {**choices, field: value}
        self._can_do(applied(kind_of(self.account.server), self.answers, self._held.choices))

    def _can_do(self, server: Server) -> None:
        self._held.account = replace(self.account, server=server)
        if self._held.client:
            self._held.client.recognise(server)

    def _learn(self) -> None:
        """Take over what the client found the server to lack, for this tab and those to come: it is tried once."""
        account, client = self._held.account, self._held.client
        if account and client and account.server.id not in OWN and account.server != client.account.server:
            self._held.account = replace(account, server=client.account.server)
            if account.recognised:
                lacks = {name: False for name in TRIED if not getattr(client.account.server, name)}
                services().found[account.base_url] = {**services().found.get(account.base_url, {}), **lacks}
                services().kinds[account.base_url] = client.account.server

    @property
    def client(self) -> "ImageClient":
        """The one client of this tab, shared by its pages."""
        if self._held.client is None:
            self._held.client = services().client(self.account)
        return self._held.client

    @property
    def reading(self) -> "Future[Listing] | None":
        """The server's model list while it is being read."""
        return self._held.reading

    @reading.setter
    def reading(self, reading: "Future[Listing]") -> None:
        self._held.reading = reading

    @property
    def listing(self) -> Listing | None:
        """The server's model list, or why it could not be read; None as long as it has not been."""
        return self._held.listing

    def has_read(self, listing: Listing) -> None:
        """Take in the server's model list, and what kind of server it shows this to be."""
        account = self.account
        if account.recognised and account.server is not DEMO:
            kind = kind_of(account.server) if listing.error else listing.shows(account.base_url)
            if not listing.error:
                services().kinds[account.base_url] = applied(kind, self.answers, {})
            self.recognise(kind)
        self._held.reading, self._held.listing = None, listing
        if services().begun and not listing.error:  # with a key that works: what this account's server still owes
            services().fetch_turns(self.client, self.owner)

    @property
    def listed(self) -> tuple[str, ...]:
        """The ids of the server's model list, as far as it has been read."""
        return self.listing.ids if self.listing else ()


def _as_known(account: Account) -> Account:
    """``account``, whose kind of server need not be guessed where another tab has seen its model list."""
    known = services().kinds.get(account.base_url) if account.recognised else None
    return replace(account, server=known) if known else account


def session() -> Session:
    """In whose name the tab that this run belongs to asks, and whom."""
    return Session()
