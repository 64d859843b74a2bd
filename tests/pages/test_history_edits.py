"""The History page and what was made of other pictures: edits with what was sent, and what this machine made."""

import io

import pytest
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from components.state.services import Services
from tests.pages.edit_tab import inputs, painted, png
from tests.pages.history_tab import alts, click, look
from tests.pages.made import drawn, picture
from tests.pages.tabs import words
from triptych.inputs import Attachment
from triptych.masks import encode
from triptych.store import Record, Store
from triptych.store.history.derived import Origin

SIZE = (64, 48)


@pytest.fixture
def store(process: Services) -> Store:
    """Where the pages of this test keep what was made."""
    return process.store


def kept(store: Store, data: bytes) -> Attachment:
    one = Attachment.of(data)
    store.keep_input(data, one)
    return one


def mask() -> bytes:
    layer = Image.new("L", SIZE, 0)
    ImageDraw.Draw(layer).rectangle((8, 8, 23, 23), 255)
    return encode(layer)


def derived(store: Store, parent: Record, how: str, data: bytes) -> Record:
    assert parent.stored
    parents = (parent.stored.sha256,)
    return store.derive(data, Origin(owner="local", page="edit", request=parent.request, parents=parents, how=how))


def labels(page: AppTest) -> set[str]:
    return {button.label for button in page.button}


def test_details_of_an_edit_show_what_was_sent_with_it(app: AppTest, store: Store) -> None:
    first, second, painting = (kept(store, data) for data in (png(SIZE), png(SIZE, "red"), mask()))
    record = drawn(store, "a red boat", page="edit", images=(first, second), mask=painting)

    page = click(look(app), f"open_{record.id}")

    assert "Sent with it: 2 images and a mask" in words(page)
    assert ["Image that was edited"] * 2 + ["Its mask"] == [alt for alt in alts(page) if alt != "a red boat"]


def test_an_input_that_is_a_picture_of_the_history_is_shown_once(app: AppTest, store: Store) -> None:
    parent = drawn(store, "a boat", colour=1)
    assert parent.stored
    one = Attachment.of(store.original(parent.stored.sha256, "png"))
    record = drawn(store, "a red boat", colour=2, page="edit", images=(one,), parents=(one.sha256,))

    page = click(look(app), f"open_{record.id}")

    assert "Made from 1 image" in words(page)
    assert "Sent with it" not in words(page)


def test_an_edits_settings_go_to_the_edit_page_with_its_pictures_and_mask(app: AppTest, store: Store) -> None:
    first, painting = kept(store, png(SIZE)), kept(store, mask())
    record = drawn(store, "a red boat", page="edit", images=(first,), mask=painting, quality="high")
    page = click(look(app), f"open_{record.id}")

    click(page, f"reuse_details_{record.id}")

    assert "Edit" == page.title[0].value
    assert ("a red boat", "high", (first,)) == (
        page.session_state["prompt"],
        page.session_state["quality"],
        inputs(page),
    )
    assert (8, 8, 24, 24) == painted(page).getbbox()


def test_an_input_whose_file_is_gone_is_said(app: AppTest, store: Store) -> None:
    first = kept(store, png(SIZE))
    record = drawn(store, "a red boat", page="edit", images=(first,))
    store.files.place.remove(f"originals/{first.sha256[:2]}/{first.sha256}.png")
    page = click(look(app), f"open_{record.id}")
    assert "the file is missing" in words(page)

    click(page, f"reuse_details_{record.id}")

    assert "Edit" == page.title[0].value
    assert () == inputs(page)


def test_what_this_machine_made_is_shown_as_what_it_is(app: AppTest, store: Store) -> None:
    parent = drawn(store, "a boat")
    larger = io.BytesIO()
    Image.new("RGB", (128, 96), "teal").save(larger, "PNG")
    record = derived(store, parent, "upscaled 2x", larger.getvalue())

    page = look(app)
    assert ["Upscaled 2×: a boat", "a boat"] == alts(page)
    assert "Upscaled 2×" in words(page)
    click(page, f"open_{record.id}")

    assert "Made on this machine, free  \nUpscaled 2×" in words(page)
    assert "128x96 png" in words(page)
    assert [] == list(page.table)
    assert "Made from 1 image" in words(page)
    assert {"Edit this", "Vary this"} <= labels(page)
    assert not {"Use these settings", "Compare this"} & labels(page)


def test_a_kept_mask_is_no_picture_to_edit(app: AppTest, store: Store) -> None:
    record = derived(store, drawn(store, "a boat"), "mask", mask())

    page = click(look(app), f"open_{record.id}")

    assert not {"Use these settings", "Edit this", "Vary this", "Compare this"} & labels(page)
    assert "Move to trash" in labels(page)


def test_what_this_machine_made_is_found_by_where_it_was_made(app: AppTest, store: Store) -> None:
    parent = drawn(store, "a boat")
    derived(store, parent, "kept outside the mask", picture(9).data)
    page = look(app)
    assert {"OpenAI", "This machine"} == set(page.multiselect(key="history_engines").options)
    app.session_state["history_engines"] = ["local"]

    page.run()

    assert ["Pixels outside the mask kept: a boat"] == alts(page)
