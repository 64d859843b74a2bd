"""Settings, read once from the environment, and where files live."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from triptych.errors import InvalidSetting

KEY_LIMIT = 1000  # characters; OpenAI's have about 160
MOST_DOLLARS = 10**9  # of a cap: what the books can count
MOST_SECONDS = 10**9  # some thirty years
HOST = re.compile(r"\.?[a-z0-9-]+(\.[a-z0-9-]+)*")
KEY_ADVICE = "Paste it again: one word of letters, digits, - and _."

# What people copy from a curl line: an endpoint below the base URL, and Azure's version of the API.
ENDPOINT = re.compile(
    r"/(images/(generations|edits|variations)|(chat/)?completions|responses|embeddings|audio/\w+|(?<=/v1/)models)$"
)
PLAIN_HOST = re.compile(r"[a-z][a-z0-9.-]*", re.ASCII)
TOKEN_NAME = re.compile(r"[\w.-]{1,40}", re.ASCII)
CAP = re.compile(r"(\d{1,9}(\.\d{1,6})?)?", re.ASCII)  # dollars
LOGIN = re.compile(r"([^#\s]+#\S+)?")  # as the records name a person: issuer#subject
LOCAL = "local"  # the owner where nobody logs in; no login can be it, since a login's owner holds a #
API_VERSION = re.compile(r"api-version=[\w.-]{1,40}", re.ASCII)


@dataclass(frozen=True)
class ApiToken:
    """Who may ask the gateway: the token, its name ("" for the one without), its cap in dollars a day.

    ``owner`` is the login in whose history its runs are; "local" is whoever uses the pages without a login.
    """

    name: str
    secret: str = field(repr=False)
    dollars: Decimal | None = None
    owner: str = LOCAL


class Settings(BaseSettings):
    """What the environment and a ``.env`` file in the working directory say; frozen."""

    model_config = SettingsConfigDict(
        env_prefix="TRIPTYCH_", env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True
    )

    openai_api_key: SecretStr | None = Field(
        None, validation_alias="OPENAI_API_KEY", description="OpenAI key; without it the demo engine is used"
    )
    openai_base_url: str | None = Field(
        None, validation_alias="OPENAI_BASE_URL", description="address of a compatible server, as in the OpenAI SDK"
    )
    openai_org_id: str | None = Field(
        None, validation_alias="OPENAI_ORG_ID", description="organization, as in the OpenAI SDK"
    )
    openai_project_id: str | None = Field(
        None, validation_alias="OPENAI_PROJECT_ID", description="project, as in the OpenAI SDK"
    )
    home: Path = Field(
        default_factory=lambda: user_data_path("triptych", appauthor=False),
        description="where images and logs live; the platform's user data folder",
    )
    max_concurrency: int = Field(8, ge=1, le=1000, description="requests in flight at once, of this process")
    images_per_minute: float | None = Field(
        None, gt=0, description="images requested per minute, at most, by this process"
    )
    database_url: SecretStr | None = Field(
        None, description="SQLAlchemy URL of the records, postgresql://… for several machines; a SQLite file"
    )
    storage_url: str | None = Field(
        None, description="where the images' bytes live: s3://…, gs://… or az://…; a folder"
    )
    budget_run: Decimal | None = Field(None, ge=0, le=MOST_DOLLARS, description="dollars one run may cost")
    budget_day: Decimal | None = Field(None, ge=0, le=MOST_DOLLARS, description="dollars a day may cost")
    budget_month: Decimal | None = Field(None, ge=0, le=MOST_DOLLARS, description="dollars a month may cost")
    cache_ttl: float = Field(
        86400, ge=0, le=MOST_SECONDS, description="seconds for which an equal request may be answered from history"
    )
    server_kind: str | None = Field(
        None, description="what kind of server OPENAI_BASE_URL is, like litellm or localai, where it is not recognised"
    )
    proxy: SecretStr | None = Field(
        None, description="HTTP proxy to the internet, for the environment's account; HTTPS_PROXY and NO_PROXY"
    )
    ca_bundle: Path | None = Field(
        None, description="PEM file of extra certificates to trust, for the environment's account; SSL_CERT_FILE"
    )
    trust_list: Path | None = Field(None, description="PEM file of C2PA issuers to call known on the Provenance page")
    catalog: Path | None = Field(None, description="a TOML file that adds models or overrides rates")
    image_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="other hosts that linked images may be fetched from, like images.example.com,.example.org"
    )
    allow_anonymous: bool = Field(False, description="serve beyond loopback without login")
    trusted_proxies: str = Field(
        "127.0.0.1,::1",
        description="proxies whose X-Forwarded-* headers are trusted: addresses or networks, comma-separated",
    )
    admins: str | None = Field(
        None,
        description="who may change caps, reset the books, back up, restore: verified e-mails or issuer#subject, "
        "comma-separated",
    )
    api_token: SecretStr | None = Field(
        None, description="opens the gateway, /v1 on the same port: what OpenAI's programs send as their key"
    )
    api_tokens: SecretStr | None = Field(
        None,
        description="more of these, comma-separated: name:token, then a cap and whose history if you like, "
        "name:token:dollars a day:issuer#subject",
    )
    successors: bool = Field(True, description="let the gateway use the successor of a retired model")
    timezone: str | None = Field(None, description="whose midnight ends the day and month of caps; the machine's")

    @field_validator("image_hosts", mode="before")
    @classmethod
    def named_hosts(cls, said: object) -> object:
        """Take them as a text with commas; refuse what is no host, so that nobody believes it allowed."""
        names = [name.strip().lower() for name in said.split(",")] if isinstance(said, str) else said
        if isinstance(names, list) and not all(HOST.fullmatch(name) for name in names if name):
            raise ValueError("name hosts only, without https:// and path, like images.example.com,.example.org")
        return tuple(name for name in names if name) if isinstance(names, list) else names

    @field_validator("timezone")
    @classmethod
    def known_timezone(cls, name: str | None) -> str | None:
        """Refuse a name that is no IANA time zone."""
        try:
            return name and ZoneInfo(name).key
        except (KeyError, OSError):
            raise ValueError("no time zone has this name; one is Europe/Paris") from None

    @field_validator("api_tokens")
    @classmethod
    def named_tokens(cls, said: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        """Refuse what cannot be read, without repeating it: a cap that nobody keeps is worse than none."""
        tokens, alone = tuple(_tokens(said)), info.data.get("api_token")
        secrets = [*(token.secret for token in tokens), *([alone.get_secret_value().strip()] if alone else [])]
        if len({token.name for token in tokens}) < len(tokens):
            raise ValueError("each name may stand there once")
        if len(set(secrets)) < len(secrets):
            raise ValueError("each token may stand there once, and none may be TRIPTYCH_API_TOKEN as well")
        return said

    @field_validator("trusted_proxies")
    @classmethod
    def known_networks(cls, said: str) -> str:
        """Refuse what is no list of addresses and networks: a misspelt one would be trusted by nobody, unsaid."""
        try:
            return ",".join(str(ip_network(part.strip())) for part in said.split(",") if part.strip())
        except ValueError:
            raise ValueError("it is a list like 127.0.0.1,10.0.0.0/8") from None

    @property
    def trusted_hosts(self) -> list[str]:
        """The networks of the proxies before this server."""
        return self.trusted_proxies.split(",") if self.trusted_proxies else []

    @property
    def administrators(self) -> tuple[str, ...]:
        """The logins that may do what changes everybody's records, as they were named."""
        return tuple(name.strip() for name in (self.admins or "").split(",") if name.strip())

    @property
    def tokens(self) -> tuple[ApiToken, ...]:
        """Who may ask the gateway; with none it is off."""
        alone = self.api_token.get_secret_value().strip() if self.api_token else ""
        return (*([ApiToken("", alone)] if alone else []), *_tokens(self.api_tokens))

    @property
    def images(self) -> Path:
        """The folder of the images' bytes."""
        return self.home / "images"

    @property
    def database(self) -> str:
        """The SQLAlchemy URL of the records. It may hold a password, so it is not for showing."""
        if self.database_url:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.home / 'triptych.db'}"


def _tokens(said: SecretStr | None) -> Iterator[ApiToken]:
    """The named tokens; raises ValueError, which repeats nothing of them."""
    for entry in said.get_secret_value().split(",") if said else ():
        name, _, rest = entry.strip().partition(":")
        secret, cap, owner = (part.strip() for part in (*rest.split(":", 2), "", "")[:3])
        if not (TOKEN_NAME.fullmatch(name) and secret and CAP.fullmatch(cap) and LOGIN.fullmatch(owner)):
            raise ValueError("it is a list like ci:a-long-token:5,shop:another-token,ann:a-token::issuer#subject")
        yield ApiToken(name, secret, Decimal(cap) if cap else None, owner or LOCAL)


@cache
def settings() -> Settings:
    """The process's settings, read at the first call. Raises InvalidSetting that names the variable."""
    try:
        return Settings()
    except ValidationError as error:
        raise InvalidSetting(" ".join(_in_words(error))) from None


def _in_words(error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_input=False, include_url=False, include_context=False):
        name = ".".join(map(str, problem["loc"]))
        variable = name if name.isupper() else f"TRIPTYCH_{name.upper()}"
        yield f"{variable} cannot be used: {problem['msg'].removeprefix('Value error, ')}."


def clean_key(text: str) -> str:
    """The key without the white space around it; refuses what no HTTP header can carry.

    Raises InvalidSetting, whose message never repeats the text.
    """
    key = text.strip()
    if not key:
        raise InvalidSetting("The key is empty.")
    if not (key.isascii() and key.isprintable() and " " not in key):
        raise InvalidSetting(f"The key holds a space, a line break or a character no key has. {KEY_ADVICE}")
    if len(key) > KEY_LIMIT:
        raise InvalidSetting(f"The key is {len(key):,} characters long; no key is. {KEY_ADVICE}")
    return key


def clean_name(what: str, text: str | None) -> str | None:
    """An organization's or project's id without white space around it, None for none; refuses what no header carries.

    Raises InvalidSetting, whose message does not repeat the text: a key may have been pasted into the wrong field.
    """
    name = (text or "").strip()
    if not (name.isascii() and name.isprintable() and " " not in name) and name:
        raise InvalidSetting(f"The {what} holds a space, a line break or a character no id has.")
    if len(name) > KEY_LIMIT:
        raise InvalidSetting(f"The {what} is {len(name):,} characters long; no id is.")
    return name or None


def clean_base_url(text: str) -> str:
    """The address without a trailing slash or an endpoint's path; ``?api-version=…`` stays at its end.

    Raises InvalidSetting in words if it is no http(s) address.
    """
    address, _, query = text.strip().partition("?")
    url = ENDPOINT.sub("", address.rstrip("/")).rstrip("/")
    scheme, found, rest = url.partition("://")
    if not found or scheme.lower() not in {"http", "https"} or not rest.split("/")[0]:
        raise InvalidSetting("The address must start with http:// or https:// and name a host.")
    if "@" in rest.split("/")[0]:
        raise InvalidSetting("The address must not hold a user name or password; put the key in its own field.")
    if not url.isprintable() or any(letter.isspace() for letter in url) or "#" in url:
        raise InvalidSetting("The address must be plain: no spaces and no #.")
    if query and not API_VERSION.fullmatch(query):
        raise InvalidSetting("The address must be plain: after a ? it can hold api-version=… and nothing else.")
    try:
        parts = urlsplit(url)
        named = parts.hostname and parts.port != 0 and _can_be_asked(url, parts.hostname)
    except ValueError:
        named = False
    if not named:
        raise InvalidSetting("The address must name a host, and after a colon a port from 1 to 65535.")
    if (parts.hostname or "").endswith(".azure.com") and "/openai/deployments" in parts.path:
        raise InvalidSetting(
            f"The address must be the resource's own, https://{parts.hostname}/openai/v1; the deployment's name is the "
            "model."
        )
    return f"{url}?{query}" if query else url


def _can_be_asked(url: str, host: str) -> bool:
    """Whether the client takes the host; a plain name it does, and is not imported for."""
    if PLAIN_HOST.fullmatch(host):
        return True
    import httpx2

    try:
        return bool(httpx2.URL(url).host)
    except httpx2.InvalidURL:
        return False
