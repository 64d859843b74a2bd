"""Reading a file nobody vouches for: bounded, asking nobody, and every file has its typed answer."""

import io
import random
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from c2pa import C2paError, Context, Reader, Settings

from tests.serving import answering
from tests.triptych.provenance.signing import CLAIM_SIGNING, Authority, claim, flipped, plain, signed, store_of
from triptych.errors import BadFile, InvalidSetting, Refused
from triptych.provenance import Inspection, inspect, kind_of, reading, trust_list
from triptych.provenance.manifest import Store
from triptych.settings import settings

KNOWN = Authority()
TRUSTED = {"trust_config": CLAIM_SIGNING.dotted_string}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000053 00000 n \n"
    b"trailer<</Size 3/Root 1 0 R>>\nstartxref\n99\n%%EOF"
)


@cache
def whole() -> bytes:
    """A signed PNG."""
    return signed(KNOWN)


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """A server's address, and each path that anybody asks it for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    with answering(Handler) as address:
        yield address, asked


def test_nobody_is_asked_for_a_manifest_that_is_kept_elsewhere() -> None:
    with listening() as (address, asked):
        file = signed(KNOWN, remote=f"{address}/kept.c2pa")

        found = inspect(file)

        assert ("elsewhere", f"{address}/kept.c2pa") == (found.state, found.url)
        assert [] == asked
        with pytest.raises(C2paError):  # as the library reads by itself, it asks whoever the file names
            Reader("image/png", io.BytesIO(file))
        assert ["/kept.c2pa"] == asked


def test_nobody_is_asked_whether_a_certificate_was_withdrawn() -> None:
    with listening() as (address, asked):
        by = Authority(asked_at=f"{address}/ocsp")
        file, anchors = signed(by), by.anchors.decode()

        found = inspect(file, anchors)

        assert "signingCredential.trusted" in found.successes
        assert [] == asked
        asking = Context(
            Settings.from_dict({"verify": {"ocsp_fetch": True}, "trust": TRUSTED | {"trust_anchors": anchors}})
        )
        Reader("image/png", io.BytesIO(file), context=asking)
        assert 1 == len(asked)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (bytes(400 << 20), "400 MB; the limit is 100 MB"),
        (b"hello, world", "Choose one of PNG"),
        (b"BM" + bytes(60), "Choose one of PNG"),
        (b"%PDF-1.4\n%%EOF", "damaged"),
        (b"<svg", "damaged"),
    ],
    ids=["zero bytes", "400 MB", "text", "BMP", "a torn PDF", "a torn SVG"],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(data: bytes, said: str) -> None:
    with pytest.raises(BadFile, match=said):
        inspect(data)


@pytest.mark.parametrize("part", [0.3, 0.6, 0.99])
def test_a_part_of_a_file_is_refused_as_damaged(part: float) -> None:
    with pytest.raises(BadFile, match="damaged"):
        inspect(whole()[: int(len(whole()) * part)])


@pytest.mark.parametrize(
    "data", [plain("GIF"), SVG, PDF, plain("TIFF"), plain("AVIF")], ids=["GIF", "SVG", "PDF", "TIFF", "AVIF"]
)
def test_files_of_other_kinds_are_read_too(data: bytes) -> None:
    assert "none" == inspect(data).state


@pytest.mark.parametrize(
    ("data", "label"),
    [(whole, "PNG"), (lambda: PDF, "PDF"), (lambda: b"\xef\xbb\xbf <?xml version='1.0'?>" + SVG, "SVG"), (bytes, None)],
    ids=["PNG", "PDF", "SVG", "nothing"],
)
def test_a_kind_is_told_by_content(data: object, label: str | None) -> None:
    kind = kind_of(data())  # type: ignore[operator]

    assert label == (kind and kind.label)


@pytest.mark.parametrize("seed", range(6))
def test_a_manifest_of_which_bytes_were_turned_has_a_typed_answer(seed: int) -> None:
    dice, data = random.Random(seed), whole()
    start, end = store_of(data)
    for _ in range(20):
        data = flipped(data, dice.randrange(start, end))

    try:
        answer: object = inspect(data)
    except BadFile as refused:
        answer = refused

    assert isinstance(answer, Inspection | BadFile)


def test_what_a_hostile_manifest_says_is_text_of_a_bounded_length() -> None:
    claims = claim() | {"title": "<script>" + "A" * 100_000}
    claims["claim_generator_info"][0]["name"] = "x\u202e\n" * 1000

    found = inspect(signed(KNOWN, claims=claims)).manifest

    assert found is not None
    assert found.title.startswith("<script>A")
    assert 300 == len(found.title)
    assert {"x", " "} >= set(found.software.removesuffix(" 4.2"))  # nothing that turns the text around


def test_a_failure_counts_wherever_in_the_list_it_stands() -> None:
    fine = {"validationDeltas": {"failure": []}}
    spoilt = {"validationDeltas": {"failure": [{"code": "ingredient.manifest.mismatch"}]}}
    strange = [{"code": "signingCredential.untrusted"}] * 60
    results = {
        "activeManifest": {"failure": [*strange, {"code": "assertion.dataHash.mismatch"}]},
        "ingredientDeltas": [fine] * 60 + [spoilt],
    }

    store = Store({}, {"validation_results": results})

    assert "assertion.dataHash.mismatch" in set(store.codes("failure"))
    assert ["ingredient.manifest.mismatch"] == list(store.inherited())


def test_what_is_said_of_another_manifest_vouches_for_none() -> None:
    said = [{"code": "signingCredential.trusted", "url": "self#jumbf=/c2pa/urn:c2pa:other/c2pa.signature"}]
    store = {"active_manifest": "urn:c2pa:mine", "validation_results": {"activeManifest": {"success": said}}}

    assert [] == list(Store({}, store).codes("success"))


def test_a_manifest_that_names_itself_as_its_ingredient_ends_somewhere() -> None:
    own = {"ingredients": [{"active_manifest": "urn:me"}] * 50}

    found = Store({}, {"active_manifest": "urn:me", "manifests": {"urn:me": own}}).active()

    assert found is not None
    assert 100 > len(list(found.ancestors()))


def test_reading_ends_at_its_bound_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SECONDS", 0.001)  # no process is so quick

    with pytest.raises(BadFile, match="was stopped"):
        inspect(whole())


@pytest.mark.parametrize(("bound", "most"), [("MEMORY", 1 << 20), ("MOST_TOLD", 1000)])
def test_reading_ends_at_its_bounds_of_memory_and_of_what_is_told(
    bound: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, bound, most)

    with pytest.raises(BadFile, match="was stopped"):
        inspect(whole())


def test_who_reads_has_no_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    teller = tmp_path / "teller.py"
    teller.write_text('import json, os\nprint(json.dumps({"state": "elsewhere", "url": " ".join(os.environ)}))')
    monkeypatch.setattr(reading, "CHILD", teller)

    told = inspect(whole()).url

    assert "PATH" in told
    assert "OPENAI_API_KEY" not in told


def test_a_third_file_waits_its_turn_and_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PATIENCE", 0.0)
    for _ in range(reading.AT_ONCE):
        reading._turns.acquire()
    try:
        with pytest.raises(Refused, match="Try again in a moment"):
            inspect(whole())
    finally:
        for _ in range(reading.AT_ONCE):
            reading._turns.release()


def test_the_trust_list_is_a_file_of_the_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "trusted.pem"
    file.write_bytes(KNOWN.anchors)
    assert "" == trust_list()
    monkeypatch.setenv("TRIPTYCH_TRUST_LIST", str(file))
    settings.cache_clear()

    assert KNOWN.anchors.decode() == trust_list()


@pytest.mark.parametrize(
    "content", [None, b"", b"\xff\xfe", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"]
)
def test_a_trust_list_that_cannot_be_used_is_named(
    content: bytes | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "trusted.pem"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("TRIPTYCH_TRUST_LIST", str(file))
    settings.cache_clear()

    with pytest.raises(InvalidSetting, match="TRIPTYCH_TRUST_LIST"):
        trust_list()
