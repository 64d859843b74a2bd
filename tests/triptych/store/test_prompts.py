"""Saved templates and styles, the file in which they are passed on, and the prompts that were sent lately."""

from dataclasses import replace

import pytest

from tests.triptych.store.drawn import REQUEST, draw
from triptych.errors import BadFile, InvalidRequest
from triptych.prompts.saved import SavedPrompt, exported, imported
from triptych.store import Store

FOX = SavedPrompt("template", "Fox", "a {color=red|white} fox")
NAPKIN = SavedPrompt("style", "여우 – napkin", "ballpoint pen on a napkin\nwith a stain")


def held(store: Store, owner: str = "me") -> list[tuple[str, str, str]]:
    return [(one.kind, one.name, one.text) for one in store.prompts.every(owner)]


def test_what_is_saved_is_kept_by_its_owner_and_goes_when_it_is_deleted(store: Store) -> None:
    store.prompts.save("me", [NAPKIN, FOX])
    store.prompts.save("you", [FOX])

    assert [("template", "Fox", FOX.text), ("style", NAPKIN.name, NAPKIN.text)] == held(store)
    (mine,) = store.prompts.every("you")
    store.prompts.delete("me", mine.id)
    assert [("template", "Fox", FOX.text)] == held(store, "you")
    store.prompts.delete("you", mine.id)
    assert [] == held(store, "you")


def test_the_same_name_is_saved_over_and_a_style_may_share_it(store: Store) -> None:
    store.prompts.save("me", [FOX, SavedPrompt("style", "Fox", "furry")])

    store.prompts.save("me", [SavedPrompt("template", " Fox ", "another fox")])

    assert {("template", "Fox", "another fox"), ("style", "Fox", "furry")} == set(held(store))


def test_nothing_is_saved_where_one_cannot_be(store: Store) -> None:
    with pytest.raises(InvalidRequest, match="Give it a name"):
        store.prompts.save("me", [FOX, SavedPrompt("style", " ", "furry")])

    assert [] == held(store)


def test_recent_prompts_are_told_once_the_newest_first_and_found_by_their_words(store: Store) -> None:
    for number, (text, page) in enumerate(
        [("a fox", "generate"), ("a Cat, asleep", "edit"), ("a fox", "compare"), ("a row", "batch")]
    ):
        draw(store, f"t{number}", owner="me", page=page, request=replace(REQUEST, prompt=text))
    draw(store, "yours", owner="you", page="generate", request=replace(REQUEST, prompt="a secret"))

    assert ("a fox", "a Cat, asleep") == store.prompts.recent("me")
    assert ("a Cat, asleep",) == store.prompts.recent("me", "ASLEEP cat")
    assert ("a fox",) == store.prompts.recent("me", most=1)


def test_a_file_brings_back_what_it_was_given() -> None:
    assert (FOX, NAPKIN) == imported(exported([FOX, NAPKIN]))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "holds no prompts of this version"),
        (b'{"triptych_prompts": 2, "prompts": []}', "holds no prompts of this version"),
        (b'{"triptych_prompts": 1, "prompts": [{"kind": "template", "name": "x"}]}', "Prompt 1 of the file needs"),
        (
            b'{"triptych_prompts": 1, "prompts": [{"kind": "x", "name": "x", "text": "x"}]}',
            "Prompt 1 of the file needs",
        ),
        (b'{"triptych_prompts": 1, "prompts": [{"kind": "style", "name": "", "text": "x"}]}', "Give it a name"),
        (b'{"triptych_prompts": 1, "prompts": [' + b"{}," * 1000 + b"{}]}", "1,001 prompts; at most 1,000"),
    ],
    ids=range(9),
)
def test_a_file_that_is_none_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(BadFile, match=said):
        imported(data)
