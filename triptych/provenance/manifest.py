"""A file's manifest as values: who signed, what was done, from what it was made. All texts are the file's own words."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

LONGEST = 300  # characters of one text that are kept
MOST = 50  # actions and ingredients of one manifest
LONGEST_URL = 2000
VOUCHED = ("signingCredential.", "claimSignature.")
DEEPEST = 6  # generations of ingredients
MOST_MANIFESTS = 100  # in all: a hostile file may name one again and again


@dataclass(frozen=True)
class Certificate:
    """One of a signature's chain; names as RFC 4514 writes them, times in ISO 8601, the serial number in hex."""

    subject: str
    issuer: str
    serial: str
    begins: str
    ends: str


@dataclass(frozen=True)
class Action:
    """One step: "c2pa.created", the software, when (ISO 8601), and the last part of its digital source type's URL."""

    name: str
    software: str
    when: str
    source: str

    @property
    def label(self) -> str:
        """ "c2pa.color_adjustments" as "Color adjustments"."""
        words = self.name.rpartition(".")[2].replace("_", " ").strip()
        return words[:1].upper() + words[1:] or "Unnamed step"


@dataclass(frozen=True)
class Ingredient:
    """What it was made from. ``failures`` are the codes that were found when it was added, as the manifest says.

    ``manifest`` is its own, None where it has none or the file does not hold it.
    """

    title: str
    relationship: str
    format: str
    thumbnail: bytes | None
    failures: tuple[str, ...]
    manifest: "Manifest | None"


@dataclass(frozen=True)
class Manifest:
    """One manifest. ``time`` is its signature's time stamp, "" without one; ``chain`` begins at the signer."""

    title: str
    signer: str
    name: str
    software: str
    time: str
    actions: tuple[Action, ...]
    ingredients: tuple[Ingredient, ...]
    chain: tuple[Certificate, ...]
    thumbnail: bytes | None

    def sources(self) -> Iterator[str]:
        """The digital source types that its own actions name."""
        yield from (action.source for action in self.actions if action.source)

    def ancestors(self) -> Iterator["Manifest"]:
        """The manifests of what it was made from, and of what that was made from."""
        for ingredient in self.ingredients:
            if ingredient.manifest:
                yield ingredient.manifest
                yield from ingredient.manifest.ancestors()


@dataclass(frozen=True)
class Inspection:
    """What was found in a file of ``label`` (like PNG) and this SHA-256.

    ``successes`` and ``failures`` are the standard's codes; ``inherited`` are failures of ingredients that were not
    there yet when they were added. ``listed`` says whether a trust list was at hand. ``raw`` is the manifest store as
    JSON; ``url`` is where the manifest is kept instead, which nobody has asked.
    """

    state: Literal["read", "none", "elsewhere"]
    label: str
    media_type: str
    sha256: str
    listed: bool = False
    manifest: Manifest | None = None
    successes: frozenset[str] = frozenset()
    failures: tuple[str, ...] = ()
    inherited: tuple[str, ...] = ()
    raw: str = ""
    url: str = ""


class Store:
    """The manifests of one file, read out of what the child told. Every value in it may be of any kind."""

    def __init__(self, told: Mapping[str, Any], store: Mapping[str, Any]) -> None:
        self._manifests = _mapping(store.get("manifests"))
        self._chains, self._thumbnails = _mapping(told.get("chains")), _mapping(told.get("thumbnails"))
        self._active = text(store.get("active_manifest"))
        self._results = _mapping(store.get("validation_results"))
        self._left = MOST_MANIFESTS

    def active(self) -> Manifest | None:
        """The manifest that speaks for the file."""
        return self._manifest(self._active, 0)

    def codes(self, kind: str) -> Iterator[str]:
        """The codes of this kind, "success" or "failure", for the file's own manifest.

        That a signature or its issuer is right counts where it is said of this very manifest.
        """
        for code, where in _codes(_mapping(self._results.get("activeManifest")), kind):
            if kind != "success" or not code.startswith(VOUCHED) or f"/{self._active}/" in where:
                yield code

    def inherited(self) -> Iterator[str]:
        """The failures of ingredients that are new since they were added."""
        for delta in _whole(self._results.get("ingredientDeltas")):
            yield from (code for code, _ in _codes(_mapping(_mapping(delta).get("validationDeltas")), "failure"))

    def _manifest(self, label: str, depth: int) -> Manifest | None:
        said = self._manifests.get(label)
        if not isinstance(said, Mapping) or depth > DEEPEST or self._left <= 0:
            return None
        self._left -= 1
        signature = _mapping(said.get("signature_info"))
        return Manifest(
            text(said.get("title")),
            text(signature.get("issuer")),
            text(signature.get("common_name")),
            _generator(said),
            text(signature.get("time")),
            tuple(_actions(said)),
            tuple(self._ingredient(_mapping(each), depth) for each in _list(said.get("ingredients"))),
            tuple(_certificate(_mapping(each)) for each in _list(self._chains.get(label))),
            self._thumbnail(said),
        )

    def _ingredient(self, said: Mapping[str, Any], depth: int) -> Ingredient:
        results = _mapping(_mapping(said.get("validation_results")).get("activeManifest"))
        return Ingredient(
            text(said.get("title")),
            text(said.get("relationship")),
            text(said.get("format")),
            self._thumbnail(said),
            tuple(dict.fromkeys(code for code, _ in _codes(results, "failure"))),
            self._manifest(text(said.get("active_manifest")), depth + 1),
        )

    def _thumbnail(self, said: Mapping[str, Any]) -> bytes | None:
        found = self._thumbnails.get(text(_mapping(said.get("thumbnail")).get("identifier"), 1000))
        try:
            return base64.b64decode(found, validate=True) if isinstance(found, str) else None
        except binascii.Error:
            return None


def text(value: Any, longest: int = LONGEST) -> str:
    """A text as one line without what cannot be seen, which may turn the rest around; "" for what is none."""
    if not isinstance(value, str):
        return ""
    return " ".join("".join(c if c.isprintable() else " " for c in value[: 4 * longest]).split())[:longest]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    """The first of a list: what is shown. What is judged by is taken whole."""
    return _whole(value)[:MOST]


def _whole(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _codes(results: Mapping[str, Any], kind: str) -> Iterator[tuple[str, str]]:
    """Every code of that kind, and what it is said of."""
    for each in _whole(results.get(kind)):
        if code := text(_mapping(each).get("code")):
            yield code, text(_mapping(each).get("url"), LONGEST_URL)


def _named(value: Any) -> str:
    """Software: a name, or a name with its version."""
    said = _mapping(value)
    return " ".join(filter(None, (text(said.get("name")), text(said.get("version"))))) if said else text(value)


def _generator(said: Mapping[str, Any]) -> str:
    names = [_named(each) for each in _list(said.get("claim_generator_info"))]
    return ", ".join(filter(None, names)) or text(said.get("claim_generator"))


def _actions(said: Mapping[str, Any]) -> Iterator[Action]:
    for assertion in _list(said.get("assertions")):
        if text(_mapping(assertion).get("label")).startswith("c2pa.actions"):
            for each in _list(_mapping(_mapping(assertion).get("data")).get("actions")):
                one = _mapping(each)
                source = text(one.get("digitalSourceType")).rstrip("/").rpartition("/")[2]
                yield Action(text(one.get("action")), _named(one.get("softwareAgent")), text(one.get("when")), source)


def _certificate(said: Mapping[str, Any]) -> Certificate:
    return Certificate(*(text(said.get(name)) for name in ("subject", "issuer", "serial", "begins", "ends")))
