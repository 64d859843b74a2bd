"""Who may come in, and as whom: one function decides, and what it does not know is refused."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from streamlit import auth_util, runtime
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from triptych.cli import is_local
from triptych.errors import InvalidSetting, NotAdministrator
from triptych.settings import LOCAL, settings

SHARED = {"redirect_uri", "cookie_secret", "expose_tokens", "client_kwargs"}  # of [auth], not the name of a provider
ADDRESS = "server_metadata_url"
NEEDED = ("client_id", "client_secret", ADDRESS)  # of each provider
SHORTEST_SECRET = 14  # bytes, as of which Streamlit's signing library does not warn
CALLBACK = "/oauth2callback"  # where Streamlit has the provider send people back to
WHERE = ".streamlit/secrets.toml"


@dataclass(frozen=True)
class Login:
    """The login as it is set up: the ``providers`` that work ("" for one without a name), and what is missing."""

    providers: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def problem(self) -> str:
        """Why nobody can log in, in words; empty where people can."""
        if self.providers:
            return ""
        return f"The login in {WHERE} is not complete: {', '.join(self.missing)}."


@dataclass(frozen=True)
class Visitor:
    """Whoever asks. ``owner`` is empty as long as they may not come in; then ``problem`` says why, if not for want of a
    login. ``name`` is for showing only; ``earlier`` are the owners that this person was in older versions.
    """

    owner: str = ""
    problem: str = ""
    name: str = ""
    email: str = ""
    earlier: tuple[str, ...] = ()

    @property
    def admitted(self) -> bool:
        """Whether they may see pages."""
        return bool(self.owner)


def admit(claims: Mapping[str, Any], address: str) -> Visitor:
    """Decide about a visitor with these claims of a login (none: {}) who reached this ``address`` of ours.

    Every way in asks here: the start of the server, each request, each run of a page. Who is not expressly let in is
    not: without a login only this machine's own visitors come in, unless it is said that everyone may.
    """
    login = login_setup()
    if login is None:
        return Visitor(LOCAL) if _is_open(address) else Visitor(problem=_unsafe(address))
    if login.problem:
        return Visitor(problem=login.problem)
    if claims.get("is_logged_in") is not True:
        return Visitor()
    issuer, subject = (_word(claims.get(name)) for name in ("iss", "sub"))
    if not (issuer and subject) or "#" in issuer:
        return Visitor(
            problem="This login does not say who you are: its provider sends no issuer (iss) or no subject "
            "(sub). Log out and choose another login, or ask whoever set this one up."
        )
    email = _word(claims.get("email")) if claims.get("email_verified") is True else ""
    earlier = (*([email] if email and email != LOCAL else []), f"{issuer} {subject}")
    return Visitor(f"{issuer}#{subject}", name=email or subject, email=email, earlier=earlier)


def visitor() -> Visitor:
    """Whose run of a page this is."""
    claims = {} if login_setup() is None else st.user.to_dict()
    return admit(claims, configured_address() if served() else "127.0.0.1")


def only_visitor() -> bool:
    """Whether the pages are served to this machine alone and ask for no login: then their visitor owns the machine."""
    return login_setup() is None and _is_this_machine(configured_address())


def is_administrator() -> bool:
    """Whether this visitor may do what changes everybody's records and books."""
    if only_visitor():
        return True
    here, login = visitor(), login_setup()
    if login is None or not here.admitted:
        return False
    names = {here.owner} | ({here.owner.partition("#")[2]} if len(login.providers) == 1 else set())
    return bool(names & set(settings().administrators)) or (
        bool(here.email) and here.email.casefold() in {name.casefold() for name in settings().administrators}
    )


def administrators_only() -> None:
    """Raise NotAdministrator for everyone else: the first line of whatever changes everybody's records or books."""
    if not is_administrator():
        raise NotAdministrator(who_administers())


def who_administers() -> str:
    """Who can do it, in words."""
    if login_setup() is None:
        return "This can only be done on the machine that runs Triptych: open it there, at 127.0.0.1."
    if settings().administrators:
        return "Only an administrator can do this. Ask one of those whom TRIPTYCH_ADMINS names on the server."
    return "Only an administrator can do this, and none is named yet: set TRIPTYCH_ADMINS on the server."


def served() -> bool:
    """Whether a server shows these pages to somebody; a script run by itself, as in a test, is reached by nobody."""
    return runtime.exists() and type(runtime.get_instance()) is runtime.Runtime  # a test's stand-in claims to be one


def configured_address() -> str:
    """Where Streamlit was told to listen."""
    return str(st.get_option("server.address") or "0.0.0.0")  # noqa: S104 (what Streamlit makes of none)


@cache
def login_setup() -> Login | None:
    """The login that secrets.toml sets up, as it was when the process first asked; None where it sets up none.

    It is held to what Streamlit itself asks for at the click, so that no page is open, or begins with a button that
    cannot work, on the strength of a section that is there but empty.
    """
    if not st.secrets.load_if_toml_exists():
        begun = [path for path in st.get_option("secrets.files") if Path(path).exists()]
        return Login(missing=(f"{begun[0]} cannot be read as TOML",)) if begun else None
    if "auth" not in st.secrets:
        return None
    section = st.secrets["auth"]
    if not isinstance(section, Mapping):
        return Login(missing=("[auth] must be a section",))
    general = (*_missing_of_all(section), *_missing_here())
    found = {name: tuple(_missing_of(name, provider)) for name, provider in _providers(section).items()}
    if works := tuple(name for name, missing in found.items() if not missing and not general):
        return Login(works)
    return Login(missing=(*general, *(line for missing in found.values() for line in missing)))


def claims_in(cookies: Mapping[str, str]) -> dict[str, Any]:
    """What the login's cookie says, {} where there is none that this server has signed for this address."""

    def signed(name: str) -> bytes | None:
        value = cookies.get(name)
        return decode_signed_value(get_cookie_secret(), name, value.encode("latin-1", "ignore")) if value else None

    if login_setup() is None:
        return {}
    try:
        claims = json.loads(auth_util.get_cookie_with_chunks(signed, USER_COOKIE_NAME) or b"{}")
    except ValueError:
        return {}
    ours = isinstance(claims, dict) and claims.get("origin") == auth_util.get_origin_from_redirect_uri()
    return claims if ours else {}


def _is_open(address: str) -> bool:
    try:
        return _is_this_machine(address) or settings().allow_anonymous
    except InvalidSetting:  # whether everyone may come is not known then; the pages say what is wrong
        return False


def _is_this_machine(address: str) -> bool:
    """Whether only this machine's own visitors get there: a proxy in front of it is known by the names it serves."""
    names = [str(name) for name in st.get_option("server.allowedHosts")]
    return is_local(address) and all(is_local(name.strip("[]")) for name in names)


def _unsafe(address: str) -> str:
    """What to do so that an address can be served."""
    try:
        settings()
    except InvalidSetting as error:
        return error.message
    behind = " to the hosts it is told to allow" if is_local(address) else ""
    return (
        f"Triptych will not serve {address}{behind} without login: whoever reaches it could spend your money. Add an "
        f"[auth] section to {WHERE}, or set TRIPTYCH_ALLOW_ANONYMOUS=1 if everyone there may."
    )


def _word(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _providers(section: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The named providers; one without a name where the section holds one provider's own settings."""
    named = {name: one for name, one in section.items() if isinstance(one, Mapping) and name not in SHARED}
    return named if named and not any(name in section for name in NEEDED) else {"": section, **named}


def _missing_of_all(section: Mapping[str, Any]) -> Iterator[str]:
    secret, address = _word(section.get("cookie_secret")), urlsplit(_word(section.get("redirect_uri")))
    if len(secret.encode()) < SHORTEST_SECRET:
        yield f"cookie_secret must be a random text of at least {SHORTEST_SECRET} characters"
    if address.scheme not in {"http", "https"} or not address.netloc or not address.path.endswith(CALLBACK):
        yield f"redirect_uri must be these pages' own address with {CALLBACK} at its end"


def _missing_here() -> Iterator[str]:
    try:
        import_module("authlib.integrations.starlette_client")  # as Streamlit does at the click
    except ImportError:
        yield "what it needs is not installed (pip install 'triptych[login]')"


def _missing_of(name: str, provider: Mapping[str, Any]) -> Iterator[str]:
    called = f" of {name}" if name else ""
    for key in NEEDED:
        if not _word(provider.get(key)):
            yield f"{key}{called} is missing"
    address = urlsplit(_word(provider.get(ADDRESS)))
    if provider.get(ADDRESS) and (address.scheme not in {"http", "https"} or not address.netloc):
        yield f"{ADDRESS}{called} must be an address that begins with https://"
    if "_" in name:
        yield f"the name {name} must not hold an underscore"
