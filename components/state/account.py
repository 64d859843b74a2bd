"""In whose name this tab asks the API, by which client, and what it has learned of the server."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from components.state.access import administrators_only, is_administrator, visitor
from components.state.services import default_account, services
from components.state.tab import tab
from triptych.accounts import key_holder
from triptych.capabilities import KIND, Row, kind_of, rows
from triptych.errors import Refused
from triptych.servers import OWN, Account, Listing, Server

if TYPE_CHECKING:
    from concurrent.futures import Future

    from triptych.client import ImageClient

UNSAID = object()  # of a capability: nobody says anything


@dataclass(slots=True)
class Connection:
    """What a tab keeps of the server it draws on."""

    account: Account | None = None
    client: "ImageClient | None" = None
    reading: "Future[Listing] | None" = None  # the server's model list while it is being read
    listing: Listing | None = None  # and once it has been, or could not be
    choices: dict[str, Any] = field(default_factory=dict)  # what a person says it can do, by field of `Server`
    seen: tuple[Account, dict[str, Any], tuple[int, int]] | None = None  # of what the account's server was worked out


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
        held = self._held
        if held.account is None:
            held.account = default_account()
        known = services().store.known_servers
        if held.seen != (held.account, held.choices, known.version):  # it is asked for dozens of times in a run
            server, version = known.server(held.account, visitor().owner, held.choices), known.version
            if server != held.account.server:
                held.account = replace(held.account, server=server)
            held.seen = (held.account, held.choices, version)
        server = held.account.server
        if held.client and server.id not in OWN and server != held.client.account.server:
            held.client.recognise(server)
        return held.account

    @account.setter
    def account(self, account: Account) -> None:
        client, held = self._held.client, self._held
        held.account, held.client, held.reading, held.listing = account, None, None, None
        held.choices = {}
        if client:
            services().close(client, services().jobs.running(self.owner))

    def recognise(self, server: Server, *, said: bool | None = None) -> None:
        """Take the tab's server for one of that kind; ``said`` by a person or not, None for as it was."""
        recognised = self.account.recognised if said is None else not said
        self._held.account = replace(self.account, recognised=recognised, server=kind_of(server))

    @property
    def capabilities(self) -> tuple[Row, ...]:
        """What the tab's server can do, and how that is known."""
        known, account = services().store.known_servers, self.account
        facts = {} if account.server.id in OWN else known.counting(account, known.facts(account, visitor().owner))
        return rows(kind_of(account.server), facts, self._held.choices)

    @property
    def decides(self) -> bool:
        """Whether this visitor decides for the tab's key: it is theirs, or they administer what everybody shares."""
        return bool(key_holder(self.account, self.owner)) or is_administrator()

    def choose(self, field: str, value: Any = UNSAID) -> None:
        """Say what the server can do, for this tab; without a value it is as it was found."""
        choices = {name: said for name, said in self._held.choices.items() if name != field}
        self._held.choices = choices if value is UNSAID else {**choices, field: value}

    def learn(self, facts: Mapping[str, Any]) -> None:
        """Remember what the server was found to be, by free requests, for this tab and others that use the same key."""
        services().store.known_servers.learn(self.account, visitor().owner, facts, "probe")

    def forget_server(self) -> None:
        """Forget what was found out about the server, for everybody who uses the same key.

        Raises NotAdministrator for one of them who does not decide for it.
        """
        if not self.decides:
            administrators_only()
        services().store.known_servers.forget(self.account, visitor().owner)

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
        if self.account.recognised and not listing.error:
            self.learn({KIND: listing.shows(self.account.base_url).id})
        self._held.reading, self._held.listing = None, listing
        if services().begun and not listing.error:  # with a key that works: what this account's server still owes
            services().fetch_turns(self.client, self.owner)

    @property
    def listed(self) -> tuple[str, ...]:
        """The ids of the server's model list, as far as it has been read."""
        return self.listing.ids if self.listing else ()


def session() -> Session:
    """In whose name the tab that this run belongs to asks, and whom."""
    return Session()
