"""The Compare page: what is planned, drawn, refused, kept and handed on."""

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from components.compare.axes import numbers
from components.compare.tab_state import CompareTab
from components.compare.tabs import IMAGES, VOTE
from components.frame.formats import duration
from components.state.account import Connection
from components.state.services import Services
from tests.pages.compare_tab import PROMPT, TWO, compared, sheet, shots, states
from tests.pages.form import more
from tests.pages.kept import kept
from tests.pages.tabs import environment, has, label, press, ran, words
from tests.serving import ROOT
from triptych.engine.serve import Engine
from triptych.ranges import Range
from triptych.servers import LIKE_OPENAI, Account


def posts(engine: Engine) -> int:
    return sum(entry.method == "POST" for entry in engine.log)


def paying(app: AppTest, engine: Engine) -> None:
    kept(app, Connection).account = Account(engine.base_url, engine.token, server=LIKE_OPENAI, recognised=False)


def new_tab() -> AppTest:
    tab = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    return ran(tab.switch_page("pages/compare.py"))


def test_a_new_tab_compares_three_models_at_three_qualities(app: AppTest) -> None:
    ran(app.switch_page("pages/compare.py"))

    assert ["low", "medium", "high"] == sheet(app)["columns"]
    assert ["gpt-image-2", "gpt-image-2.5-flare", "gpt-image-2.6-flare"] == sheet(app)["rows"]
    assert ["missing"] * 9 == states(app)
    assert label(app).startswith("Compare · 9 images · about $0.")


def test_without_a_prompt_nothing_is_sent_and_the_page_says_why(app: AppTest, engine: Engine) -> None:
    press(compared(app, prompt=""))

    assert "Write a prompt first. Describe what the images should show." in words(app)
    assert 0 == posts(engine)
    compared(app)
    assert "Write a prompt first" not in words(app)  # it is no longer true


def test_a_cell_that_cannot_be_drawn_says_why_and_is_not_counted(app: AppTest) -> None:
    compared(app, compare_values_quality=["low", "xhigh"])

    assert ["missing", "impossible", "missing", "missing"] == states(app)
    assert "xhigh" in shots(app)[1]["reason"]
    assert "Compare · 3 images" in label(app)


def test_braces_and_repeats_multiply_the_pictures(app: AppTest) -> None:
    compared(app, prompt="a {red|blue|green} square", compare_repeats=2)

    assert "Compare · 12 images" in label(app)
    assert ["Prompt: red", "Prompt: blue", "Prompt: green"] == app.selectbox(key="compare_still_prompt").options
    assert 4 == len(shots(app))


def test_a_grid_is_drawn_once_and_grows_by_what_is_new(app: AppTest, engine: Engine) -> None:
    compared(app)
    press(app)
    assert ["done", "done"] == states(app)
    assert ["$0.006", "$0.006"] == [shot["strong"] for shot in shots(app)]
    assert ("Vote · 1 pair", 2) == (label(app), posts(engine))

    press(app)
    assert (VOTE, 2) == (app.session_state["compare_shows"], posts(engine))
    compared(app, compare_shows=IMAGES)
    compared(app, compare_values_quality=["low", "medium"])
    assert ["done", "missing", "done", "missing"] == states(app)
    press(app)

    assert ["done"] * 4 == states(app)
    assert 4 == posts(engine)


def test_one_failing_cell_stops_no_other_and_is_retried_alone(app: AppTest, engine: Engine) -> None:
    engine.faults.plan("moderation_input", 1)
    compared(app)
    press(app)
    assert ["done", "failed"] == sorted(states(app))

    press(app, "retry_failed")

    assert ["done", "done"] == states(app)
    assert 3 == posts(engine)
    assert not has(app, "retry_failed")


def test_a_new_tab_finds_the_comparison_again(app: AppTest, engine: Engine) -> None:
    press(compared(app))

    again = new_tab()

    assert ["done", "done"] == states(again)
    assert PROMPT == again.text_area(key="prompt").value
    assert list(TWO) == again.multiselect(key="compare_values_model").value
    assert 2 == posts(engine)


def test_braces_of_a_comparison_found_again_stay_in_its_prompt(app: AppTest) -> None:
    press(compared(app, prompt="a {red|blue} square", compare_values_model=[TWO[0]]))

    again = compared(new_tab(), prompt="a {round|square} table", compare_values_model=[TWO[0]])

    assert "Compare · 2 images" in label(again)


def test_a_grid_over_the_cap_is_refused_with_the_part_that_fits(
    app: AppTest, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment(monkeypatch, TRIPTYCH_BUDGET_RUN="0.007")
    paying(app, engine)
    compared(app)

    press(app)
    assert 0 == posts(engine)
    assert "Run the first 1 of 2" == app.button(key="draw_affordable").label
    press(app, "draw_affordable")

    assert ["done", "missing"] == states(app)
    assert 1 == posts(engine)


def test_more_than_five_hundred_pictures_are_asked_for_twice(app: AppTest, engine: Engine) -> None:
    some = "|".join(map(str, range(20)))
    compared(app, prompt=f"a square, {{{some}}} by {{{some}}}")

    press(app)

    assert "Confirm to continue." in words(app)
    assert "Yes, make all 800 images" in app.checkbox(key="compare_sure").label
    assert 0 == posts(engine)


def test_people_vote_blind_by_the_link_and_the_verdict_counts_them(app: AppTest) -> None:
    press(compared(app))
    compared(app, compare_shows="Vote")
    press(app, "compare_make_link")
    (link,) = [found for one in app.code if (found := str(one.value).partition("vote=")[2])]

    guest = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    guest.query_params["vote"] = link
    guest = guest.run().switch_page("pages/compare.py")
    guest.query_params["vote"] = link
    ran(guest)
    alts = [one.alt for picture in guest.get("image") for one in picture.proto.imgs]
    said = f"{words(guest)} {alts}"
    press(guest, "vote_left")
    compared(app, compare_shows="Results")

    assert ["Image A", "Image B"] == sorted(alts)
    assert "gpt-image" not in said
    assert "You voted on all 1 pairs. Thank you." in words(guest)
    assert ["1", "1"] == app.table[0].value["Votes"].tolist()


def test_an_svg_is_seen_in_its_cell_and_on_the_ballot(app: AppTest) -> None:
    compared(app, compare_vary=["output_format"], compare_values_output_format=["svg", "gif", "png"])
    press(app)
    vector, moving, still = (str(shot["src"]) for shot in shots(app))
    compared(app, compare_shows="Vote")

    assert vector.startswith("data:image/svg+xml;base64,")
    assert moving.endswith(".gif")
    assert still.endswith(".jpg")
    for verdict in ("left", "right", "bad"):
        assert 2 == len(app.get("image"))
        press(app, f"vote_{verdict}")


def test_the_editor_makes_room_for_the_pictures_once_they_are_drawn(app: AppTest) -> None:
    press(compared(app, prompt=""))
    assert kept(app, CompareTab).wide

    press(compared(app))

    assert not kept(app, CompareTab).wide


def test_what_waits_for_its_turn_shows_no_clock(app: AppTest, engine: Engine) -> None:
    engine.app.state.pace = 40.0  # nothing ends before it is cancelled
    compared(app, compare_values_quality=["low", "medium"], compare_repeats=3).button(key="run").click().run()
    while "drawing" not in states(ran(app)):
        pass  # until the first of them is sent
    facts = {str(shot["state"]): str(shot["facts"]) for shot in shots(app)}
    (progress,) = (bar.proto.text.replace("\\", "") for bar in app.get("progress"))
    press(app, "cancel")
    assert re.fullmatch(r"0 of 12 · would have cost \$0\.00 so far · \d+ s, about \d+–\d+ s left", progress)
    assert " s of " in facts["drawing"]
    assert " of " not in facts["queued"]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(40, 90, "40–90 s"), (26, 125, "26 s–2 min"), (59, 9000, "59 s–2.5 h"), (180, 480, "3–8 min")],
)
def test_a_long_time_is_never_told_as_none(low: float, high: float, expected: str) -> None:
    assert expected == duration(Range(low, high))


def test_a_taken_back_link_leads_nowhere(app: AppTest) -> None:
    guest = app.switch_page("pages/compare.py")
    guest.query_params["vote"] = "made-up"

    ran(guest)

    assert "no longer works" in guest.info[0].value


def test_comparisons_are_named_deleted_and_brought_back(app: AppTest, process: Services) -> None:
    press(compared(app))
    app.session_state["compare_name"] = "Which red"
    press(app, "compare_save_name")
    (saved,) = process.grids.every("local")
    assert "Which red" == saved.name

    press(app, f"compare_delete_{saved.id}")
    assert () == process.grids.every("local")
    press(app, "compare_undelete")

    assert "Which red" == process.grids.every("local")[0].name


def test_a_shared_file_describes_the_comparison_in_another_home(app: AppTest, process: Services) -> None:
    press(compared(app, compare_repeats=2))
    grid = process.grids.open("local", process.grids.every("local")[0].id)
    press(app, "compare_new")
    kept(app, CompareTab).wide = False
    compared(app, prompt="", compare_values_quality=["high"], compare_repeats=1)

    app.file_uploader[0].set_value(("shared.json", grid.experiment.to_text().encode(), "application/json")).run()
    app.button(key="compare_take").click().run()

    assert PROMPT == app.text_area(key="prompt").value
    assert ["low"] == app.session_state["compare_values_quality"]
    assert 2 == app.number_input(key="compare_repeats").value
    assert kept(app, CompareTab).wide  # what was taken in is there to be read before it is drawn


def test_a_file_that_is_none_is_refused_in_words(app: AppTest) -> None:
    ran(app.switch_page("pages/compare.py"))

    app.file_uploader[0].set_value(("x.json", json.dumps({"no": 1}).encode(), "application/json")).run()
    app.button(key="compare_take").click().run()

    assert "This is no experiment of the playground" in words(app)


@pytest.mark.parametrize(
    ("preset", "models", "qualities", "repeats"),
    [("preset_drafts", 1, ["low"], 4), ("preset_qualities", 1, ["low", "medium", "high", "xhigh", "max"], 1)],
)
def test_a_preset_fills_the_editor(app: AppTest, preset: str, models: int, qualities: list[str], repeats: int) -> None:
    ran(app.switch_page("pages/compare.py"))

    press(app, preset)

    assert models == len(app.session_state["compare_values_model"])
    assert qualities == app.session_state["compare_values_quality"]
    assert repeats == app.session_state["compare_repeats"]


def test_compare_this_brings_prompt_and_settings_along(app: AppTest) -> None:
    app.session_state["quality"] = "low"
    app.text_area(key="prompt").set_value("a blue circle").run()
    press(app)

    press(app, next(str(one.key) for one in more(app).button if str(one.key).startswith("compare_tile_")))

    assert "a blue circle" == app.text_area(key="prompt").value
    assert "Compare" == app.title[0].value


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("60, 80-100/10", (60, 80, 90, 100)),
        ("3–5", (3, 4, 5)),
        ("7, 7", (7,)),
        ("seven", ()),
        ("1-999999", ()),
        ("", ()),
    ],
)
def test_numbers_are_listed_and_ranged(text: str, read: tuple[int, ...]) -> None:
    assert read == numbers(text)
