"""What is configured, reachable and writable, told without showing a key."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from pydantic import SecretStr, ValidationError

from triptych import __version__
from triptych.accounts import environment_account
from triptych.errors import TriptychError
from triptych.servers import Account
from triptych.settings import Settings, clean_key

PATIENCE = 10.0  # seconds for the server to answer
ENOUGH = 1 << 30  # bytes; below this the next few hundred pictures may not fit


@dataclass(frozen=True)
class Finding:
    """One thing looked at; ``ok`` is False where it must be put right before pictures can be made."""

    topic: str
    says: str
    ok: bool = True

    def __str__(self) -> str:
        return f"{'ok    ' if self.ok else 'BROKEN'}  {self.topic:<10} {self.says}"


def examine(pages: Path) -> Iterator[Finding]:
    """Everything worth knowing, one finding at a time; ``pages`` is the folder that holds app.py."""
    yield Finding("version", __version__)
    yield Finding("pages", str(pages), (pages / "app.py").is_file() and (pages / "pages").is_dir())
    try:
        settings = Settings()
    except ValidationError as error:
        for problem in error.errors(include_input=False, include_url=False):
            yield Finding("settings", f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}", ok=False)
        return
    yield home(settings.home)
    yield answers_kept(settings.home)
    yield key(settings.openai_api_key)
    yield engine()
    yield catalog()
    yield books(settings)
    if settings.trust_list:
        yield trusted()
    if settings.allow_anonymous:
        yield Finding("login", "TRIPTYCH_ALLOW_ANONYMOUS is on: whoever reaches this server may spend its money")


def home(folder: Path) -> Finding:
    """Whether pictures can be saved, proved by saving something."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder) as probe:
            probe.write(b"triptych")
            probe.flush()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding("home", f"{folder} is not writable: {error.strerror}. Set TRIPTYCH_HOME.", ok=False)
    warning = "" if free >= ENOUGH else "; make room"
    return Finding("home", f"{folder} is writable, {free / 1e9:.1f} GB free{warning}")


def answers_kept(folder: Path) -> Finding:
    """How many answers wait for their images to be saved, or for a person because they could not be read."""
    from triptych.store.files.spool import FOLDER, Spool

    load = Spool(folder / FOLDER).load()
    if not load.answers:
        return Finding("answers", "all answers are saved")
    since = f", the oldest of {load.oldest:%Y-%m-%d %H:%M} UTC" if load.oldest else ""
    told = f"{load.answers} not saved or not readable, {load.bytes / 1e6:.1f} MB{since}; see them in History"
    return Finding("answers", told)


def key(secret: SecretStr | None) -> Finding:
    """Whether a key is set and could be one; its length is all that is said of it."""
    if secret is None:
        return Finding("key", "OPENAI_API_KEY is not set")
    try:
        return Finding("key", f"set ({len(clean_key(secret.get_secret_value()))} characters)")
    except TriptychError as error:
        return Finding("key", f"OPENAI_API_KEY cannot be used. {error.message}", ok=False)


def engine() -> Finding:
    """Which engine draws, and whether it answers."""
    try:
        account = environment_account()
    except TriptychError as error:
        return Finding("engine", error.message, ok=False)
    if account is None:
        return Finding("engine", "Demo (free, offline): neither OPENAI_API_KEY nor OPENAI_BASE_URL is set")
    return answers(account)


def answers(account: Account) -> Finding:
    """What the account's server says when asked for its models; a free question."""
    import httpx2

    address = account.base_url
    try:
        status, body = ask(account)
    except TriptychError as error:
        return Finding("engine", error.message, ok=False)
    except httpx2.HTTPError as error:
        return Finding("engine", f"{address} cannot be reached: {error}", ok=False)
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return Finding("engine", f"{address} answers, but refuses the key (HTTP {status})", ok=False)
    if status != HTTPStatus.OK:
        return Finding("engine", f"{address} answers, but lists no models (HTTP {status})")
    return Finding("engine", f"{address} answers and {models(body)}")


def models(body: bytes) -> str:
    try:
        count = len(json.loads(body)["data"])
        return f"lists {count} model{'' if count == 1 else 's'}"
    except (ValueError, KeyError, TypeError):
        return "sends no model list"


def ask(account: Account) -> tuple[int, bytes]:
    """Status and the first megabyte of the account's model list, by the account's own way out; no redirect.

    Raises InvalidSetting where that way is none, httpx2.HTTPError where it does not lead there.
    """
    import httpx2

    from triptych.client.wire import tls, way_out

    address, _, query = account.base_url.partition("?")
    headers = {"Authorization": f"Bearer {account.key}"} if account.key else {}
    trusted, proxy = tls(account.route.ca_bundle), way_out(account.route)
    leading = httpx2.Client(verify=trusted, proxy=proxy, trust_env=False, timeout=PATIENCE)
    with leading as client, client.stream("GET", f"{address}/models", params=query, headers=headers) as response:
        return response.status_code, next(response.iter_bytes(1 << 20), b"")


def catalog() -> Finding:
    """Whether the catalog can be read, its overrides included."""
    from triptych.catalog import MODELS, check_catalog

    try:
        check_catalog()
    except TriptychError as error:
        return Finding("catalog", error.message, ok=False)
    return Finding("catalog", f"{len(MODELS)} models")


def trusted() -> Finding:
    """Whether the list of issuers to call known can be read."""
    from triptych.provenance import trust_list

    try:
        return Finding("issuers", f"{trust_list().count('-----BEGIN CERTIFICATE-----')} in TRIPTYCH_TRUST_LIST")
    except TriptychError as error:
        return Finding("issuers", error.message, ok=False)


def books(settings: Settings) -> Finding:
    """Whether what is spent and held is the sum of the runs. Makes no records where there are none."""
    from triptych.store import Store

    kind, _, path = settings.database.partition(":///")
    if kind == "sqlite" and not Path(path).exists():
        return Finding("books", "no runs yet")
    store = Store(settings.storage_url or settings.images, settings.database)
    try:
        wrong = store.journal.imbalance()
    except TriptychError as error:
        return Finding("books", error.message, ok=False)
    finally:
        store.close()
    if wrong:
        more = f" And {len(wrong) - 1} more." if len(wrong) > 1 else ""
        return Finding("books", f"{wrong[0]}{more} Restore an earlier backup to recount them.", ok=False)
    return Finding("books", "spent and held match the runs")
