"""The History page: everything made is found, rated, tagged, looked at and reused from it."""

from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.state.services import Services
from tests.pages.history_tab import alts, click, look, pick
from tests.pages.made import drawn, failed, lost
from tests.pages.tabs import PATIENCE, environment, words
from tests.triptych.client.raw import png
from tests.triptych.store.drawn import REQUEST, draw
from triptych.engine.serve import Engine
from triptych.store import Query, Store


@pytest.fixture
def store(process: Services) -> Store:
    """Where the pages of this test keep what was made."""
    return process.store


def test_an_empty_history_says_what_it_is_for_and_where_to_begin(app: AppTest) -> None:
    page = look(app)

    assert "Everything you make appears here" in page.markdown[0].value
    assert ["Write your own prompt"] == [link.label for link in page.get("page_link")]
    assert "about $0.040–0.053, free in the demo" in words(page)


def test_a_sample_of_an_empty_history_is_generated_by_one_click_on_the_page_that_generates(
    app: AppTest, engine: Engine, process: Services
) -> None:
    page = click(look(app), "show_sample_fox")
    process.jobs.drain(PATIENCE)

    assert 1 == len([entry for entry in engine.log if entry.method == "POST"])
    assert "A red fox in a snowy forest, watercolor" == page.text_area(key="prompt").value
    assert ["A red fox in a snowy forest, watercolor"] == alts(look(app))


def test_an_empty_history_is_there_where_nothing_can_be_generated(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment(monkeypatch, OPENAI_API_KEY="sk-x", OPENAI_BASE_URL="ftp://nowhere")

    page = look(app)

    assert ["Change the setting"] == [error.proto.title for error in page.error]
    assert "show_sample_fox" not in {button.key for button in page.button}


def test_the_newest_picture_comes_first_each_with_its_text(app: AppTest, store: Store) -> None:
    for prompt in ("a red square", "a blue **circle** " * 20):
        drawn(store, prompt)

    page = look(app)

    assert [("a blue **circle** " * 20)[:100], "a red square"] == alts(page)
    assert "2 results" in words(page)


def test_nothing_of_another_owner_is_shown(app: AppTest, store: Store) -> None:
    theirs = drawn(store, "their square", owner="ada@example.org")
    drawn(store, "my square")
    app.query_params["image"] = theirs.id

    page = look(app)

    assert ["my square"] == alts(page)
    assert "their square" not in " ".join(text.value for text in page.text)


def test_only_the_pictures_of_the_page_are_read(app: AppTest, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(27):
        drawn(store, f"square {number}", colour=number)
    read: list[str] = []
    preview = Store.preview
    monkeypatch.setattr(
        Store, "preview", lambda self, stored, edge: (read.append(stored.sha256), preview(self, stored, edge))[1]
    )

    page = look(app)
    first = len(read)
    page.get("pagination")[0].set_value(2).run()

    assert (24, 3) == (first, len(read) - first)
    assert ["square 2", "square 1", "square 0"] == alts(page)


def test_words_of_a_prompt_find_it_and_begin_at_the_first_page(app: AppTest, store: Store) -> None:
    drawn(store, "A Lighthouse at dusk")
    for number in range(25):
        drawn(store, f"square {number}", colour=number)
    page = look(app)
    page.get("pagination")[0].set_value(2).run()

    page.text_input(key="history_text").set_value("dusk lighthouse").run()

    assert ["A Lighthouse at dusk"] == alts(page)
    click(page, "history_clear")
    assert 24 == len(alts(page))


@pytest.mark.parametrize(
    ("key", "value"),
    {
        "history_models": ["gpt-image-2"],
        "history_qualities": ["low"],
        "history_sizes": ["1024x1024"],
        "history_tags": ["poster"],
        "history_engines": ["openai"],
        "history_rating": 4,
        "history_favourite": True,
        "history_cost_from": 0.015,
        "history_shown": "done",
    }.items(),
)
def test_a_filter_leaves_what_is_like_it(app: AppTest, store: Store, key: str, value: Any) -> None:
    wanted = drawn(store, "wanted", size="1024x1024", dollars="0.02")
    store.history.rate("local", [wanted.id], 5)
    store.history.favourite("local", [wanted.id], flag=True)
    store.history.tag("local", [wanted.id], add=["poster"])
    if key == "history_shown":
        failed(store)
    else:
        drawn(store, "other", model="gpt-image-2.5-flare", quality="high", size="1536x1024", engine="demo")
    page = look(app)
    app.session_state[key] = value

    page.run()

    assert ["wanted"] == alts(page)
    assert "1 result" in words(page)


def test_a_filter_that_finds_nothing_says_so_and_can_be_cleared(app: AppTest, store: Store) -> None:
    drawn(store, "a red square")
    page = look(app)
    page.text_input(key="history_text").set_value("zebra").run()

    assert "No results." in words(page)
    click(page, "history_clear_all")

    assert ["a red square"] == alts(page)


def test_what_brought_no_picture_says_why(app: AppTest, store: Store) -> None:
    failed(store)
    unknown = lost(store)

    page = look(app)
    assert ["1 with unknown outcome, 1 failed"] == [rest.label for rest in page.expander if "failed" in rest.label]
    assert "Outcome unknown, may have been charged" in words(page)
    assert "The safety system said no." in words(page)
    click(page, f"open_{unknown.id}")

    assert ["The connection was cut\\."] == [info.value for info in page.info]


def test_a_definite_failure_was_not_charged(app: AppTest, store: Store) -> None:
    record = failed(store)

    page = click(look(app), f"open_{record.id}")

    rows = {row[0]: list(row[1:]) for row in page.table[0].value.to_numpy()}
    assert (["low", ""], "not charged") == (rows["Quality"], rows["Cost"][1])


def test_stars_and_hearts_are_kept(app: AppTest, store: Store) -> None:
    record = drawn(store)
    page = click(look(app), f"open_{record.id}")

    page.get("feedback")[0].set_value(3).run()
    click(page, f"favourite_tile_{record.id}")

    kept = store.history.get("local", record.id)
    assert kept
    assert (4, True) == (kept.rating, kept.favourite)
    page.get("feedback")[0].set_value(None).run()
    kept = store.history.get("local", record.id)
    assert kept
    assert 0 == kept.rating


def test_a_whole_page_is_picked_at_once_and_tagged(app: AppTest, store: Store) -> None:
    records = [drawn(store, f"square {number}", colour=number) for number in range(3)]
    page = look(app)
    assert "history_unpick" not in [button.key for button in page.button]

    pick(page, records[0])
    page.checkbox(key="history_pick_page").check().run()
    assert "3 selected" == page.button(key="history_unpick").label
    page.multiselect(key="history_new_tags").set_value(["poster"]).run()
    click(page, "history_add_tags")
    click(page, "history_favour")

    found = store.history.search("local", Query(tags=("poster",), favourite=True)).records
    assert {record.id for record in records} == {record.id for record in found}


def test_details_show_what_is_known_and_leave_the_form_alone(app: AppTest, store: Store) -> None:
    parent = drawn(store, "a red square", colour=1)
    assert parent.stored
    child = drawn(store, "a bluer square", colour=2, parents=(parent.stored.sha256,))
    app.text_area(key="prompt").set_value("what I am typing").run()
    page = click(look(app), f"open_{child.id}")

    rows = {row[0]: list(row[1:]) for row in page.table[0].value.to_numpy()}
    assert ["low", "low"] == rows["Quality"]
    assert ["$0.010–0.040", "$0.020"] == [cell.replace("\\", "") for cell in rows["Cost"]]
    assert str(child.request_id) in words(page)
    assert "Made from 1 image" in words(page)
    click(page, f"kin_made_{parent.id}")
    assert "Became 1 image" in words(page)
    assert "what I am typing" == page.session_state["prompt"]


@pytest.mark.parametrize(("dollars", "counted"), [("0.02", True), (None, False)])
def test_doubtful_tokens_are_said_to_count_only_where_they_do(
    app: AppTest, store: Store, dollars: str | None, counted: bool
) -> None:
    doubtful = "doubtful: the server said 10 in all output tokens, but this request can use 9 at most"
    record = draw(store, data=png(32), of={"got": {"doubt": doubtful}, "cost_usd": dollars})

    page = click(look(app), f"open_{record.id}")

    assert f"{doubtful}." in words(page)
    assert counted == ("The upper end of the estimate is counted." in words(page))


@pytest.mark.parametrize(
    ("page_name", "said"), [("api", "through the API, engine"), ("api: ci", "through the API, token ci, engine")]
)
def test_what_a_program_drew_says_by_which_token_and_for_which_model(
    app: AppTest, store: Store, page_name: str, said: str
) -> None:
    request = replace(REQUEST, successor_of="a-model-of-old")
    record = draw(store, data=png(32), page=page_name, request=request)

    page = click(look(app), f"open_{record.id}")

    assert said in words(page)
    assert "a-model-of-old was requested; it is retired, and this model replaces it" in words(page)


def test_details_go_from_picture_to_picture(app: AppTest, store: Store) -> None:
    records = [drawn(store, f"square {number}", colour=number) for number in range(3)]
    page = click(look(app), f"open_{records[2].id}")
    assert page.button(key="history_previous").disabled

    click(page, "history_next")

    assert "square 1" in [text.value for text in page.text]
    assert "2 of 3 on this page" in [text.value for text in page.text]


def test_tags_and_notes_of_one_are_kept(app: AppTest, store: Store) -> None:
    record = drawn(store)
    page = click(look(app), f"open_{record.id}")

    page.multiselect(key=f"tags_{record.id}").set_value(["poster", "client A"]).run()
    page.text_area(key=f"note_{record.id}").set_value("for the **door**").run()
    page.multiselect(key=f"tags_{record.id}").set_value(["poster"]).run()

    kept = store.history.get("local", record.id)
    assert kept
    assert (("poster",), "for the **door**") == (kept.tags, kept.note)


def test_its_settings_are_taken_over_into_the_form(app: AppTest, store: Store) -> None:
    record = drawn(store, "a green square", model="gpt-image-2", quality="high", size="1536x1024")
    page = click(look(app), f"open_{record.id}")

    click(page, f"reuse_details_{record.id}")

    assert ("a green square", "high", "1536x1024") == tuple(
        page.session_state[key] for key in ("prompt", "quality", "size")
    )
    assert "Generate" == page.title[0].value


def test_a_picture_whose_file_is_gone_is_named(app: AppTest, store: Store) -> None:
    record = drawn(store)
    assert record.stored
    store.files.forget(record.stored)

    page = look(app)

    assert ["Add the image again"] == [error.proto.title for error in page.error]
