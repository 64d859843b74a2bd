"""The pictures on the Generate page: each where it was drawn, with what can be done with it and what it cost."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.image.from_run import Pictured, pictures
from components.image.image import distinct
from components.state.account import Connection
from components.state.services import Services
from tests.pages.form import more, press
from tests.pages.kept import kept
from triptych.engine import job as work
from triptych.engine.serve import Engine
from triptych.errors import NotSaved
from triptych.jobs import Job
from triptych.results import Picture
from triptych.servers import LIKE_OPENAI, Account
from triptych.store import Store

PATIENCE = 60.0


def draw(app: AppTest, process: Services, prompt: str, **widgets: Any) -> Job:
    """Fill the form, click, wait until it is drawn, and look at the page again."""
    for key, value in {"quality": "low", **widgets}.items():
        app.session_state[key] = value
    app.text_area(key="prompt").set_value(prompt).run()
    app.button(key="run").click().run()
    process.jobs.drain(PATIENCE)
    app.run()
    assert not app.exception
    (job, *_) = process.jobs.of("local")
    return job


SMALL = ("Sample: ", "Run ", "Last ")  # how the texts of images begin that are offered beside the stage


def alts(app: AppTest) -> list[str]:
    """The texts of the images on the stage."""
    found = [image.proto.imgs[0].alt for image in app.get("image")]
    return [alt for alt in found if not alt.startswith(SMALL)]


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.caption, *app.text, *app.markdown)).replace("\\", "")


def shown(job: Job) -> list[Pictured]:
    return list(pictures(job))


@pytest.mark.parametrize("n", [1, 2, 10])
def test_every_picture_has_its_text_and_its_buttons(app: AppTest, process: Services, n: int) -> None:
    job = draw(app, process, "a red square " * 20, n=n)

    assert [("a red square " * 20)[:100]] * n == alts(app)
    assert not [button.key for button in app.button if "_tile_" in str(button.key)]
    for number, picture in enumerate(shown(job)):
        names = {element.key for kind in ("button", "download_button") for element in more(app, number).get(kind)}
        assert {f"{name}_{picture.key}" for name in ("download_tile", "sidecar_tile", "enlarge", "reuse_tile")} <= names


def test_a_picture_is_downloaded_as_it_came_under_its_prompts_name(app: AppTest, process: Services) -> None:
    job = draw(app, process, "A Red Square, gouache!")

    (picture,) = shown(job)
    assert f"a-red-square-gouache-{picture.sha256[:8]}.png" == picture.file_name
    assert f"a-red-square-gouache-{picture.sha256[:8]}.json" == picture.sidecar_name
    assert picture.sha256 == hashlib.sha256(picture.original()).hexdigest()
    assert f'"sha256": "{picture.sha256}"' in picture.sidecar()


def test_cost_and_time_stand_beside_what_was_estimated(app: AppTest, process: Services) -> None:
    draw(app, process, "a red square", model="gpt-image-2.5-flare", quality="medium")

    metrics = {metric.label: metric.value for metric in app.metric}
    assert metrics["Actual cost"] == metrics["Estimated cost"]
    assert metrics["Actual time"].endswith(" s")
    assert f"what it would have cost · estimated {metrics['Estimated cost']}" in texts(app)
    assert "estimated 10–30 s" in texts(app)  # as it was before; meanwhile the run has taught a better one


def test_a_drawing_without_counted_tokens_has_no_price(app: AppTest, process: Services, engine: Engine) -> None:
    engine.faults.plan("no_usage")

    draw(app, process, "a red square")

    assert "price unknown" == {metric.label: metric.value for metric in app.metric}["Actual cost"]


def test_a_picture_that_failed_leaves_the_others_where_they_are(
    app: AppTest, process: Services, engine: Engine
) -> None:
    engine.faults.plan("moderation_stream")

    job = draw(app, process, "a red square", n=3, partial_images=1)

    failed = [number for number, part in enumerate(job.parts, 1) if part.error]
    assert 1 == len(failed)
    expected = ["a red square"] * 3
    expected[failed[0] - 1] = f"Image {failed[0]} was not generated"
    assert expected == alts(app)
    assert ["Try again, or change the prompt"] == [error.proto.title for error in app.error]
    assert "2 of 3 images in" in texts(app)


def test_what_failed_and_may_be_charged_makes_the_cost_a_least(app: AppTest, process: Services, engine: Engine) -> None:
    engine.faults.plan("cut_stream")

    draw(app, process, "a red square", n=2, partial_images=1)

    assert {metric.label: metric.value for metric in app.metric}["Actual cost"].startswith("at least $")


def test_used_settings_come_back_into_the_form_and_can_be_undone(app: AppTest, process: Services) -> None:
    job = draw(app, process, "a red square", model="gpt-image-2", size="Custom", width=1280, height=720, n=2)
    app.session_state["n"] = 5
    app.session_state["size"] = "1024x1024"
    app.text_area(key="prompt").set_value("a blue square").run()

    press(more(app), f"reuse_tile_{shown(job)[0].key}")

    assert ("a red square", 2, "Custom", 1280, 720) == (
        app.text_area(key="prompt").value,
        app.session_state["n"],
        app.selectbox(key="size").value,
        app.number_input(key="width").value,
        app.number_input(key="height").value,
    )
    assert job.request == process.jobs.of("local")[0].request


def test_a_picture_that_could_not_be_saved_can_still_be_downloaded(
    app: AppTest, process: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_self: Store, _picture: Picture) -> None:
        raise NotSaved("The image could not be written: No space left on device.")

    monkeypatch.setattr(Store, "save", full)

    job = draw(app, process, "a red square")

    (picture,) = shown(job)
    assert picture.sha256 == hashlib.sha256(picture.original()).hexdigest()
    assert ["a red square"] == alts(app)
    assert ["Make room or make the folder writable"] == [error.proto.title for error in app.error]
    assert "Couldn't save this image. Download it now." in texts(app)


def test_a_cost_counted_from_doubtful_tokens_says_so_beside_the_number(
    app: AppTest, process: Services, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = work.usage
    monkeypatch.setattr(work, "usage", lambda job: replace(honest(job), output_tokens=10**12))
    kept(app, Connection).account = Account(engine.base_url, engine.token, server=LIKE_OPENAI, recognised=False)

    draw(app, process, "a red square")

    assert "upper end of the estimate (the server's token counts are doubtful) · estimated" in texts(app)


def test_a_picture_whose_file_is_gone_is_named_and_the_page_stays(
    app: AppTest, process: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = draw(app, process, "a red square")
    for file in process.store.root.rglob(f"{shown(job)[0].sha256}*"):
        file.unlink()

    app.run()

    assert not app.exception
    assert ["Add the image again"] == [error.proto.title for error in app.error]


def test_an_image_of_a_previews_size_is_shown_pixel_for_pixel(
    app: AppTest, process: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[bytes] = []
    monkeypatch.setattr("components.image.image.distinct", lambda data: given.append(data) or distinct(data))

    (small,) = shown(draw(app, process, "a red square", size="1024x1024"))
    assert small.original() in given

    (large,) = shown(draw(app, process, "a red square", size="1536x1024"))
    assert large.original() not in given
    assert large.preview() in given


def test_an_image_that_is_damaged_is_said_to_be_so_under_what_a_browser_shows_of_it(
    app: AppTest, process: Services
) -> None:
    (picture,) = shown(draw(app, process, "a red square"))
    (original,) = process.store.root.rglob(f"originals/**/{picture.sha256}*")
    data = original.read_bytes()
    middle = data.index(b"IDAT") + 8
    original.write_bytes(data[:middle] + bytes(64) + data[middle + 64 :])
    for preview in process.store.root.rglob(f"thumbnails/**/{picture.sha256}*"):
        preview.unlink()

    app.run()

    assert ["a red square"] == alts(app)
    assert "It cannot be decoded. The original is safe: download it." in texts(app)
    assert not app.exception


def code(app: AppTest) -> list[str]:
    return [element.value for element in app.code if "OPENAI_API_KEY" in element.value]


@pytest.mark.parametrize(
    ("language", "mark"),
    [("Python", "OpenAI("), ("curl", "curl "), ("JavaScript", "fetch("), ("Discord bot", "slash_command(")],
)
def test_the_code_is_written_once_it_is_opened(app: AppTest, language: str, mark: str) -> None:
    app.text_area(key="prompt").set_value('say "hi"').run()
    assert [] == code(app)

    app.session_state["code_panel"] = True
    app.run()
    app.segmented_control(key="code_language").set_value(language).run()

    assert [True] == [mark in text for text in code(app)]


def test_the_code_names_the_server_and_never_holds_the_key(app: AppTest, engine: Engine) -> None:
    kept(app, Connection).account = Account(base_url=engine.base_url, key="sk-canary-key")
    app.session_state["code_panel"] = True

    app.run()

    assert [(True, False)] == [(engine.base_url in text, "sk-canary" in text) for text in code(app)]
