"""Images signed on the spot, damaged in each way there is, and the three verdicts on them; a second reader agrees."""

import io
import json
from collections.abc import Callable, Iterator
from functools import cache

import encypher_c2pa
import pytest
from PIL import Image

from tests.triptych.provenance.signing import (
    IPTC,
    TITLE,
    Authority,
    claim,
    content,
    expired,
    flipped,
    orphaned,
    plain,
    signed,
)
from triptych.engine.manifest import signed as signed_by_the_demo
from triptych.provenance import (
    Integrity,
    Issuer,
    Origin,
    inspect,
    integrity,
    issuer,
    origin,
    verdicts,
    without_metadata,
)

KNOWN = Authority()
STRANGER = Authority("Somebody Else")
LIST = KNOWN.anchors.decode()


@cache
def parent() -> bytes:
    """A signed PNG."""
    return signed(KNOWN)


@pytest.fixture(autouse=True)
def the_other_tells_nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """The second implementation writes down, when asked, that it reports nothing; it does so into a folder of ours."""
    for name in ("HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))


def second_opinion(data: bytes, media_type: str) -> tuple[bool, bool]:
    """Whether another implementation of the standard finds a manifest, and all in it to match."""
    said = encypher_c2pa.verify(data, media_type, trust_pem=LIST, no_default_trust=True, telemetry=False, online=False)
    return said["present"], said["integrity"] == "valid"


def pixel_flipped(form: str) -> bytes:
    """An image of that format whose pixels were changed by one bit after it was signed."""
    data = signed(KNOWN, form)
    if form == "WEBP":  # its manifest comes last
        return flipped(data, data.index(b"C2PA") - 200)
    return flipped(data, len(data) - 200)


def reencoded() -> bytes:
    out = io.BytesIO()
    Image.open(io.BytesIO(parent())).save(out, "PNG")
    return out.getvalue()


def claim_edited() -> bytes:
    start, end = content(parent(), "c2pa.claim.v2")
    return flipped(parent(), start + parent()[start:end].index(b"lighthouse"))


def declaration_edited() -> bytes:
    start, end = content(parent(), "c2pa.actions.v2")
    return flipped(parent(), start + parent()[start:end].index(b"trained"))


CASES: dict[str, tuple[Callable[[], bytes], Integrity, Issuer, Origin]] = {
    "a signed PNG": (lambda: signed(KNOWN), Integrity.INTACT, Issuer.KNOWN, Origin.AI),
    "a signed JPEG": (lambda: signed(KNOWN, "JPEG"), Integrity.INTACT, Issuer.KNOWN, Origin.AI),
    "a signed WebP": (lambda: signed(KNOWN, "WEBP"), Integrity.INTACT, Issuer.KNOWN, Origin.AI),
    "a PNG of which a bit was flipped": (lambda: pixel_flipped("PNG"), Integrity.CHANGED, Issuer.KNOWN, Origin.AI),
    "a JPEG of which a bit was flipped": (lambda: pixel_flipped("JPEG"), Integrity.CHANGED, Issuer.KNOWN, Origin.AI),
    "a WebP of which a bit was flipped": (lambda: pixel_flipped("WEBP"), Integrity.CHANGED, Issuer.KNOWN, Origin.AI),
    "an edited claim": (claim_edited, Integrity.CHANGED, Issuer.KNOWN, Origin.AI),
    "an edited declaration": (declaration_edited, Integrity.CHANGED, Issuer.KNOWN, Origin.OTHER),
    "a stripped image": (lambda: without_metadata(parent()), Integrity.ABSENT, Issuer.ABSENT, Origin.ABSENT),
    "a re-encoded image": (reencoded, Integrity.ABSENT, Issuer.ABSENT, Origin.ABSENT),
    "an expired certificate": (lambda: expired(parent(), KNOWN), Integrity.INTACT, Issuer.EXPIRED, Origin.AI),
    "an issuer not on the list": (lambda: signed(STRANGER), Integrity.INTACT, Issuer.UNKNOWN, Origin.AI),
    "an image made from another": (
        lambda: signed(KNOWN, parents={"parent.png": parent()}, claims=claim(None, "c2pa.edited")),
        Integrity.INTACT,
        Issuer.KNOWN,
        Origin.FROM_AI,
    ),
    "an ingredient whose manifest is missing": (
        lambda: orphaned(signed(KNOWN, parents={"parent.png": parent()})),
        Integrity.INCOMPLETE,
        Issuer.KNOWN,
        Origin.AI,
    ),
    "an ingredient without a manifest": (
        lambda: signed(KNOWN, parents={"plain.png": plain()}, claims=claim(None, "c2pa.edited")),
        Integrity.INTACT,
        Issuer.KNOWN,
        Origin.SILENT,
    ),
    "a photograph": (
        lambda: signed(KNOWN, claims=claim(f"{IPTC}digitalCapture")),
        Integrity.INTACT,
        Issuer.KNOWN,
        Origin.CAMERA,
    ),
    "a composite": (
        lambda: signed(KNOWN, claims=claim(f"{IPTC}compositeWithTrainedAlgorithmicMedia")),
        Integrity.INTACT,
        Issuer.KNOWN,
        Origin.PARTLY_AI,
    ),
}


@pytest.mark.parametrize(("make", "intact", "by", "made"), CASES.values(), ids=CASES)
def test_each_file_has_its_three_verdicts_and_a_second_reader_agrees(
    make: Callable[[], bytes], intact: Integrity, by: Issuer, made: Origin
) -> None:
    data = make()
    found = inspect(data, LIST)

    assert (intact, by, made) == (integrity(found), issuer(found), origin(found))
    assert (intact is not Integrity.ABSENT, intact is Integrity.INTACT) == second_opinion(data, found.media_type)


@pytest.mark.parametrize("by", [KNOWN, STRANGER], ids=["known", "stranger"])
def test_without_a_trust_list_an_issuer_is_not_checked_and_never_unknown(by: Authority) -> None:
    found = inspect(signed(by))

    assert Issuer.NOT_CHECKED is issuer(found)
    assert "unknown" not in " ".join(f"{each.answer} {each.why}" for each in verdicts(found)).lower()


def test_an_expired_certificate_and_a_strange_issuer_are_said_not_to_be_a_change() -> None:
    for data in (expired(parent(), KNOWN), signed(STRANGER)):
        whole, by, _ = verdicts(inspect(data, LIST))

        assert "Intact" == whole.answer
        assert by.why.endswith("This does not mean that the image was changed.")


def test_a_changed_file_keeps_its_issuer_and_its_declaration_is_doubted() -> None:
    whole, by, made = verdicts(inspect(pixel_flipped("PNG"), LIST))

    assert ("Changed after signing", "bad") == (whole.answer, whole.tone)
    assert "assertion.dataHash.mismatch" in whole.why
    assert "Known issuer" == by.answer
    assert made.why.endswith("The declaration cannot be relied on, since the file was changed.")


def test_no_manifest_proves_nothing() -> None:
    whole, _, made = verdicts(inspect(plain()))

    assert "No manifest" == whole.answer
    assert "proves nothing" in whole.why
    assert "does not mean that a person made it" in made.why


def test_what_the_demo_makes_says_that_no_ai_made_it() -> None:
    found = inspect(signed_by_the_demo(plain(), "image/png"))

    assert (Integrity.INTACT, Issuer.NOT_CHECKED, Origin.SOFTWARE) == (integrity(found), issuer(found), origin(found))
    assert Origin.SYNTHETIC is origin(inspect(signed_by_the_demo(plain(), "image/png", edited=True)))


def test_the_manifest_is_told_with_its_signer_software_steps_chain_and_tree() -> None:
    found = inspect(signed(KNOWN, parents={"parent.png": parent()}), LIST).manifest
    assert found is not None

    assert (TITLE, "Lighthouse Labs", "Lighthouse Studio 4.2") == (found.title, found.signer, found.software)
    assert [("Created", "gpt-image 2.6", "trainedAlgorithmicMedia")] == [
        (each.label, each.software, each.source) for each in found.actions
    ]
    assert ["O=Lighthouse Labs", "O=Lighthouse Labs Root"] == [each.subject.split(",")[-1] for each in found.chain]
    (only,) = found.ingredients
    assert ("parent.png", "parentOf", "image/png") == (only.title, only.relationship, only.format)
    assert only.thumbnail is not None
    assert "JPEG" == Image.open(io.BytesIO(only.thumbnail)).format
    assert only.manifest is not None
    assert "Lighthouse Labs" == only.manifest.signer


def test_the_raw_manifest_store_is_json() -> None:
    found = inspect(parent())

    assert json.loads(found.raw)["active_manifest"].startswith("urn:c2pa:")


@pytest.fixture(scope="module", autouse=True)
def nothing_is_left_running() -> Iterator[None]:
    yield
    from triptych.provenance import reading

    taken = [reading._turns.acquire(blocking=False) for _ in range(reading.AT_ONCE)]
    assert all(taken)
    for _ in taken:
        reading._turns.release()
