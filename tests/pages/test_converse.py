"""The Converse page on the real demo engine: turns, branches, what goes with a message, and what is refused."""

import pytest
from PIL import Image
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from components.state.account import Connection
from components.state.services import services
from tests.pages.converse_tab import (
    FOX,
    PATIENCE,
    captions,
    click,
    errors,
    heard,
    look,
    say,
    settled,
    shown,
    talk,
    thread,
    turns,
    typed,
)
from tests.pages.edit_tab import png, upload
from tests.pages.kept import kept
from tests.pages.test_budget import caps, paying
from triptych.engine.serve import Engine
from triptych.errors import OverBudget
from triptych.jobs import Jobs
from triptych.masks import decode, encode


@pytest.fixture
def opened(app: AppTest) -> AppTest:
    return look(app)


@pytest.fixture
def talked(opened: AppTest) -> AppTest:
    """The page after one turn."""
    return say(opened, FOX)


def posts(engine: Engine) -> int:
    return sum(entry.method == "POST" and entry.path.endswith("/responses") for entry in engine.log)


def test_an_empty_page_shows_one_image_in_three_turns_and_takes_the_first_step_where_that_is_free(
    opened: AppTest, engine: Engine
) -> None:
    assert 3 == len(opened.get("image"))
    demo = kept(opened, Connection).account
    paying(opened, engine)
    click(opened.run(), "try_converse")
    assert ("A small white sailing boat on a calm lake", 0) == (typed(opened), posts(engine))

    kept(opened, Connection).account = demo
    settled(click(opened.run(), "try_converse"))
    assert (["A small white sailing boat on a calm lake"], 1) == (shown(opened), posts(engine))


def test_words_without_an_end_are_cut_and_folded_so_that_the_image_of_the_turn_is_seen(opened: AppTest) -> None:
    endless = "å" * 32_000

    say(opened, endless)

    assert f"{endless[:1000]}…" in [text.value for text in opened.text]
    folded = {one.label: one for one in opened.expander}
    assert [endless] == [text.value for text in folded["All 32,000 characters"].text]
    assert {len(text.value) for one in folded.values() for text in one.text} == {
        len(endless),
        len(turns(opened)[0].answer),
    }


def test_a_turn_goes_on_from_the_one_before_and_says_what_both_meters_came_to(talked: AppTest, engine: Engine) -> None:
    talked.text_input(key="safety_identifier").set_value("typed").run()
    say(talked, "the same at night")

    first, second = turns(talked)
    assert (first.id, [FOX, "the same at night"]) == (second.parent, shown(talked))
    assert second.request.turn
    assert first.response_id == second.request.turn.previous
    assert 2 == posts(engine)
    identifier = services().threads.identifier("local")
    assert (identifier, "typed") == (first.request.safety_identifier, second.request.safety_identifier)
    assert "would have cost $" in captions(talked)
    assert "image + $" in captions(talked)
    assert FOX == thread(talked).name


def test_what_is_new_in_a_revised_prompt_is_marked(talked: AppTest) -> None:
    say(talked, "add a boat")

    assert ":gray-background[" in captions(talked)
    assert "new since the last turn" in captions(talked)


def test_words_that_are_not_understood_make_no_image_and_say_what_they_cost(talked: AppTest) -> None:
    say(talked, "flurb the zibble")

    assert ((), "done") == (turns(talked)[1].records, turns(talked)[1].state)
    assert "no image" in captions(talked)
    assert "Answered in words" == heard(turns(talked)[1])


def test_the_price_of_both_meters_stands_above_the_input_before_anything_is_sent(opened: AppTest) -> None:
    said = next(caption.value for caption in opened.caption if caption.value.startswith("Send"))

    assert "image" in said
    assert "text" in said


def test_a_branch_stands_beside_what_followed_and_can_be_switched(talked: AppTest) -> None:
    say(talked, "the same at night")
    click(talked, f"fork_{turns(talked)[0].id}")
    say(talked, "add a boat")

    first, night, boat = turns(talked)
    assert first.id == night.parent == boat.parent
    assert [FOX, "add a boat"] == shown(talked)
    click(talked, f"branch_left_{boat.id}")
    assert [FOX, "the same at night"] == shown(talked)


def test_a_message_that_is_edited_is_sent_again_beside_the_first(talked: AppTest) -> None:
    click(talked, f"resend_{turns(talked)[0].id}")
    assert FOX == typed(talked)

    say(talked, "A blue fox")

    assert [None, None] == [turn.parent for turn in turns(talked)]
    assert ["A blue fox"] == shown(talked)


def test_images_that_are_attached_go_with_the_message_alone(opened: AppTest) -> None:
    say(opened, "make it night", ("a.png", png((64, 64))))
    say(opened, "add a boat")

    first, second = turns(opened)
    assert [(64, 64)] == [(one.width, one.height) for one in first.request.images]
    assert () == second.request.images


def test_an_attachment_that_is_no_image_is_refused_and_keeps_the_words(opened: AppTest, engine: Engine) -> None:
    opened.chat_input(key="message").upload("a.txt", b"no image").set_value(FOX).run()

    assert "a.txt" in errors(opened)
    assert FOX == typed(opened)
    assert 0 == posts(engine)


def test_an_image_of_an_earlier_turn_is_used_and_dropped_again(talked: AppTest) -> None:
    say(talked, "the same at night")
    first = turns(talked)[0]
    click(talked, f"use_{first.id}")
    assert talk(talked).next.base

    say(talked, "add a boat")

    assert first.records[0].stored
    assert [first.records[0].stored.sha256] == [one.sha256 for one in turns(talked)[2].request.images]
    assert talk(talked).next.base is None


def test_what_is_pinned_goes_with_every_turn(talked: AppTest) -> None:
    click(talked, f"pin_{turns(talked)[0].id}")
    talked.text_input(key="pinned_style").set_value("watercolor").run()

    say(talked, "add a boat")

    second = turns(talked)[1].request
    assert second.turn
    assert ("watercolor", 1) == (second.turn.style, len(second.images))
    click(talked, "unpin")
    assert thread(talked).reference is None


def test_what_is_painted_is_the_mask_of_the_next_turn_alone(talked: AppTest) -> None:
    click(talked, "mask_open")
    masked = talk(talked).next.masked
    assert masked
    layer = Image.new("L", (masked.width, masked.height), 255)
    layer.paste(0, (0, 0, 300, 200))
    upload(talked, encode(layer), key="mask")
    click(talked, "invert_mask")
    assert talked.button(key="wand_mask").label
    assert "preview_mask" not in {button.key for button in talked.button}  # no dialog opens another
    click(talked, "mask_done")

    say(talked, "add a boat")
    say(talked, "the same at night")

    mask = turns(talked)[1].request.mask
    assert [None, mask, None] == [turn.request.mask for turn in turns(talked)]
    assert mask
    painted = decode(services().store.attached(mask.sha256, mask.format, "local"), layer.size)
    assert (0, 0, 300, 200) == painted.getbbox()
    assert talk(talked).next.masked is None


def test_the_last_turn_is_there_as_code_with_the_images_that_it_reads(talked: AppTest) -> None:
    say(talked, "make it night", ("a.png", png((64, 64))))
    talked.session_state["code_panel"] = True
    talked.run()

    assert ["Python", "curl", "Node"] == talked.segmented_control(key="code_language").options
    (code,) = [block.value for block in talked.code if "responses.create" in block.value]
    assert f'"{turns(talked)[0].response_id}"' in code
    assert 'data_url("input-1.png", "image/png")' in code
    assert "sk-" not in code


def test_a_turn_that_a_cap_refuses_is_taken_back_with_its_words_and_images(
    app: AppTest, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    caps(monkeypatch, day="0.001")
    here = look(paying(app, engine))
    field = here.chat_input(key="message").upload("a.png", png((64, 64)), "image/png")
    put = [typed(field.set_value(FOX).run())]  # by this run already, where the refusal came before it was drawn
    services().jobs.drain(PATIENCE)
    put.append(typed(here.run()))

    assert OverBudget.next_move in errors(here)
    assert ([FOX], ()) == ([words for words in put if words], turns(here))
    assert 1 == len(talk(here).next.images)
    assert 0 == posts(engine)


def test_a_turn_that_the_server_refuses_stays_with_its_words(talked: AppTest, engine: Engine) -> None:
    engine.faults.plan("moderation_input")
    say(talked, "add a boat")

    assert [FOX, "add a boat"] == shown(talked)
    assert talked.error
    click(talked, f"resend_{turns(talked)[1].id}")
    assert "add a boat" == typed(talked)


def test_a_conversation_that_the_server_forgot_goes_on_from_the_last_image(talked: AppTest, engine: Engine) -> None:
    engine.faults.plan("turn_expired")
    say(talked, "the same at night")
    forgotten = turns(talked)[1]

    click(talked, f"by_image_{forgotten.id}")
    assert "sent again" in captions(talked)
    say(talked, typed(talked))

    again = turns(talked)[2]
    assert (turns(talked)[0].id, 1, 1) == (again.parent, len(again.request.images), len(again.records))


def test_a_turn_whose_connection_is_cut_is_fetched_and_paid_once(talked: AppTest, engine: Engine) -> None:
    engine.faults.plan("turn_cut")
    say(talked, "the same at night")

    assert (1, 2) == (len(turns(talked)[1].records), posts(engine))


def test_a_turn_that_the_server_still_keeps_is_said_to_be_fetched(talked: AppTest) -> None:
    """As a process that is killed leaves it: unknown, with the id of its response."""
    say(talked, "the same at night")
    with services().store.database.write() as connection:
        lost = {"ticket": turns(talked)[1].id}
        connection.execute(text("UPDATE drawings SET status = 'unknown' WHERE ticket = :ticket"), lost)
        connection.execute(text("UPDATE parts SET got = '{}' WHERE ticket = :ticket"), lost)
    services().jobs = Jobs()
    talked.run()

    assert "nothing is paid twice" in captions(talked)


def test_while_a_turn_runs_the_next_message_waits_in_the_input_and_cancel_ends_it(
    talked: AppTest, engine: Engine
) -> None:
    engine.faults.plan("timeout")
    talked.chat_input(key="message").set_value("the same at night").run()
    talked.chat_input(key="message").set_value("add a boat").run()

    assert "still running" in errors(talked)
    assert ("add a boat", 2) == (typed(talked), len(turns(talked)))
    click(talked, "cancel")
    settled(talked)
    assert "cancelled" == turns(talked)[1].state
    assert 2 == posts(engine)
