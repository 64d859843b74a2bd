"""The error tree: one class for each next move."""

import re

from triptych import errors
from triptych.errors import (
    Blocked,
    Cancelled,
    InvalidRequest,
    KeyRejected,
    NeverSent,
    OutcomeUnknown,
    PictureBlocked,
    TriptychError,
)


def tree(kind: type[TriptychError]) -> dict[str, str]:
    """Every error by name, with the name of its parent."""
    pairs = {child.__name__: kind.__name__ for child in kind.__subclasses__()}
    return {**pairs, **{name: up for child in kind.__subclasses__() for name, up in tree(child).items()}}


def drawn() -> dict[str, str]:
    """The same, read from the drawing in the module's docstring."""
    path, pairs = ["TriptychError"], {}
    for line in (errors.__doc__ or "").splitlines():
        if found := re.match(r"([│ ]*[├└]── )(\w+)", line):
            depth = len(found[1]) // 4
            path = [*path[:depth], found[2]]
            pairs[found[2]] = path[-2]
    return pairs


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    assert tree(TriptychError) == drawn()


def test_an_error_reads_as_its_next_move_and_what_happened() -> None:
    assert "Change the request: Too big." == str(InvalidRequest("Too big."))


def test_every_error_that_can_be_shown_says_what_to_do() -> None:
    shown = [getattr(errors, name) for name in tree(TriptychError)]

    assert [] == [kind.__name__ for kind in shown if not kind.next_move.strip()]


def test_only_what_was_sent_may_be_charged() -> None:
    assert (True, True, False, False) == (
        OutcomeUnknown("").may_be_charged,
        Cancelled("").may_be_charged,
        NeverSent("").may_be_charged,
        KeyRejected("").may_be_charged,
    )


def test_a_blocked_picture_and_a_blocked_prompt_get_different_advice() -> None:
    assert "Another try may pass" in PictureBlocked("").advice
    assert "Reword it" in Blocked("").advice


def test_errors_with_the_same_words_are_different_errors() -> None:
    assert InvalidRequest("x") != InvalidRequest("x")
