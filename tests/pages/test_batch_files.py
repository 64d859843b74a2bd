"""The Batch page with files: tables, images and masks, and what in them cannot be used."""

import io
import threading

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from components.batch import rows_in
from components.batch.tab_state import BatchTab
from components.state.account import Connection
from components.state.services import Services
from tests.pages.batch_tab import column, new_tab, opened, wrote
from tests.pages.kept import kept
from tests.pages.tabs import PATIENCE, environment, label, press, ran, words
from triptych import vision
from triptych.engine.serve import Engine
from triptych.servers import LIKE_OPENAI, Account


def png(colour: str, mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, (256, 256), colour).save(out, "PNG")
    return out.getvalue()


def mask() -> bytes:
    """Half of it is to be changed."""
    out, image = io.BytesIO(), Image.new("RGBA", (256, 256), (0, 0, 0, 255))
    image.paste((0, 0, 0, 0), (0, 0, 128, 256))
    image.save(out, "PNG")
    return out.getvalue()


def paying(app: AppTest, engine: Engine) -> None:
    kept(app, Connection).account = Account(engine.base_url, engine.token, server=LIKE_OPENAI, recognised=False)


def uploaded(app: AppTest, **named: bytes) -> AppTest:
    files = [(name.replace("_", "."), data, "image/png") for name, data in named.items()]
    app.file_uploader(key="batch_images").set_value(files)
    return ran(app)


def table(app: AppTest, name: str, data: bytes) -> AppTest:
    app.file_uploader(key="prompts_file").set_value((name, data, "text/csv"))
    return ran(app)


def edits(engine: Engine) -> int:
    return sum(entry.path.endswith("/edits") for entry in engine.log)


def test_a_table_sets_what_its_columns_name_and_the_sidebar_the_rest(app: AppTest, engine: Engine) -> None:
    opened(app)
    rows = "prompt;quality;sku\na fox;low;7\na hare;;8\n".encode("utf-16")
    table(app, "foxes.csv", rows)

    assert ["low", "medium"] == column(app, "Quality", "Model")
    assert [2, 3] == column(app, "Row", "Quality")
    press(app)
    assert ["Done", "Done"] == column(app, "State")
    assert "foxes.csv" == kept(app, BatchTab).file_name


def test_a_file_that_is_no_table_is_refused_in_words_and_what_was_there_stays(app: AppTest) -> None:
    wrote(opened(app), "a fox")
    table(app, "empty.csv", b"")

    assert app.error
    assert ["a fox"] == column(app, "Prompt", "Quality")


def test_a_table_is_removed_and_the_prompts_are_back(app: AppTest) -> None:
    table(wrote(opened(app), "a fox"), "t.csv", b"prompt\na hare\n")
    assert ["a hare"] == column(app, "Prompt", "Quality")

    press(app, "batch_remove_file")

    assert ["a fox"] == column(app, "Prompt", "Quality")


def test_an_unknown_variable_is_named_with_its_row(app: AppTest) -> None:
    table(opened(app), "t.csv", b"prompt,color\na fox,red\n")
    app.text_area(key="batch_template").set_value("{{colour}} {{prompt}}")
    ran(app)

    assert [2] == column(app, "Row", "What to change")
    assert "colour" in column(app, "What to change", "Column")[0]


def test_one_prompt_over_all_images_needs_no_table(app: AppTest, engine: Engine) -> None:
    uploaded(opened(app), a_png=png("red"), b_png=png("blue"))
    app.text_area(key="batch_template").set_value("make it night")
    ran(app)
    assert label(app).startswith("Run batch · 2 rows")

    press(app)

    assert ["Done", "Done"] == column(app, "State")
    assert 2 == edits(engine)


def test_a_mask_file_lies_on_every_image_and_is_none_itself(app: AppTest, process: Services) -> None:
    uploaded(opened(app), a_png=png("red"), b_png=png("blue"), mask_png=mask())
    app.text_area(key="batch_template").set_value("make it night")
    app.selectbox(key="batch_mask").set_value("mask.png")
    ran(app)
    press(app)

    assert ["Done", "Done"] == column(app, "State")
    batch = process.batches.open("local", str(kept(app, BatchTab).open))
    assert all(request.mask and len(request.images) == 1 for request in batch.requests.values())


def test_images_and_their_rows_are_there_after_a_reload(app: AppTest, process: Services, engine: Engine) -> None:
    engine.faults.plan("moderation_input", times=1)
    uploaded(opened(app), a_png=png("red"), b_png=png("blue"))
    app.text_area(key="batch_template").set_value("make it night")
    press(ran(app))
    assert ["Done", "Failed"] == sorted(column(app, "State"))

    tab = new_tab()
    press(tab, "retry_failed")

    assert ["Done", "Done"] == column(tab, "State")
    assert "make it night" == tab.text_area(key="batch_template").value
    assert label(tab) == "Run batch · all done"
    assert 3 == edits(engine)


def test_an_upload_that_is_no_image_is_named_and_the_others_are_there(app: AppTest) -> None:
    uploaded(opened(app), a_png=png("red"), b_png=b"no image", c_zip=b"PK\x03\x04 no zip")

    assert "b.png" in words(app)
    assert "c.zip" in words(app)
    assert ["a.png"] == [*kept(app, BatchTab).images.named]


def test_subjects_are_found_behind_the_page_once_and_saved_with_the_batch(
    app: AppTest, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows_in, "SOON", 0)
    found, goes_on = list[bytes](), threading.Event()

    def subject(data: bytes) -> Image.Image:
        assert goes_on.wait(PATIENCE)
        found.append(data)
        return Image.new("L", (256, 256), 0 if len(found) == 2 else 255)  # the second shows none

    monkeypatch.setattr(vision, "subject", subject)
    uploaded(opened(app), a_png=png("red"), b_png=png("blue"), c_png=png("green"))
    app.text_area(key="batch_template").set_value("make it night")
    app.selectbox(key="batch_mask").set_value("the subject")
    ran(app)
    (bar,) = app.get("progress")
    assert "Finding the subject in each image · 0 of 3" == bar.proto.text
    press(app)
    assert "The masks are not ready yet" in words(app)

    goes_on.set()
    masking = kept(app, BatchTab).masking
    assert masking
    assert masking.ended.wait(PATIENCE)
    press(ran(app))
    assert ["Done", "Done"] == column(app, "State")
    assert 2 == edits(engine)

    tab = new_tab()

    assert ["Done", "Done"] == column(tab, "State")
    assert "No subject was found" in column(tab, "What to change", "Column")[0]
    assert "all done" in label(tab)
    assert 3 == len(found)


def test_another_upload_finds_no_subject_anew(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[bytes] = []

    def subject(data: bytes) -> Image.Image:
        found.append(data)
        return Image.new("L", (256, 256), 255)

    monkeypatch.setattr(vision, "subject", subject)
    uploaded(opened(app), a_png=png("red"))
    app.text_area(key="batch_template").set_value("make it night")
    app.selectbox(key="batch_mask").set_value("the subject")
    ran(app)

    uploaded(app, a_png=png("red"), b_png=png("blue"))

    assert label(app).startswith("Run batch · 2 rows")
    assert 2 == len(found)


def test_a_batch_over_the_cap_is_whole_after_a_restart_though_nothing_of_it_was_sent(
    app: AppTest, process: Services, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment(monkeypatch, TRIPTYCH_BUDGET_DAY="0.02")
    paying(app, engine)
    uploaded(opened(app), a_png=png("red"), b_png=png("blue"), c_png=png("green"))
    wrote(app, batch_template="make it night", model="gpt-image-2", quality="low")
    press(app)
    assert 0 == edits(engine)

    process.batches._register.forget("local", str(kept(app, BatchTab).open))  # as after a restart
    tab = new_tab()
    paying(tab, engine)
    press(ran(tab))
    press(tab, "run_affordable")

    assert "Done" in column(tab, "State")
    assert edits(engine) == column(tab, "State").count("Done")


def test_a_pattern_of_names_that_no_row_has_is_said(app: AppTest) -> None:
    press(wrote(opened(app), "a fox", quality="low"))

    app.text_input(key="batch_pattern").set_value("{colour}-{row}")
    ran(app)

    assert "File names have no {colour}" in words(app)
