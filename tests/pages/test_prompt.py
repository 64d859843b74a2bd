"""The prompt on the Generate page: written, built, taken from a template, refused, undone."""

import pytest
from streamlit.testing.v1 import AppTest

from components.form.prompt_box import UNBROKEN
from components.form.prompt_check import Checking
from components.run.empty_page import SAMPLES
from components.state.account import Connection
from components.state.services import Services, services
from tests.pages.kept import kept
from tests.pages.tabs import tab
from triptych.engine.serve import Engine
from triptych.parameters import PROMPT_LIMIT
from triptych.prompts import TEMPLATES, fill
from triptych.servers import LIKE_OPENAI, Account

EXAMPLE = SAMPLES["lighthouse"]

BY_ID = {template.id: template for template in TEMPLATES}


def click(app: AppTest, key: str) -> None:
    app.button(key=key).click().run()
    assert not app.exception


def write(app: AppTest, prompt: str) -> None:
    app.text_area(key="prompt").set_value(prompt).run()


def prompt(app: AppTest) -> str | None:
    return app.text_area(key="prompt").value


def opened(app: AppTest, popover: str) -> None:
    app.session_state[popover] = True
    app.run()


def keys(app: AppTest) -> set[str | None]:
    return {button.key for button in app.button}


def unescaped(app: AppTest) -> str:
    return "\n".join(caption.value for caption in app.caption).replace("\\", "")


def line(app: AppTest) -> str:
    """The caption under the prompt."""
    return next(caption.value for caption in app.caption if "character" in caption.value).replace(UNBROKEN, " ")


def test_the_prompt_goes_by_its_label_and_key(app: AppTest) -> None:
    assert "Prompt" == app.text_area(key="prompt").label


def test_an_empty_page_says_what_it_is_for_and_its_example_can_be_tried(app: AppTest) -> None:
    assert any("Create images from a prompt" in text.value for text in app.markdown)

    click(app, "show_sample_lighthouse")

    assert EXAMPLE == prompt(app)
    assert [EXAMPLE] == [job.request.prompt for job in services().jobs.of("local")]


def test_the_welcome_goes_when_something_is_drawn(app: AppTest, process: Services) -> None:
    write(app, "a red square")

    click(app, "run")
    process.jobs.drain(30)
    app.run()

    assert "show_sample_lighthouse" not in keys(app)


def test_the_tour_has_three_steps_and_is_gone_once_it_is_skipped_or_something_was_made(
    app: AppTest, process: Services
) -> None:
    steps = [text.value[2:8] for text in app.markdown if " of 3 · " in text.value]
    for _ in range(2):
        click(app, "tour_next")
        steps += [text.value[2:8] for text in app.markdown if " of 3 · " in text.value]
    assert ["1 of 3", "2 of 3", "3 of 3"] == steps
    click(app, "tour_next")
    assert "tour_next" not in keys(app)

    skipped = tab("pages/generate.py")
    click(skipped, "tour_skip")
    assert "tour_next" not in keys(skipped)

    write(app, "a red square")
    click(app, "run")
    process.jobs.drain(30)
    later = tab("pages/generate.py")
    assert "continue_last_button" in keys(later)
    assert "tour_next" not in keys(later)
    assert "" == prompt(later)


def test_the_line_under_the_prompt_counts_and_hints(app: AppTest) -> None:
    write(app, 'A lighthouse at dusk, gouache, "OPEN" above its wooden door')

    assert line(app).startswith("59 characters · \\~")
    assert line(app).endswith(" tokens · Lettering is short, good\\.")


def test_a_prompt_is_never_read_as_markdown(app: AppTest) -> None:
    write(app, "twelve ![x](http://beacon.example/x.png)cats")

    texts = [element.value for element in (*app.caption, *app.markdown)]
    assert [] == [text for text in texts if "![" in text or "](" in text]


def test_all_advice_is_behind_the_hints(app: AppTest) -> None:
    write(app, "Twelve cats around a pie chart, no dogs")

    said = " ".join(text.value for text in app.markdown)
    assert "Asks for twelve cats" in said
    assert "Asks for a pie chart" in said
    assert "Names dogs only to exclude" in said


@pytest.mark.parametrize("text", ["", "   ", "x" * (PROMPT_LIMIT + 1)])
def test_a_prompt_that_cannot_be_sent_is_refused_in_words_on_the_click(
    app: AppTest, engine: Engine, process: Services, text: str
) -> None:
    write(app, text)
    assert not app.button(key="run").disabled

    click(app, "run")

    assert ["Change the request"] == [error.proto.title for error in app.error]
    assert text == prompt(app)
    assert () == process.jobs.of("local")
    assert [] == list(engine.log)
    write(app, "a red square")
    assert [] == [*app.error]  # it is no longer true


def test_a_prompt_one_character_too_long_is_counted_in_red(app: AppTest) -> None:
    write(app, "x" * (PROMPT_LIMIT + 1))

    assert line(app).startswith(":red[")
    assert "32,001 characters] :red[· 1 too many]" in line(app)


def test_the_longest_prompt_is_drawn(app: AppTest, process: Services, engine: Engine) -> None:
    write(app, "x" * PROMPT_LIMIT)

    click(app, "run")
    process.jobs.drain(30)

    assert [200] == [entry.status for entry in engine.log]


def test_the_builder_puts_its_parts_into_the_prompt_and_keeps_them(app: AppTest) -> None:
    opened(app, "prompt_builder")
    app.text_input(key="part_subject").set_value("A fox")
    app.text_input(key="part_exclusions").set_value("snow")

    click(app, "put_parts")
    assert "A fox. Leave out: snow." == prompt(app)
    assert "part_subject" not in {field.key for field in app.text_input}

    opened(app, "prompt_builder_1")  # it was closed once
    assert "A fox" == app.text_input(key="part_subject").value
    assert "snow" == app.text_input(key="part_exclusions").value


def test_an_empty_builder_leaves_the_prompt_alone(app: AppTest) -> None:
    write(app, "a cat")
    opened(app, "prompt_builder")

    click(app, "put_parts")

    assert "a cat" == prompt(app)
    assert "undo_prompt" not in keys(app)


def choose(app: AppTest, template: str) -> None:
    """Open the templates and the one of that id."""
    opened(app, "prompt_templates")
    app.button_group(key="template_purpose").set_value(BY_ID[template].purpose).run()
    click(app, f"pick_{template}")


def test_a_template_fills_prompt_and_settings(app: AppTest) -> None:
    choose(app, "poster")
    app.text_input(key="template_poster_title").set_value("HARBOUR").run()
    assert "Also set size to 1024x1536, quality to high" == app.checkbox(key="template_settings").label

    click(app, "use_template")

    assert fill(BY_ID["poster"], {"title": "HARBOUR"}) == prompt(app)
    assert "1024x1536" == app.selectbox(key="size").value
    assert "high" == app.session_state["quality"]


def test_a_template_can_be_used_without_its_settings(app: AppTest) -> None:
    choose(app, "poster")
    app.checkbox(key="template_settings").uncheck().run()

    click(app, "use_template")

    assert fill(BY_ID["poster"], {}) == prompt(app)
    assert "1024x1024" == app.selectbox(key="size").value


def test_another_example_takes_the_next_alternatives(app: AppTest) -> None:
    choose(app, "poster")

    click(app, "next_example")
    click(app, "use_template")

    assert fill(BY_ID["poster"], {}, example=1) == prompt(app)
    assert "DEEP WATER" in (prompt(app) or "")


@pytest.mark.parametrize("template", ["poster", "icon", "hero"])  # one of each set of settings
def test_a_template_leads_to_a_request_that_can_be_sent(app: AppTest, template: str) -> None:
    choose(app, template)

    click(app, "use_template")

    assert not app.button(key="run").disabled
    assert [] == [warning.value for warning in app.warning]


def test_what_a_template_overwrote_comes_back_and_goes_again(app: AppTest) -> None:
    write(app, "my own words")
    choose(app, TEMPLATES[0].id)
    click(app, "use_template")

    click(app, "undo_prompt")
    assert "my own words" == prompt(app)
    assert "medium" == app.session_state["quality"]

    click(app, "undo_prompt")
    assert fill(TEMPLATES[0], {}) == prompt(app)
    assert "high" == app.session_state["quality"]


def checked(app: AppTest) -> str:
    """What stands beside the prompt once its check has been answered."""
    click(app, "check_prompt")
    if asking := kept(app, Checking).asking:
        asking.exception(30)
        app.run()
    return said(app)


def said(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown).replace("\\", "")


def test_a_prompt_is_checked_on_request_and_what_is_said_is_about_that_prompt(app: AppTest, engine: Engine) -> None:
    write(app, "a gory battle")
    assert [] == list(engine.log)

    assert "Flagged: violence/graphic (demo)" in checked(app)
    assert ["/v1/moderations"] == [entry.path for entry in engine.log]

    write(app, "a fox")
    assert "lagged" not in said(app)
    assert "Not flagged (demo)" in checked(app)


def test_a_server_without_moderation_is_not_asked(app: AppTest, engine: Engine) -> None:
    kept(app, Connection).account = Account(engine.base_url, engine.token, server=LIKE_OPENAI, recognised=False)

    write(app, "a fox")

    assert "check_prompt" not in keys(app)


def test_the_prompt_stays_across_pages(app: AppTest) -> None:
    write(app, "a cat")

    app.switch_page("pages/models.py").run()
    app.switch_page("pages/generate.py").run()

    assert "a cat" == prompt(app)
