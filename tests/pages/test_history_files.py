"""The History page: what was made is taken away, thrown away, brought back and imported."""

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components.history.tab_state import HistoryTab
from components.state.services import Services
from tests.pages.history_tab import alts, click, look, pick, total
from tests.pages.kept import kept
from tests.pages.made import drawn, picture
from tests.pages.tabs import words
from triptych.store import Store


@pytest.fixture
def store(process: Services) -> Store:
    """Where the pages of this test keep what was made."""
    return process.store


def test_the_zip_of_what_is_picked_holds_bytes_and_sidecars(app: AppTest, store: Store) -> None:
    first, second = drawn(store, "a red square", colour=1), drawn(store, "a blue square", colour=2)
    page = pick(look(app), first, second)
    assert not page.get("download_button")[0].proto.disabled

    pieces = store.transfer.zip_pieces("local", kept(page, HistoryTab).picked)
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}

    facts = [json.loads(data) for name, data in files.items() if name.endswith(".json")]
    pictures = {hashlib.sha256(data).hexdigest() for name, data in files.items() if name.endswith(".png")}
    assert {"a red square", "a blue square"} == {each["request"]["prompt"] for each in facts}
    assert pictures == {each["sha256"] for each in facts}


def test_what_is_moved_to_the_trash_comes_back_by_undo(app: AppTest, store: Store) -> None:
    record, _ = drawn(store, "a red square", colour=1), drawn(store, "a blue square", colour=2)
    page = click(pick(look(app), record), "history_trash")
    assert ["a blue square"] == alts(page)

    click(page, "history_undo")

    assert ["a blue square", "a red square"] == alts(page)
    assert "history_unpick" not in [button.key for button in page.button]
    click(pick(page, record), "history_trash")
    click(page, "history_moved")
    assert "history_undo" not in [button.key for button in page.button]
    assert 1 == total(store, trashed=True)


def test_the_trash_gives_back_what_is_restored(app: AppTest, store: Store) -> None:
    record = drawn(store)
    store.history.trash("local", [record.id])
    page = look(app)
    page.toggle(key="history_in_trash").set_value(True).run()

    click(pick(page, record), "history_restore")

    assert "The trash is empty." in [info.value for info in page.info]
    assert 1 == total(store)


def test_deleting_for_good_asks_first_and_takes_the_bytes(app: AppTest, store: Store) -> None:
    record = drawn(store)
    store.history.trash("local", [record.id])
    page = look(app)
    page.toggle(key="history_in_trash").set_value(True).run()
    click(pick(page, record), "history_purge")
    assert 1 == total(store, trashed=True)
    assert any(said.value.startswith("The selected image will be deleted") for said in page.markdown)

    click(page, "history_keep")
    assert 1 == total(store, trashed=True)
    click(page, "history_purge")
    click(page, "history_sure")

    assert 0 == total(store, trashed=True)
    assert record.stored
    assert not store.files.holds(record.stored)


def test_the_trash_is_emptied_by_age(app: AppTest, store: Store) -> None:
    record = drawn(store)
    store.history.trash("local", [record.id])
    page = look(app)
    page.toggle(key="history_in_trash").set_value(True).run()

    for age, left in ((30, 1), (0, 0)):
        page.selectbox(key="history_age").set_value(age).run()
        click(page, "history_empty")
        click(page, "history_sure")
        assert left == total(store, trashed=True)


def test_our_zip_and_a_strangers_picture_are_taken_in(app: AppTest, store: Store) -> None:
    record = drawn(store, "a red square", colour=1)
    packed = b"".join(store.transfer.zip_pieces("local", (record.id,)))
    store.history.trash("local", [record.id])
    store.history.purge("local", [record.id])
    app.session_state["history_files"] = True
    page = look(app)

    files = [
        ("mine.zip", packed, "application/zip"),
        ("other.png", picture(77).data, "image/png"),
        ("bad.zip", b"no", ""),
    ]
    page.file_uploader[0].set_value(files).run()
    click(page, "history_take")

    assert 2 == total(store)
    assert "a red square" in alts(page)
    assert ["Choose another file"] == [error.proto.title for error in page.error]
    assert "2 imported. bad.zip: " in words(page)


def test_a_backup_brings_another_house_here(app: AppTest, store: Store, tmp_path: Path) -> None:
    other = Store(tmp_path / "other" / "images")
    drawn(other, "a red square", colour=1)
    backup = io.BytesIO()
    other.transfer.backup(backup)
    other.close()
    drawn(store, "a blue square", colour=2)
    app.session_state["history_files"] = True
    page = look(app)

    page.file_uploader[1].set_value(("backup.zip", backup.getvalue(), "application/zip")).run()
    click(page, "history_restore_backup")

    assert ["a blue square", "a red square"] == alts(page)


def test_the_room_it_takes_is_said(app: AppTest, store: Store) -> None:
    drawn(store)
    app.session_state["history_files"] = True

    page = look(app)

    assert "1 image files use" in words(page)
    assert " free." in words(page)


def test_a_file_that_cannot_be_taken_is_named_on_an_empty_page_too(app: AppTest) -> None:
    app.session_state["history_files"] = True
    page = look(app)

    page.file_uploader[0].set_value([("../bad.zip", b"no", "application/zip")]).run()
    click(page, "history_take")

    assert ["Choose another file"] == [error.proto.title for error in page.error]
    assert "0 imported. " in words(page)


def test_a_damaged_database_is_said_where_the_pictures_are_missing(app: AppTest, store: Store) -> None:
    drawn(store, "a red square")
    store.close()
    for file in store.root.parent.glob("triptych.db*"):
        file.write_bytes(b"this is no database" * 500)
    for name in ("database", "journal", "history", "transfer"):
        store.__dict__.pop(name, None)
    page = look(app)
    assert ["Rebuild spending, or reset it"] == [warning.proto.title for warning in page.warning]

    click(page, "rebuild")

    assert ["a red square"] == alts(page)
