"""Which server and key a tab draws with: what the environment says, and what a user types."""

from dataclasses import dataclass, field

from triptych.errors import InvalidSetting
from triptych.networks import DIRECT, environment_route, refuse_private
from triptych.servers import DEMO, KINDS, OPENAI, OPENAI_URL, Account, Server, recognise
from triptych.settings import clean_base_url, clean_key, clean_name, settings

DEMO_ACCOUNT = Account(base_url="", server=DEMO)
ENGINES = ("demo", "openai", "compatible")


@dataclass(frozen=True)
class Typed:
    """What a user says in Settings, as it was typed; ``engine`` is one of ENGINES, ``kind`` a preset's id or empty."""

    engine: str
    key: str = field(default="", repr=False)
    base_url: str = ""
    organization: str = ""
    project: str = ""
    kind: str = ""


def environment_account() -> Account | None:
    """The account the environment names, None where it names none. Raises InvalidSetting in words."""
    chosen = settings()
    key = clean_key(chosen.openai_api_key.get_secret_value()) if chosen.openai_api_key else ""
    if not key and not chosen.openai_base_url:
        return None
    base_url = clean_base_url(chosen.openai_base_url or OPENAI_URL)
    organization = clean_name("organization", chosen.openai_org_id)
    project = clean_name("project", chosen.openai_project_id)
    said = _said_kind(chosen.server_kind) if chosen.openai_base_url else None
    server, route = said or recognise(base_url), environment_route(base_url)
    return Account(base_url, key, organization, project, server, recognised=said is None, route=route)


def _said_kind(kind: str | None) -> Server | None:
    """The kind of server that the environment says it is, None where it says nothing."""
    if kind is not None and kind not in KINDS:
        raise InvalidSetting(f"TRIPTYCH_SERVER_KIND must be one of {', '.join(KINDS)}.")
    return KINDS[kind] if kind else None


def key_holder(account: Account, owner: str) -> str:
    """Whose key ``account`` asks with: ``owner``'s, or "" where it is the environment's, which all share."""
    try:
        shared = environment_account()
    except InvalidSetting:  # the page says it; nobody shares a key that cannot be used
        return owner
    return "" if shared and (shared.base_url, shared.key) == (account.base_url, account.key) else owner


def choice_of(account: Account) -> str:
    """Which of ENGINES the account is."""
    return {DEMO.id: "demo", OPENAI.id: "openai"}.get(account.server.id, "compatible")


def typed_account(typed: Typed, now: Account | None, environment: Account | None, public_only: bool) -> Account:
    """The account that ``typed`` asks for; ``now`` is the tab's, whose key stays where none is typed for its address.

    The environment's key goes to the environment's own address only, and never to one that was typed; its proxy and
    certificates serve its own key only. With ``public_only`` a typed address must lead out of the server's own network.
    Raises InvalidSetting in words.
    """
    if typed.engine == "demo":
        return DEMO_ACCOUNT
    base_url = _address(typed, environment)
    is_typed = typed.engine == "compatible" and bool(typed.base_url.strip())
    if is_typed and public_only:
        refuse_private(base_url)
    theirs = environment if environment and environment.base_url == base_url and not is_typed else None
    key = _key(typed, now if now and now.base_url == base_url else None, environment, theirs)
    if typed.engine == "openai" and not key:
        raise InvalidSetting("OpenAI needs a key. Paste one, or choose the demo engine, which needs none.")
    organization, project = clean_name("organization", typed.organization), clean_name("project", typed.project)
    said = KINDS.get(typed.kind) if typed.engine == "compatible" else None
    route = DIRECT
    if theirs and key == theirs.key:
        organization, project = organization or theirs.organization, project or theirs.project
        said, route = said or (None if theirs.recognised else theirs.server), theirs.route
    server = said or recognise(base_url)
    return Account(base_url, key, organization, project, server, said is None, is_typed and public_only, route)


def _address(typed: Typed, environment: Account | None) -> str:
    if typed.engine == "openai":
        return OPENAI_URL
    if typed.base_url.strip():
        return clean_base_url(typed.base_url)
    if environment and environment.base_url != OPENAI_URL:
        return environment.base_url
    raise InvalidSetting("Name the server's address, like http://localhost:8080/v1.")


def _key(typed: Typed, kept: Account | None, environment: Account | None, theirs: Account | None) -> str:
    if typed.key.strip():
        return clean_key(typed.key)
    if kept and kept.key and not (environment and kept.key == environment.key and not theirs):
        return kept.key
    return theirs.key if theirs else ""
