"""What each kind of server can do: OpenAI, the demo engine, and the compatible servers people run."""

import itertools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal
from urllib.parse import urlsplit

from triptych.catalog import MODELS
from triptych.errors import TriptychError
from triptych.networks import DIRECT, Route

OPENAI_URL = "https://api.openai.com/v1"
OWN = frozenset({"openai", "demo"})  # ids: OpenAI's own and the demo engine, whatever one was found to lack
READ = "that server's source, 2026-08"


@dataclass(frozen=True, kw_only=True)
class Server:
    """One kind of server. ``takes`` lists the parameters it heeds, None for all that the model takes.

    ``edits``, ``variations``, ``checks_provenance`` and ``moderates`` say whether it has those endpoints, ``batches``
    whether it has the Batch API, ``responses`` the Responses API with the image tool; ``stores`` whether it keeps those
    answers. ``edit_takes`` lists what it heeds at edits beside ``takes``, ``most_edits`` how many images there.
    ``mask`` paints where it is transparent ("alpha", OpenAI's way) or "white"; ``auto_size``: "auto" may be sent as a
    size; ``response_format``: ``b64_json`` must be asked for. ``usage``: answers count tokens, ``sizes``: images have
    the requested size; None where nobody knows, and two servers that differ in them alone are equal. By ``hosts``,
    ``ports``, ``owners``, ``ids``, ``marks`` (fields of listed models), ``created`` (Unix time of its models) and
    ``headers`` (how their names begin) it is told.
    """

    id: str
    label: str
    source: str
    takes: frozenset[str] | None = frozenset({"prompt", "n"})
    streams: bool = False
    priced: bool = False
    charged: bool = True
    retires: bool = False
    auto_size: bool = False
    response_format: bool = True
    most_images: int = 10
    edits: bool = False
    edit_takes: frozenset[str] = frozenset()
    most_edits: int | None = None
    batches: bool = False
    mask: Literal["alpha", "white"] | None = None
    variations: bool = False
    checks_provenance: bool = False
    moderates: bool = False
    responses: bool = False
    stores: bool = True
    usage: bool | None = field(default=None, compare=False)
    sizes: bool | None = field(default=None, compare=False)
    formats: tuple[str, ...] | None = None
    hosts: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    owners: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    created: int | None = None
    headers: tuple[str, ...] = ()
    note: str = ""

    def heeds(self, name: str, endpoint: str = "generations") -> bool:
        """Whether the server does anything with the parameter ``name``."""
        if name in {"stream", "partial_images"}:
            return self.streams
        more = self.edit_takes if endpoint != "generations" else frozenset()
        return self.takes is None or name in self.takes or name in more

    def serves(self, endpoint: str) -> bool:
        """Whether it has "generations", "edits", "responses" or "variations"."""
        has = {"edits": self.edits, "variations": self.variations, "responses": self.responses}
        return has.get(endpoint, True)

    def most(self, endpoint: str) -> int:
        """How many pictures it makes at a time."""
        return self.most_images if endpoint == "generations" else self.most_edits or self.most_images


OPENAI = Server(
    id="openai",
    label="OpenAI",
    source="types of openai 3.54",
    takes=None,
    edits=True,
    batches=True,
    responses=True,
    mask="alpha",
    streams=True,
    priced=True,
    retires=True,
    auto_size=True,
    response_format=False,
    checks_provenance=True,
    moderates=True,
    usage=True,
    sizes=True,
    hosts=("api.openai.com",),
)
DEMO = replace(OPENAI, id="demo", label="Demo (free, offline)", source="triptych.engine", charged=False, hosts=())
LIKE_OPENAI = Server(
    id="like-openai",
    label="Like OpenAI",
    source="its model list names models of the catalog",
    takes=None,
    edits=True,
    batches=True,
    responses=True,
    mask="alpha",
    streams=True,
    priced=True,
    auto_size=True,
    response_format=False,
)
AZURE = Server(
    id="azure",
    label="Azure OpenAI",
    source="Microsoft's documentation, 2026-04",
    takes=frozenset({"prompt", "n", "quality", "output_format", "output_compression", "background", "moderation"}),
    streams=True,
    edits=True,
    mask="alpha",
    auto_size=True,
    response_format=False,
    formats=("png", "jpeg"),
    hosts=(".openai.azure.com", ".services.ai.azure.com"),
    note="The model is the deployment's name. One answer may take 122 s at most.",
)
LOCALAI = Server(
    id="localai",
    label="LocalAI",
    source=READ,
    usage=False,
    owners=("localai",),
    note="Counts no tokens. Its way to paint inside a mask is its own and is not spoken here.",
)
SD_CPP = Server(
    id="sd-cpp",
    label="stable-diffusion.cpp",
    source=READ,
    edits=True,
    mask="white",
    ids=("sd-cpp-local",),
    note="Uses the model it was started with, whatever model is requested.",
)
VLLM = Server(
    id="vllm-omni",
    label="vLLM-Omni",
    source=READ,
    edits=True,
    usage=False,
    owners=("vllm",),
    note="The model must be the one it serves. It ignores masks.",
)
SGLANG = Server(id="sglang", label="SGLang", source=READ, edits=True, owners=("sglang",), note="It ignores masks.")
LITELLM = Server(
    id="litellm",
    label="LiteLLM proxy",
    source=READ,
    takes=frozenset({"prompt", "n", "quality", "output_format", "output_compression", "background", "moderation"}),
    edits=True,
    mask="alpha",
    auto_size=True,
    response_format=False,
    created=1677610602,
    headers=("x-litellm-",),
    note="Model names are the proxy's own.",
)
LEMONADE = Server(
    id="lemonade",
    label="Lemonade",
    source=READ,
    takes=frozenset({"prompt"}),
    most_images=1,
    edits=True,
    edit_takes=frozenset({"n"}),
    most_edits=10,
    mask="white",
    variations=True,
    ports=(13305,),
    marks=("image_defaults",),
    note="Without acceleration one image takes minutes.",
)
GENERIC = Server(
    id="generic",
    label="A server of unknown kind",
    source="assumed",
    note="Treated as prompt-only. If it can do more, choose its kind in Settings.",
)

PRESETS: dict[str, Server] = {
    server.id: server
    for server in (OPENAI, DEMO, LIKE_OPENAI, AZURE, LOCALAI, SD_CPP, VLLM, SGLANG, LITELLM, LEMONADE, GENERIC)
}

KINDS = {name: server for name, server in PRESETS.items() if server not in {OPENAI, DEMO}}  # what one may be said to be


@dataclass(frozen=True)
class Account:
    """Where to draw and in whose name. The key never shows in a repr.

    ``recognised`` says that the kind of server was guessed and may be guessed better once its model list is read;
    ``public_only`` that requests must stay out of the playground's own network; ``route`` is their way out.
    """

    base_url: str = OPENAI_URL
    key: str = field(default="", repr=False)
    organization: str | None = None
    project: str | None = None
    server: Server = OPENAI
    recognised: bool = True
    public_only: bool = False
    route: Route = DIRECT

    @property
    def name(self) -> str:
        """The engine as people read it: OpenAI, the demo, or "Compatible: <host>"."""
        return self.server.label if self.server.id in OWN else f"Compatible: {urlsplit(self.base_url).netloc}"


def recognise(
    base_url: str, models: Iterable[Mapping[str, Any]] | None = None, headers: Collection[str] = ()
) -> Server:
    """The kind of server at ``base_url``, by its address and, once read, its model list.

    ``models`` are the entries of its ``/v1/models``, ``headers`` the names of that answer's headers in small letters.
    """
    address = urlsplit(base_url)
    host = address.hostname or ""
    entries = list(models or ())
    ids = {str(entry.get("id")) for entry in entries}
    owners = {str(entry.get("owned_by", "")).lower() for entry in entries}
    named = {name for entry in entries for name in entry}
    made = {entry.get("created") for entry in entries if isinstance(entry.get("created"), int | None)}
    for server in PRESETS.values():
        by_host = any(host == known or (known.startswith(".") and host.endswith(known)) for known in server.hosts)
        if named & set(server.marks) or any(name.startswith(server.headers) for name in headers if server.headers):
            return server
        if by_host or address.port in server.ports or ids & set(server.ids) or owners & set(server.owners):
            return server
        if server.created and made == {server.created}:
            return server
    return LIKE_OPENAI if ids & set(MODELS) else GENERIC


def drawing_ids(server: Server, ids: Iterable[str]) -> tuple[str, ...]:
    """Which of the ids a server lists may draw: OpenAI lists all its models, a local server mostly what it serves."""
    return tuple(name for name in ids if not server.retires or name in MODELS or "image" in name)


LONGEST_LIST, LONGEST_ID = 5000, 200  # entries and characters that are read of a server's model list


@dataclass(frozen=True)
class Listing:
    """What a server says it has: the entries of its ``/v1/models``, or why they could not be read."""

    entries: tuple[Mapping[str, Any], ...] = ()
    error: TriptychError | None = None
    headers: frozenset[str] = frozenset()  # the names of the answer's headers, in small letters

    @classmethod
    def of(cls, entries: Iterable[Mapping[str, Any]], headers: Iterable[str] = ()) -> "Listing":
        """What of ``entries`` can be offered: each with an id that can be shown, none twice."""
        named = {entry["id"]: entry for entry in itertools.islice(entries, LONGEST_LIST) if _is_id(entry.get("id"))}
        return cls(tuple(named.values()), headers=frozenset(map(str.lower, headers)))

    def shows(self, base_url: str) -> Server:
        """The kind of server that the list shows the one at ``base_url`` to be."""
        return recognise(base_url, self.entries, self.headers)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids in the server's order."""
        return tuple(str(entry["id"]) for entry in self.entries)

    def shuts_down(self, model_id: str) -> date | None:
        """The day on which the server says the model ends, None where it says none."""
        said = next((entry.get("shutdown_date") for entry in self.entries if entry["id"] == model_id), None)
        try:
            return date.fromisoformat(said) if isinstance(said, str) else None
        except ValueError:
            return None


def _is_id(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text) <= LONGEST_ID and text.isprintable() and text == text.strip()
