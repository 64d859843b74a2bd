"""Odd files on the pages: images by their bytes and not by their names, and one bad tile where one cannot be shown."""

import io
import json
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from components.state.services import Services
from tests.pages import history_tab
from tests.pages.edit_tab import LARGE, errors, inputs, look, paint, painted, png, upload
from tests.pages.form import captions, on
from tests.pages.made import drawn, newest, opened
from tests.pages.tabs import words
from tests.pages.test_large_view import closely
from tests.triptych.odd import JPEG, MENDED, PNG, WORDS, line, saved, scene
from triptych.client.answers import picture
from triptych.engine.serve import Engine
from triptych.inputs import admit
from triptych.masks.painting import LEAST, canvas_of
from triptych.servers import SD_CPP
from triptych.sidecar import Sidecar
from triptych.store import Kept, Record, Store
from triptych.store.db.tables import drawings


@pytest.fixture
def store(process: Services) -> Store:
    """Where the pages of this test keep what was made."""
    return process.store


def zipped(store: Store, record: Record) -> io.BytesIO:
    """The ZIP file of one record, as History's download gives it."""
    return io.BytesIO(b"".join(store.transfer.zip_pieces("local", (record.id,))))


@pytest.mark.parametrize("name", ["camera.jfif", "camera.jpe", "CAMERA.JPG", "noextension", "jpeg.png", "h" * 240])
def test_a_jpeg_is_taken_whatever_its_name(app: AppTest, name: str) -> None:
    page = upload(look(app), (name, JPEG))

    assert ("", ["jpeg"]) == (errors(page), [one.format for one in inputs(page)])


def test_uploads_one_after_another_are_all_taken(app: AppTest) -> None:
    page = look(app)
    for size in ((64, 48), (48, 64), (32, 32)):
        upload(page, (f"{size}.jfif", saved(scene(size), "JPEG")))

    assert ["64x48", "48x64", "32x32"] == [one.size for one in inputs(page)]


def test_an_input_of_a_format_that_nobody_takes_is_refused_with_what_to_do(app: AppTest) -> None:
    page = upload(look(app), ("photo.heic", saved(scene(), "AVIF")), ("scan.tif", saved(scene(), "TIFF")))

    assert () == inputs(page)
    for name, label in (("photo.heic", "AVIF"), ("scan.tif", "TIFF")):
        assert f"{name}: This image is {label}: save it as PNG, WebP or JPEG" in errors(page)


def test_the_input_column_shows_what_is_sent_and_not_more(app: AppTest) -> None:
    page = upload(look(app), *WORDS.values())

    assert {admit(PNG)[0], admit(JPEG)[0]} == set(inputs(page))


@pytest.mark.parametrize("size", [(1, 3000), (3000, 1)])
def test_a_line_has_a_canvas_that_can_be_painted_on(app: AppTest, size: tuple[int, int]) -> None:
    page = upload(look(app), line(*size))
    layer = paint(page, (0, 0, size[0] // 2, size[1] // 2))

    assert min(canvas_of(size)) >= LEAST
    assert ("", layer.tobytes()) == (errors(page), painted(page).tobytes())


def test_a_mask_file_with_nothing_to_change_is_refused_and_the_painting_kept(app: AppTest) -> None:
    page = upload(look(app), png(LARGE))
    layer = paint(page, (5, 5, 50, 50))

    upload(page, saved(Image.new("RGBA", (1024, 1024), (0, 0, 0, 255)), "PNG"), key="mask")

    assert "This mask leaves nothing to change: clear what should change" in errors(page)
    assert layer.tobytes() == painted(page).tobytes()


def test_a_mask_as_jpeg_is_painted_and_named_so(app: AppTest) -> None:
    page = upload(look(app), png(LARGE))
    layer = Image.new("L", (1024, 1024), 0)
    layer.paste(255, (256, 256, 512, 512))

    upload(page, ("mask.png", saved(layer, "JPEG")), key="mask")

    assert (256, 256, 512, 512) == painted(page).getbbox()
    said = " ".join(element.value for kind in ("toast", "success", "info") for element in page.get(kind))
    assert "Mask (JPEG): read as black and white: white areas change." in said.replace("\\", "")


def test_the_code_s_mask_is_the_one_that_the_click_sends(
    app: AppTest, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Any] = []
    monkeypatch.setattr("components.edit.code.code_panel", lambda *all_: given.append(all_))
    page = on(upload(look(app), png()), engine, SD_CPP)
    page.session_state["code_panel"] = True
    layer = paint(page, (100, 100, 300, 300))

    with Image.open(io.BytesIO(given[-1][2]()["mask.png"])) as mask:
        assert ("L", layer.tobytes()) == (mask.mode, mask.tobytes())


def kept(store: Store, data: bytes, prompt: str) -> Record:
    """A drawing that brought ``data``, as the client reads it."""
    request = opened(store, prompt)
    ticket, stored = str(request.safety_identifier), store.save(picture(data))
    created = datetime(2026, 11, 20, 10, tzinfo=UTC)
    cost = Decimal("0.02")
    sidecar = Sidecar(
        sha256=stored.sha256, created=created, engine="openai", request=request, dollars=cost, seconds=1.0
    )
    store.journal.kept(ticket, 0, [Kept(0, stored, sidecar)])
    store.journal.closed(ticket, "done", Decimal("0.02"), None, 1.0)
    return newest(store)


SHOWN = {
    "a JPEG with a second image": WORDS["a JPEG with a second image"],
    "a text of two megabytes": WORDS["a text of two megabytes"],
    "an EXIF that is none": WORDS["an EXIF that is none"],
    "no end": MENDED["a PNG without its end"][0],
}
NOT_SHOWN = {
    "BMP": (saved(scene(), "BMP"), "there is no preview of BMP"),
    "AVIF": (saved(scene(), "AVIF"), "there is no preview of AVIF"),
    "a line": (line(2_097_152), "it claims 2,097,152 x 1 pixels and at most 1,048,576 pixels an edge are taken"),
    "half a PNG": (PNG[: len(PNG) // 2], "it cannot be decoded"),
    "a GIF whose frame claims more": (
        b"GIF89a\x40\0\x30\0\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\2\2\0\0;",
        "it cannot be decoded",
    ),
    "half a GIF": (b"GIF89a\x40\0\x30\0\0\0\0,", "it cannot be decoded"),
}


@pytest.mark.parametrize("data", SHOWN.values(), ids=SHOWN)
def test_an_odd_answer_has_its_tile_its_details_and_its_download(app: AppTest, store: Store, data: bytes) -> None:
    record = kept(store, data, "an odd one")

    page = history_tab.click(history_tab.look(app), f"open_{record.id}")

    assert ["an odd one", "an odd one"] == [history_tab.alts(page)[0], closely(page)["alt"]]
    assert "" == errors(page)
    with zipfile.ZipFile(zipped(store, record)) as archive:
        assert data in [archive.read(name) for name in archive.namelist()]


@pytest.mark.parametrize(("data", "why"), NOT_SHOWN.values(), ids=NOT_SHOWN)
def test_an_answer_that_cannot_be_shown_is_one_bad_tile(app: AppTest, store: Store, data: bytes, why: str) -> None:
    drawn(store, "a good one")
    record = kept(store, data, "an odd one")

    page = history_tab.look(app)

    assert ["a good one"] == history_tab.alts(page)
    assert f"{why[0].upper()}{why[1:]}. The original is safe: download it." in words(page)
    assert "" == errors(page)
    history_tab.click(page, f"open_{record.id}")
    assert 2 == words(page).count("The original is safe: download it.")
    with zipfile.ZipFile(zipped(store, record)) as archive:
        assert data in [archive.read(name) for name in archive.namelist()]


def test_a_record_that_cannot_be_read_is_one_bad_tile(app: AppTest, store: Store) -> None:
    drawn(store, "a good one", colour=1)
    record = drawn(store, "a bad one", colour=2)
    asked = {**record.request.to_json(), "images": [{**admit(PNG)[0].to_json(), "width": 2_097_152}]}
    with store.database.write() as connection:
        bad = update(drawings).where(drawings.c.ticket == record.ticket)
        connection.execute(bad.values(request=json.dumps(asked)))

    page = history_tab.look(app)

    assert "This record cannot be read" in captions(page)
    assert "a good one" in history_tab.alts(page)
    history_tab.click(page, f"open_{record.id}")
    assert "This run's settings cannot be read" in words(page)
    with zipfile.ZipFile(zipped(store, record)) as archive:
        assert store.original(record.stored.sha256, "png") in map(archive.read, archive.namelist())  # type: ignore[union-attr]


def test_strangers_images_are_imported_by_their_bytes(app: AppTest, store: Store) -> None:
    app.session_state["history_files"] = True
    page = history_tab.look(app)
    files = [
        ("phone.jfif", WORDS["a JPEG with a second image"], ""),
        ("noextension", PNG, ""),
        ("scan.bmp", saved(scene(), "BMP"), ""),
        ("line.png", line(2_097_152), ""),
    ]

    page.file_uploader[0].set_value(files).run()
    history_tab.click(page, "history_take")

    assert 2 == history_tab.total(store)
    assert "2 imported. scan.bmp: There is no preview of BMP: save it as PNG" in words(page)
    assert "line.png: This image claims 2097152x1 pixels; at most 1,048,576 pixels an edge" in words(page)
