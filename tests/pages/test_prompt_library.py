"""Styles, one's own prompts and those that were sent before, as the Generate page offers them."""

from streamlit.testing.v1 import AppTest

from components.form.prompt_saved import MOST_ROWS
from components.state.services import Services
from tests.pages.test_prompt import click, keys, opened, prompt, unescaped, write
from triptych.prompts import STYLES, styled
from triptych.prompts.saved import SavedPrompt, exported


def test_the_library_is_searched_by_any_word_and_a_style_goes_behind_the_prompt(app: AppTest) -> None:
    write(app, "a fox")
    opened(app, "prompt_templates")
    app.button_group(key="prompt_view").set_value("Styles").run()
    app.text_input(key="prompt_search").set_value("carved woodcut").run()
    picks = [key for key in keys(app) if str(key).startswith("pick_")]
    assert "pick_woodcut" in picks
    assert "pick_linocut" not in picks
    assert len(picks) == sum(len(one.proto.imgs) for one in app.get("image") if one.proto.imgs[0].alt == "")

    click(app, "pick_woodcut")

    assert styled("a fox", next(style for style in STYLES if style.id == "woodcut")) == prompt(app)


def test_a_prompt_is_saved_as_a_template_and_filled_in(app: AppTest) -> None:
    write(app, "a {color=red|blue} {animal}")
    opened(app, "prompt_templates")
    app.button_group(key="prompt_view").set_value("Mine").run()
    click(app, "save_prompt")
    assert ["Give it a name."] == [error.value.replace("\\", "") for error in app.error]

    app.text_input(key="saved_name").set_value("Animal").run()
    click(app, "save_prompt")
    (saved,) = (key for key in keys(app) if key and key.startswith("saved_"))
    click(app, saved)
    assert "Fill in animal: the template “Animal” needs it." in unescaped(app)
    app.text_input(key=f"template_{saved.removeprefix('saved_')}_animal").set_value("fox").run()
    click(app, "use_template")

    assert "a red fox" == prompt(app)


def test_saved_prompts_are_exported_deleted_and_imported_again(app: AppTest, process: Services) -> None:
    mine = SavedPrompt("style", "Napkin", "ballpoint on a napkin")
    process.store.prompts.save("local", [mine])
    opened(app, "prompt_templates")
    app.button_group(key="prompt_view").set_value("Mine").run()
    (saved,) = process.store.prompts.every("local")
    click(app, f"unsave_{saved.id}")
    assert () == process.store.prompts.every("local")
    click(app, "undelete_prompt")
    assert (saved,) == process.store.prompts.every("local")
    click(app, f"unsave_{saved.id}")

    app.get("file_uploader")[0].set_value(("mine.json", exported([mine]), "application/json")).run()

    assert ["Napkin"] == [one.name for one in process.store.prompts.every("local")]


def test_what_is_saved_is_searched_and_only_so_many_are_drawn(app: AppTest, process: Services) -> None:
    many = [SavedPrompt("style", f"Napkin {number:03}", "ballpoint") for number in range(200)]
    process.store.prompts.save("local", [*many, SavedPrompt("template", "Étude", "a {color=blue|red} vase")])
    opened(app, "prompt_templates")
    app.button_group(key="prompt_view").set_value("Mine").run()
    assert MOST_ROWS == sum(str(button.key).startswith("saved_") for button in app.button)
    assert f"and {201 - MOST_ROWS} more. Search to find them." in [one.value for one in app.caption]

    app.text_input(key="prompt_search").set_value("VASE étude").run()

    assert ["Étude"] == [button.label for button in app.button if str(button.key).startswith("saved_")]


def test_a_prompt_that_was_sent_is_recalled(app: AppTest, process: Services) -> None:
    write(app, "a fox at dawn")
    click(app, "run")
    process.jobs.drain(30)
    write(app, "something else")
    opened(app, "prompt_templates")
    app.button_group(key="prompt_view").set_value("Recent").run()
    app.text_input(key="prompt_search").set_value("DAWN").run()

    click(app, "recent_0")

    assert "a fox at dawn" == prompt(app)
