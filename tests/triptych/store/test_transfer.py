"""Files in and out, on both homes; what is hostile or damaged is refused whole (TRUST.md F7)."""

import io
import json
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from tests.triptych.client.raw import png
from tests.triptych.masked import picture
from tests.triptych.store.drawn import REQUEST, draw, facts
from triptych.errors import BadFile
from triptych.results import Picture
from triptych.sidecar import read_sidecar
from triptych.store import Store, sidecar_of
from triptych.store.transfer import archive as module

DATA = png(64)
PICTURE = Picture(DATA, "png", 64, 64)


def zipped(**entries: bytes) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out


def pair(**more: Any) -> dict[str, bytes]:
    return {"a.png": DATA, "a.json": json.dumps(facts(PICTURE, **more)).encode()}


def nothing_came_of_it(store: Store) -> bool:
    return (0, []) == (store.history.search("local").total, list(store.files.place.names("originals")))


def test_what_is_exported_is_imported_elsewhere(store: Store, local: Store) -> None:
    records = [draw(store, "a", data=DATA), draw(store, "b", data=DATA), draw(store, "c", data=png(32))]
    out = io.BytesIO()
    count = store.transfer.export_zip("local", [record.id for record in records], out)

    imported = local.transfer.import_zip("ann", out)

    assert (3, 2, 1) == (count, len(imported.ids), imported.known)
    back = local.history.get("ann", imported.ids[0])
    assert back
    assert back.stored
    assert (REQUEST, records[0].usage, "import") == (back.request, back.usage, back.page)
    assert DATA == local.original(back.stored.sha256, "png")
    assert 0 == local.journal.money("month").spent
    assert 2 == local.transfer.import_zip("ann", out).known - imported.known


def test_what_it_was_made_from_goes_along_in_a_zip_file(store: Store, local: Store) -> None:
    parent = draw(store, "parent", data=DATA)
    assert parent.stored
    child = draw(store, "child", data=png(32), parents=(parent.stored.sha256,))
    out = io.BytesIO()
    store.transfer.export_zip("local", [parent.id, child.id], out)

    ids = local.transfer.import_zip("ann", out).ids

    back = {one.parents: one.id for one in local.history.search("ann").records}
    assert {(), (parent.stored.sha256,)} == set(back)
    assert set(ids) == set(back.values())
    ancestors, _ = local.history.lineage("ann", back[parent.stored.sha256,])
    assert [back[()]] == [one.id for one in ancestors]


def test_an_export_holds_originals_and_sidecars_under_names_of_their_own(store: Store) -> None:
    records = [draw(store, f"{n}", data=DATA) for n in range(2)]
    out = io.BytesIO()
    store.transfer.export_zip("local", [record.id for record in records], out)

    with zipfile.ZipFile(out) as archive:
        names = archive.namelist()
        stem = names[0].removesuffix(".png")
        assert [f"{stem}.png", f"{stem}.json", f"{stem}-2.png", f"{stem}-2.json"] == names
        assert DATA == archive.read(names[2])
        assert sidecar_of(records[1]) == read_sidecar(archive.read(names[3]))


def test_an_export_says_what_is_gone_and_holds_nothing_of_others(store: Store) -> None:
    gone, bobs = draw(store, "a"), draw(store, "b", owner="bob")
    assert gone.stored
    store.files.forget(gone.stored)
    out = io.BytesIO()

    assert 0 == store.transfer.export_zip("local", [gone.id, bobs.id, "nonsense"], out)
    with zipfile.ZipFile(out) as archive:
        assert ["missing.txt"] == archive.namelist()


def test_a_picture_and_its_sidecar_come_in_by_themselves(store: Store) -> None:
    sidecar = json.dumps(facts(PICTURE)).encode()

    with pytest.raises(BadFile, match=r"is missing\. Import both"):
        store.transfer.import_sidecar("local", sidecar)
    assert 1 == len(store.transfer.import_sidecar("local", sidecar, DATA).ids)
    assert 1 == store.transfer.import_sidecar("local", sidecar).known
    with pytest.raises(BadFile, match="not the one"):
        store.transfer.import_sidecar("local", sidecar, png(32))


NONSENSE = [
    b"{",
    b"[]",
    b"{}",
    b"\xff",
    b"[" * 100_000,
    *(
        json.dumps({**facts(PICTURE), **wrong}).encode()
        for wrong in (
            {"created": "yesterday"},
            {"created": "2026-11-23"},
            {"cost_usd": "-1"},
            {"cost_usd": "NaN"},
            {"cost_usd": "1e99"},
            {"cost_usd": [1]},
            {"request": {"model": 1, "prompt": "x"}},
            {"request": {}},
            {"parents": [1]},
            {"parents": 7},
            {"pictures": "many"},
        )
    ),
]


def test_a_sidecar_that_says_nonsense_is_refused(store: Store) -> None:
    for wrong in NONSENSE:
        with pytest.raises(BadFile):
            store.transfer.import_sidecar("local", wrong, DATA)
        assert nothing_came_of_it(store), wrong


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("link.png")
    info.external_attr = 0o120777 << 16
    return info


def with_entry(entry: "str | zipfile.ZipInfo", data: bytes = DATA) -> io.BytesIO:
    out = zipped(**pair())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(entry, data)
    return out


def locked() -> io.BytesIO:
    data = bytearray(zipped(**pair()).getvalue())
    at = data.index(b"PK\x01\x02") + 8
    data[at : at + 2] = struct.pack("<H", 1)
    return io.BytesIO(bytes(data))


HOSTILE: dict[str, Callable[[], io.BytesIO]] = {
    "up": lambda: with_entry("../a.png"),
    "up within": lambda: with_entry("a/../../b.png"),
    "absolute": lambda: with_entry("/etc/a.png"),
    "drive": lambda: with_entry("C:/a.png"),
    "backslash": lambda: with_entry("..\\a.png"),
    "link": lambda: with_entry(link(), b"/etc/passwd"),
    "bomb": lambda: with_entry("b.png", bytes(50 << 20)),
    "locked": locked,
    "no zip": lambda: io.BytesIO(DATA),
    "empty file": lambda: io.BytesIO(b""),
    "cut": lambda: io.BytesIO(zipped(**pair()).getvalue()[:-30]),
    "no picture": lambda: with_entry("b.png", b"not a picture"),
    "no preview": lambda: with_entry("b.png", picture(form="BMP")),
    "other sidecar": lambda: zipped(**{**pair(), "b.png": png(32), "b.json": pair()["a.json"]}),
    "nothing": lambda: zipped(**{"readme.txt": b"hello"}),
    "damaged": lambda: io.BytesIO(
        bytes(255 - b if at == 60 else b for at, b in enumerate(zipped(**pair()).getvalue()))
    ),
}


def test_a_hostile_or_damaged_zip_is_refused_whole(store: Store) -> None:
    for name, make in HOSTILE.items():
        with pytest.raises(BadFile):
            store.transfer.import_zip("local", make())
        assert nothing_came_of_it(store), name


def test_a_zip_of_too_many_entries_is_refused(local: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert 100_000 == module.MOST_ENTRIES
    monkeypatch.setattr(module, "MOST_ENTRIES", 1_000)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(module.MOST_ENTRIES + 1):
            archive.writestr(zipfile.ZipInfo(f"{number}"), b"")

    with pytest.raises(BadFile, match="1,001 entries"):
        local.transfer.import_zip("local", out)


@pytest.mark.parametrize(
    ("chunk", "text", "expected", "kept"),
    [
        (
            "parameters",
            "a fox\nin snow\nNegative prompt: dogs\nSteps: 20, Sampler: Euler a, Model: xl_v1, Seed: 7",
            ("a fox\nin snow", "xl_v1"),
            "Seed: 7",
        ),
        ("parameters", "a fox", ("a fox", "unknown"), ""),
        (
            "prompt",
            json.dumps(
                {
                    "3": {"class_type": "KSampler", "inputs": {"seed": 7, "positive": ["9", 0], "negative": ["7", 0]}},
                    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "xl.safetensors"}},
                    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox", "clip": ["4", 1]}},
                    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "dogs", "clip": ["4", 1]}},
                    "9": {"class_type": "Combine", "inputs": {"conditioning": ["6", 0]}},
                }
            ),
            ("a fox", "xl.safetensors"),
            '"seed": 7',
        ),
        (
            "invokeai_metadata",
            json.dumps({"positive_prompt": "a fox", "seed": 7, "model": {"name": "xl"}}),
            ("a fox", "xl"),
            '"seed": 7',
        ),
        (
            "sd-metadata",
            json.dumps({"model_weights": "sd", "image": {"prompt": [{"prompt": "a fox"}], "seed": 7}}),
            ("a fox", "sd"),
            '"seed": 7',
        ),
        ("prompt", "{", ("", "unknown"), ""),
        ("prompt", json.dumps({"1": {"inputs": {"positive": ["1", 0], "text": ["1", 0]}}}), ("", "unknown"), ""),
        ("Comment", "hello", ("", "unknown"), ""),
    ],
)
def test_what_other_programs_wrote_into_a_png_is_read_back(
    local: Store, chunk: str, text: str, expected: tuple[str, str], kept: str
) -> None:
    chunks = PngImagePlugin.PngInfo()
    chunks.add_itxt(chunk, text)
    out = io.BytesIO()
    Image.new("RGB", (48, 32)).save(out, "PNG", pnginfo=chunks)

    (taken,) = local.transfer.import_png("local", out.getvalue()).ids

    record = local.history.get("local", taken)
    assert record
    assert record.stored
    assert (*expected, "48x32") == (record.request.prompt, record.request.model, record.request.size)
    assert kept in record.note
    assert (None, out.getvalue()) == (record.dollars, local.original(record.stored.sha256, "png"))


def test_a_chunk_that_grows_without_end_is_not_read(local: Store) -> None:
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text("parameters", "a" * (80 << 20), zip=True)
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG", pnginfo=chunks)

    (record,) = local.transfer.import_png("local", out.getvalue()).ids

    taken = local.history.get("local", record)
    assert taken
    assert ("", "") == (taken.request.prompt, taken.note)


def packed(how: int, cut: int = 0) -> io.BytesIO:
    """A ZIP file whose image is packed in this way and damaged in its middle, and which misses its first bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        archive.writestr("a.png", DATA)
        start = len(archive.getinfo("a.png").FileHeader())
    data = bytearray(out.getvalue())
    data[start + 12 : start + 32] = bytes(20)
    return io.BytesIO(data[cut:])


DAMAGED = {
    "its first byte is gone": packed(zipfile.ZIP_STORED, 1),
    "deflated": packed(zipfile.ZIP_DEFLATED),
    "bzip2": packed(zipfile.ZIP_BZIP2),
    "LZMA": packed(zipfile.ZIP_LZMA),
}


@pytest.mark.parametrize("file", DAMAGED.values(), ids=DAMAGED)
def test_a_zip_file_that_is_damaged_is_refused_however_it_is_packed(local: Store, file: io.BytesIO) -> None:
    for take in (lambda: local.transfer.import_zip("local", file), lambda: local.transfer.restore(file)):
        with pytest.raises(BadFile, match=r"damaged|no backup"):
            take()

    assert nothing_came_of_it(local)
