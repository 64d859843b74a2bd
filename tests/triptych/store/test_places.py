"""Bytes in a folder and in a bucket: the same words for the same things (TRUST.md F6, F7)."""

import io
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.triptych.store.drawn import NO_CAPS, draw, entry
from triptych.errors import InvalidSetting, NotSaved
from triptych.results import Picture
from triptych.store import Store
from triptych.store.files.images import Space


def picture() -> Picture:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(out, "PNG")
    return Picture(out.getvalue(), "png", 64, 48)


PICTURE = picture()


def names(store: Store) -> list[str]:
    return sorted(name for folder in ("originals", "thumbnails") for name, _ in store.files.place.names(folder))


def test_the_bytes_come_back_as_they_were_and_are_kept_once(store: Store) -> None:
    first, second = store.save(PICTURE), store.save(PICTURE)

    assert first == second
    assert PICTURE.data == store.original(first.sha256, "png")
    assert [f"originals/{first.sha256[:2]}/{first.name}"] == names(store)
    assert (True, len(PICTURE.data)) == (store.files.holds(first), store.files.size(first.sha256, "png"))


@pytest.mark.parametrize("name", ["../../etc/passwd", "x" * 64, "0" * 64, f"{'0' * 63}\n", "A" * 64, ""])
def test_what_is_not_there_is_a_key_error(store: Store, name: str) -> None:
    with pytest.raises(KeyError):
        store.original(name, "png")


def test_a_preview_is_kept_and_goes_with_its_picture(store: Store) -> None:
    stored = store.save(PICTURE)
    shown = store.preview(stored, 32)
    kept = names(store)
    store.files.forget(stored)

    with Image.open(io.BytesIO(shown)) as image:
        assert (32, 24) == image.size
    assert 3 == len(kept)  # the large one too, of which the small one is made
    assert [] == names(store)


def test_the_room_that_is_taken_is_told(store: Store) -> None:
    stored = store.save(PICTURE)
    before = store.files.space()
    store.preview(stored)
    after = store.files.space()

    assert (len(PICTURE.data), 0, 1) == (before.originals, before.thumbnails, before.pictures)
    assert 0 < after.thumbnails
    assert isinstance(after, Space)
    assert (after.free is None) == (store.root == Path())


def test_a_home_that_can_be_written_is_fine(store: Store) -> None:
    store.check()
    store.journal.check()

    assert [] == names(store)


@pytest.mark.parametrize("url", ["s3://no-such-bucket/x", "s3://pictures-of-nobody"])
def test_a_bucket_that_is_not_there_is_said_before_anything_is_paid_for(bucket: str, url: str, tmp_path: Path) -> None:
    store = Store(url, f"sqlite:///{tmp_path / 'x.db'}", caps=NO_CAPS)

    with pytest.raises(NotSaved, match="bucket"):
        store.check()


@pytest.mark.parametrize("url", ["ftp://host/x", "s3://", "nonsense://"])
def test_an_address_of_no_bucket_is_a_setting_to_change(url: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match="TRIPTYCH_STORAGE_URL"):
        Store(url, f"sqlite:///{tmp_path / 'x.db'}", caps=NO_CAPS).check()


@pytest.mark.parametrize(
    ("library", "images", "database"),
    [("obstore", "s3://pictures", None), ("psycopg", "images", "postgresql://127.0.0.1/x")],
)
def test_a_library_that_is_not_installed_is_named(
    monkeypatch: pytest.MonkeyPatch, library: str, images: str, database: str | None
) -> None:
    monkeypatch.setitem(sys.modules, library, None)

    with pytest.raises(InvalidSetting, match="pip install"):
        Store(images, database, caps=NO_CAPS).journal.check()


def test_a_bucket_that_does_not_answer_is_said_without_its_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "canary",
        "AWS_SECRET_ACCESS_KEY": "canary",
        "AWS_REGION": "us-east-1",
        "AWS_ALLOW_HTTP": "true",
    }.items():
        monkeypatch.setenv(name, value)
    store = Store("s3://pictures", f"sqlite:///{tmp_path / 'x.db'}", caps=NO_CAPS)

    with pytest.raises(NotSaved) as refused:
        store.save(PICTURE)

    assert "canary" not in str(refused.value)
    assert "127.0.0.1" not in str(refused.value)


def test_a_file_address_is_a_folder(tmp_path: Path) -> None:
    store = Store(f"file://{tmp_path}/images", caps=NO_CAPS)
    stored = store.save(PICTURE)

    assert PICTURE.data == (tmp_path / "images" / "originals" / stored.sha256[:2] / stored.name).read_bytes()
    assert tmp_path / "images" == store.root
    draw(store)
    assert (tmp_path / "triptych.db").exists()
    store.close()


def test_nothing_is_opened_before_it_is_needed(tmp_path: Path) -> None:
    store = Store(tmp_path / "images", caps=NO_CAPS)

    store.check()

    assert not (tmp_path / "triptych.db").exists()
    store.journal.open(entry())
    assert (tmp_path / "triptych.db").exists()
    store.close()
