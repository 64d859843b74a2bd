"""The large view of the images of a run: which is open, what it shows, and everything it says of it."""

import json
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from components.state.services import Services
from tests.pages.form import press
from tests.pages.test_generate_gallery import draw, shown, texts
from triptych.engine import job as work
from triptych.engine.serve import Engine
from triptych.jobs import Job
from triptych.results import Picture
from triptych.servers import LIKE_OPENAI, Account
from triptych.store import Store


def enlarge(app: AppTest, job: Job, number: int) -> None:
    press(app, f"enlarge_{shown(job)[number].key}")


def closely(app: AppTest) -> dict[str, str]:
    """What the browser is given of the image that is open."""
    (data,) = [json.loads(one.proto.json) for one in app.get("bidi_component") if "pictures" in one.proto.json]
    (picture,) = data["pictures"]
    return dict(picture)


def cells(app: AppTest) -> list[list[str]]:
    """The rows of the large view's table."""
    return [list(map(str, row)) for row in app.table[0].value.to_numpy()]


def test_the_large_view_goes_from_picture_to_picture(app: AppTest, process: Services) -> None:
    job = draw(app, process, "a red square", n=3)

    enlarge(app, job, 1)
    assert "2 of 3" in texts(app)
    press(app, "large_next")

    assert "3 of 3" in texts(app)
    assert shown(job)[2].sha256 in texts(app)
    assert app.button(key="large_next").disabled
    assert not app.button(key="large_previous").disabled


def test_the_large_view_stays_open_in_a_run_that_was_asked_for_before_the_browser_heard_of_it(
    app: AppTest, process: Services
) -> None:
    job = draw(app, process, "a red square", n=2)
    before = dict(app.query_params)
    enlarge(app, job, 1)

    app.query_params.clear()
    app.query_params.update(before)
    app.run()

    assert "2 of 2" in texts(app)
    assert shown(job)[1].key == app.query_params["image"]


def test_the_large_view_shows_asked_beside_got(app: AppTest, process: Services) -> None:
    job = draw(app, process, "a red square", size="auto", background="opaque")

    enlarge(app, job, 0)

    rows = {row[0]: row[1:] for row in cells(app)}
    assert ["auto", shown(job)[0].saved.got["size"]] == rows["Size"]
    assert ["low", "low"] == rows["Quality"]
    assert ["opaque", "opaque"] == rows["Background"]
    assert rows["Cost"][1].replace("\\", "").startswith("would have cost $")
    assert "18 in" in texts(app) or " in, " in texts(app)
    assert str(shown(job)[0].saved.request_id) in texts(app)


def test_the_large_view_marks_what_differs_from_what_was_asked(
    app: AppTest, process: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = Store.save
    monkeypatch.setattr(Store, "save", lambda self, picture: original(self, Picture(picture.data, "png", 640, 480)))
    job = draw(app, process, "a red square")

    enlarge(app, job, 0)

    assert ":orange[:material/difference: 640x480]" == {row[0]: row[2] for row in cells(app)}["Size"]


def test_the_large_view_stays_shut_for_the_next_drawing(app: AppTest, process: Services) -> None:
    job = draw(app, process, "a red square")
    enlarge(app, job, 0)

    draw(app, process, "a blue square")

    assert [] == list(app.table)


def test_settings_used_from_the_large_view_close_it(app: AppTest, process: Services) -> None:
    job = draw(app, process, "a red square")
    enlarge(app, job, 0)

    press(app, f"reuse_large_{shown(job)[0].key}")

    assert [] == list(app.table)


def test_doubtful_tokens_of_what_has_no_estimate_count_as_nothing_and_no_number_is_claimed(
    app: AppTest, process: Services, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = work.usage
    monkeypatch.setattr(work, "usage", lambda job: replace(honest(job), output_tokens=10**12))
    app.session_state["_account"] = Account(engine.base_url, engine.token, server=LIKE_OPENAI, recognised=False)

    job = draw(app, process, "a red square", model="gpt-image-2.6-flare", output_format="gif")
    enlarge(app, job, 0)

    assert [None] == [saved.dollars for saved in job.saved]
    assert "doubtful: the server said 1000000000000 in all" in texts(app)
    assert "upper end" not in texts(app)


@pytest.mark.parametrize("form", ["png", "jpeg", "webp", "gif", "svg"])
def test_every_format_is_shown_small_and_large(app: AppTest, process: Services, form: str) -> None:
    job = draw(app, process, "a red square", output_format=form)

    enlarge(app, job, 0)

    assert [form] == [picture.format for picture in shown(job)]
    addresses = [*(image.value[0] for image in app.get("image")), closely(app)["own"]]
    assert 2 == len(addresses)
    assert (form == "svg") == all(address.startswith("data:image/svg+xml;base64,") for address in addresses)
