"""What the demo's text model understands of plain words; nothing is painted here."""

import pytest

from triptych.engine.clauses import bared
from triptych.engine.instructions import Heard, Reply, replied

FIRST = "a fox on a hill at sunset"
# What is said of that image, and the prompt of the one after it.
CHANGES = {
    # named in the issue that asked for the page
    "make the sky violet": f"{FIRST}, under a violet sky",
    "add a boat": f"{FIRST}, with a boat",
    "the same at night": "a fox on a hill, at night",
    "remove the fox": "on a hill at sunset",
    # the hour and the weather
    "go back to day": "a fox on a hill, by day",
    "Could it be early morning?": "a fox on a hill, in the morning",
    "midnight": "a fox on a hill, at midnight",
    "the same scene, but at dawn": "a fox on a hill, at dawn",
    "make it rain": f"{FIRST}, in the rain",
    "let it snow!": f"{FIRST}, in a snowfall",
    "let there be a rainbow": f"{FIRST}, with a rainbow",
    "add some fog please": f"{FIRST}, in fog",
    "no clouds": f"{FIRST}, under a clear sky",
    # its things
    "bigger fox": f"a big fox{FIRST[5:]}",
    "Can you make the fox much larger?": f"a huge fox{FIRST[5:]}",
    "shrink the fox": f"a small fox{FIRST[5:]}",
    "two foxes instead": f"two foxes{FIRST[5:]}",
    "one more fox": f"two foxes{FIRST[5:]}",
    "turn the fox blue": f"a blue fox{FIRST[5:]}",
    "the fox should be green": f"a green fox{FIRST[5:]}",
    "replace the fox with a cat": f"a cat{FIRST[5:]}",
    "two owls and a dog instead of the fox": f"two owls{FIRST[5:]}, with a dog",
    "make the fox a rabbit": f"a rabbit{FIRST[5:]}",
    "get rid of the fox, please": "on a hill at sunset",
    "without the fox": "on a hill at sunset",
    "give the fox a crown": f"{FIRST}, with a crown",
    "I'd like a whale there too": f"{FIRST}, with a whale",
    "place a lantern next to the fox": f"{FIRST}, with a lantern",
    "what about an orange mushroom?": f"{FIRST}, with an orange mushroom",
    "keep the fox and put three red boats on the left": f"{FIRST}, with three red boats",
    # the whole of it
    "in watercolor": f"{FIRST}, in watercolour",
    "turn this into a line drawing": f"{FIRST}, as a line drawing",
    "black and white": f"{FIRST}, in black and white",
    "zoom out": f"{FIRST}, seen from far away",
    "closer": f"{FIRST}, in a close-up",
    "put it in the forest": "a fox at sunset, in a forest",
    "make the background a city": "a fox at sunset, in a city",
    "the same image but in the snow": "a fox at sunset, in a snowy land",
    'write "HELLO" in the sky': f"{FIRST}, with the words “HELLO”",
    # several wishes at once
    "paint the sky orange and add two birds": f"{FIRST}, with two birds, under an orange sky",
    "Make the fox smaller, add a lighthouse, and turn the sky red": (
        f"a small fox{FIRST[5:]}, with a lighthouse, under a red sky"
    ),
    "make it an oil painting at night with stars": "a fox on a hill, at night, under a starry sky, as an oil painting",
    "at dawn but with a boat": "a fox on a hill, with a boat, at dawn",
    # another image altogether
    "draw a castle": "a castle, in the hills",
    "start over: a robot in a city": "a robot in a city",
    # other languages
    "하늘을 보라색으로 바꿔 줘": f"{FIRST}, under a violet sky",
    "여우 대신 고양이 두 마리": f"two cats{FIRST[5:]}",
    "夜にして": "a fox on a hill, at night",
    "ボートを追加してください": f"{FIRST}, with a boat",
    "去掉狐狸": "on a hill at sunset",
    # as many nouns there as a first prompt has
    "의자를 추가해 줘": f"{FIRST}, with a chair",
    "狐をペンギンに変えて": "a penguin on a hill at sunset",
    "fox를 파랗게 바꿔 줘": f"a blue fox{FIRST[5:]}",
}
# What makes no image, and a part of the answer.
WORDS = {
    "what do you see?": f"The image shows {FIRST}.",
    "how many foxes are there?": f"The image shows {FIRST}.",
    "thanks!": "You are welcome",
    "quantum spaghetti": "I did not understand “quantum spaghetti”",
    "バナナ": "I did not understand “バナナ”",
    "remove the house": "There is no house in the image that I know of",
    "make the house red": "There is no house in the image that I know of",
    "add a unicorn": "I do not know how to paint a unicorn",
    "make the image bigger": "The size of the image is a setting",
    "undo": "There is nothing before this image",
}


def said(wish: str, *earlier: str) -> Reply:
    """The reply to a wish, after the first image and other wishes."""
    reply = replied(Heard(FIRST))
    for one in (*earlier, wish):
        reply = replied(Heard(one, reply.about, sees=True))
    return reply


@pytest.mark.parametrize(("wish", "prompt"), CHANGES.items(), ids=CHANGES)
def test_a_change_in_plain_words_is_understood(wish: str, prompt: str) -> None:
    reply = said(wish)

    assert prompt == reply.prompt
    assert reply.text.startswith(("Now ", "Here is "))


@pytest.mark.parametrize(("wish", "answer"), WORDS.items(), ids=WORDS)
def test_what_is_no_wish_or_is_not_understood_is_answered_in_words(wish: str, answer: str) -> None:
    reply = said(wish)

    assert "" == reply.prompt
    assert answer in reply.text


def test_changes_add_up_and_the_latest_can_be_undone() -> None:
    changed = said("in watercolour", "add a boat", "at night", "bigger fox")
    undone = said("undo", "add a boat", "at night", "bigger fox")

    assert "a big fox on a hill, with a boat, at night, in watercolour" == changed.prompt
    assert "a fox on a hill, with a boat, at night" == undone.prompt


def test_what_of_a_wish_is_not_understood_is_said_beside_what_was_done() -> None:
    reply = said("make it night and make it more quizzical")

    assert "a fox on a hill, at night" == reply.prompt
    assert "I did not understand “make it more quizzical”, so I left that as it was" in reply.text


def test_a_thing_keeps_its_seat_and_all_images_of_a_thread_their_chance() -> None:
    after = said("remove the fox", "add a boat", "replace the boat with a whale").about

    assert after is not None
    assert (FIRST, ["fox"], ("whale",)) == (after.root, [one.name for one in after.first], after.seats)


def test_an_image_of_which_only_pixels_are_known_takes_light_and_additions_but_no_removals() -> None:
    night, gone = (replied(Heard(wish, None, sees=True)) for wish in ("make it night", "remove the fox"))

    assert "at night" == night.prompt
    assert ("", True) == (gone.prompt, "Mark a part" in gone.text or "mark a part" in gone.text)


def test_instructions_give_every_image_their_style_and_stay_out_of_the_scene() -> None:
    first = replied(Heard("a fox on a hill", manner="Always in watercolour, at dusk."))
    second = replied(Heard("add a boat", first.about, sees=True))

    assert "a fox on a hill, at dusk, in watercolour" == first.prompt
    assert "a fox on a hill, with a boat" == second.prompt


def test_what_was_said_stands_in_the_answer_as_it_stands_amid_a_sentence() -> None:
    assert "Here is a red fox in the snow." == replied(Heard("A red fox in the snow")).text
    assert "Here is Paris by night." == replied(Heard("Paris by night", forced=True)).text


def test_the_prompt_is_handed_on_in_the_users_own_words_where_the_instructions_ask_for_that() -> None:
    manner = "Pass the user's own words on as its prompt, unchanged."
    reply = replied(Heard("Make it night!", replied(Heard(FIRST)).about, sees=True, manner=manner))

    assert ("Make it night!", "a fox on a hill, at night") == (reply.revised, reply.prompt)


def test_no_more_than_a_page_of_wishes_is_read_and_no_endless_courtesy() -> None:
    long = said("add a boat. " + "x" * 3000)

    assert f"{FIRST}, with a boat" == long.prompt
    assert "I read only the first 2,000 characters" in long.text
    assert "please x" == bared("please " * 9 + "x")  # each one that is taken away costs a look at all that follows


def test_a_forced_tool_paints_whatever_is_said_and_a_missing_one_nothing() -> None:
    forced = replied(Heard("quantum spaghetti", forced=True))
    without = replied(Heard("a fox", tool=False))

    assert "quantum spaghetti" == forced.prompt
    assert ("", True) == (without.prompt, "without the image tool" in without.text)
