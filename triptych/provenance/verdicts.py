"""Three verdicts on a file, kept apart: is it intact, is its issuer known, does it say that AI made it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from triptych.provenance.manifest import Inspection, Manifest

HARD_BINDINGS = frozenset(f"assertion.{kind}Hash.match" for kind in ("data", "bmff", "boxes", "collection"))
SIGNED = "claimSignature.validated"
TRUSTED = "signingCredential.trusted"
# Failures that say something of the signer's certificate and nothing of the file.
ISSUER = ("signingCredential.", "timeStamp.", "claimSignature.outsideValidity")
EXPIRED = frozenset({"signingCredential.expired", "claimSignature.outsideValidity"})
REVOKED = frozenset({"signingCredential.revoked", "signingCredential.ocsp.revoked"})
UNSUITABLE = "signingCredential.invalid"
CHANGED = ("mismatch", "unknownBox", "incorrectFileCount")
MISSING = ("ingredient.manifest.missing", "ingredient.claimSignature.missing", "assertion.inaccessible")

# IPTC's digital source types by what they say, https://cv.iptc.org/newscodes/digitalsourcetype
AI = frozenset({"trainedAlgorithmicMedia", "trainedAlgorithmicData"})
PARTLY_AI = frozenset({"compositeWithTrainedAlgorithmicMedia"})
SYNTHETIC = frozenset({"compositeSynthetic"})  # by AI or by rules: its definition and its newer name differ in that
SOFTWARE = frozenset({"algorithmicMedia", "algorithmicallyEnhanced", "virtualRecording", "screenCapture"})
CAMERA = frozenset({"digitalCapture", "computationalCapture", "negativeFilm", "positiveFilm", "print"})
WORDS = {
    "trainedAlgorithmicMedia": "created by a trained AI model",
    "compositeWithTrainedAlgorithmicMedia": "a composite with parts by a trained AI model",
    "compositeSynthetic": "a composite with synthetic elements, by AI or by rules",
    "algorithmicMedia": "created by rules, without a trained model",
    "digitalCapture": "captured by a camera",
    "computationalCapture": "captured by a camera and computed from several shots",
    "digitalCreation": "created by a person with digital tools",
    "humanEdits": "edited by a person",
    "screenCapture": "a screenshot",
}

STRIPPED = "Screenshots, re-encoding and many platforms remove manifests, so this proves nothing about the origin."


class Integrity(Enum):
    """Whether hashes and signature match what the file holds."""

    INTACT = "Intact"
    CHANGED = "Changed after signing"
    INCOMPLETE = "Intact, but its history is incomplete"
    UNCONFIRMED = "Cannot be confirmed"
    ABSENT = "No manifest"
    ELSEWHERE = "Manifest stored elsewhere"


class Issuer(Enum):
    """Whether the signer is one of the trust list."""

    KNOWN = "Known issuer"
    UNKNOWN = "Unknown issuer"
    NOT_CHECKED = "Issuer not checked"
    EXPIRED = "Expired certificate"
    REVOKED = "Revoked certificate"
    UNSUITABLE = "Unsuitable certificate"
    ABSENT = "No issuer"


class Origin(Enum):
    """What the manifest declares of how the image was made."""

    AI = "Declares: made by AI"
    PARTLY_AI = "Declares: partly made by AI"
    SYNTHETIC = "Declares: partly synthetic"
    FROM_AI = "Declares: made from an AI image"
    SOFTWARE = "Declares: made by software, not by AI"
    CAMERA = "Declares: made by a camera or scanner"
    OTHER = "Declares another origin"
    SILENT = "Declares nothing"
    ABSENT = "No declaration"


@dataclass(frozen=True)
class Verdict:
    """One answer in words: the question it answers, the answer, why, and how it is to be taken."""

    question: str
    answer: str
    why: str
    tone: Literal["good", "bad", "doubt", "plain"]


def integrity(found: Inspection) -> Integrity:
    """Judged by the codes for the file and its ingredients; intact only where signature and hash were seen to match."""
    if found.state != "read":
        return Integrity.ABSENT if found.state == "none" else Integrity.ELSEWHERE
    failures = [code for code in (*found.failures, *found.inherited) if not code.startswith(ISSUER)]
    if any(code.endswith(CHANGED) for code in failures):
        return Integrity.CHANGED
    seen = SIGNED in found.successes and found.successes & HARD_BINDINGS
    if not seen or any(code not in MISSING for code in failures):
        return Integrity.UNCONFIRMED
    return Integrity.INCOMPLETE if failures else Integrity.INTACT


def issuer(found: Inspection) -> Issuer:
    """Judged by the signer's own certificate; without a trust list nobody is called unknown."""
    if found.state != "read":
        return Issuer.ABSENT
    failures = set(found.failures)
    if failures & REVOKED:
        return Issuer.REVOKED
    if failures & EXPIRED:
        return Issuer.EXPIRED
    if UNSUITABLE in failures:
        return Issuer.UNSUITABLE
    if not found.listed:
        return Issuer.NOT_CHECKED
    return Issuer.KNOWN if TRUSTED in found.successes else Issuer.UNKNOWN


def origin(found: Inspection) -> Origin:
    """What the file's own manifest declares; where it says nothing of AI, what those of its ingredients do."""
    if found.manifest is None:
        return Origin.ABSENT
    own = set(found.manifest.sources())
    inherited = {source for each in found.manifest.ancestors() for source in each.sources()}
    for said, sources in ((Origin.AI, AI), (Origin.PARTLY_AI, PARTLY_AI), (Origin.SYNTHETIC, SYNTHETIC)):
        if own & sources:
            return said
    if inherited & (AI | PARTLY_AI):
        return Origin.FROM_AI
    for said, sources in ((Origin.SOFTWARE, SOFTWARE), (Origin.CAMERA, CAMERA)):
        if own & sources:
            return said
    return Origin.OTHER if own else Origin.SILENT


def verdicts(found: Inspection) -> tuple[Verdict, Verdict, Verdict]:
    """The three in words, each by itself: a changed file may have a known issuer, and an intact one an unknown one."""
    return _integrity_in_words(found), _issuer_in_words(found), _origin_in_words(found)


def _integrity_in_words(found: Inspection) -> Verdict:
    is_it = integrity(found)
    why = {
        Integrity.INTACT: "The signature and all hashes match: nothing was changed since it was signed.",
        Integrity.CHANGED: f"The file differs from what was signed ({_codes(found)}).",
        Integrity.INCOMPLETE: "The image and its own manifest match. The manifest of something it was made from is "
        "not in the file.",
        Integrity.UNCONFIRMED: f"The signature or the hashes could not be checked ({_codes(found)}). That does not "
        "show a change.",
        Integrity.ABSENT: f"This {found.label} file carries no C2PA manifest. {STRIPPED}",
        Integrity.ELSEWHERE: "The file contains only the address of its manifest. Triptych opens no address from a "
        "file, so nothing was checked.",
    }[is_it]
    tones = {Integrity.INTACT: "good", Integrity.CHANGED: "bad", Integrity.ABSENT: "plain"}
    return Verdict("Intact?", is_it.value, why, tones.get(is_it, "doubt"))  # type: ignore[arg-type]


def _codes(found: Inspection) -> str:
    codes = [code for code in (*found.failures, *found.inherited) if not code.startswith(ISSUER)]
    return ", ".join(dict.fromkeys(codes)) or "no code was given"


def _issuer_in_words(found: Inspection) -> Verdict:
    who, manifest = issuer(found), found.manifest
    name = (manifest.signer or manifest.name if manifest else "") or "An issuer without a name"
    ended = next((f" on {each.ends[:10]}" for each in manifest.chain), "") if manifest else ""
    not_changed = "This does not mean that the image was changed."
    why = {
        Issuer.KNOWN: f"{name} is on the trust list.",
        Issuer.UNKNOWN: f"{name} is not on the trust list. {not_changed}",
        Issuer.NOT_CHECKED: f"The signature names {name}. No trust list is set, so anyone may have signed with this "
        "name. Set one with TRIPTYCH_TRUST_LIST.",
        Issuer.EXPIRED: f"{name} signed with a certificate that expired{ended}, and no timestamp shows that it signed "
        f"before then. {not_changed}",
        Issuer.REVOKED: f"The certificate of {name} was revoked.",
        Issuer.UNSUITABLE: f"The certificate of {name} is not meant for signing images. {not_changed}",
        Issuer.ABSENT: "Nothing in the file is signed.",
    }[who]
    tones = {Issuer.KNOWN: "good", Issuer.REVOKED: "bad", Issuer.NOT_CHECKED: "plain", Issuer.ABSENT: "plain"}
    return Verdict("Known issuer?", who.value, why, tones.get(who, "doubt"))  # type: ignore[arg-type]


def _origin_in_words(found: Inspection) -> Verdict:
    said = origin(found)
    if found.manifest is None:
        return Verdict(
            "AI-made?", said.value, "Nothing is declared, which does not mean that a person made it.", "plain"
        )
    why = " ".join(_sources(found.manifest)) or "Its manifest does not say how it was made."
    doubt = {
        Integrity.CHANGED: " The declaration cannot be relied on, since the file was changed.",
        Integrity.UNCONFIRMED: " The declaration could not be checked.",
    }.get(integrity(found), " This is the signer's word.")
    return Verdict("AI-made?", said.value, why + doubt, "plain")


def _sources(manifest: Manifest) -> Iterator[str]:
    own = dict.fromkeys(map(_said, manifest.sources()))
    inherited = dict.fromkeys(_said(source) for each in manifest.ancestors() for source in each.sources())
    if own:
        yield f"Its manifest says: {'; '.join(own)}."
    if inherited:
        yield f"Of its sources it says: {'; '.join(inherited)}."


def _said(source: str) -> str:
    """A digital source type in words, with its own name."""
    return f"{WORDS[source]} ({source})" if source in WORDS else source
