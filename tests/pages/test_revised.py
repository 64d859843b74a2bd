"""What is marked in a revised prompt: the words that were not there before, in every script."""

import pytest

from components.form.revised import changed


def marked(before: str, after: str) -> list[str]:
    return [text.strip() for text, is_new in changed(before, after) if is_new]


@pytest.mark.parametrize(
    ("before", "after", "new"),
    [
        ("A fox in snow", "A red fox in deep snow", ["red", "deep"]),
        ("a fox", "A fox", []),
        ("", "A fox", ["A fox"]),
        ("하늘을 바꿔", "하늘을 보라색으로 바꿔", ["보라색으로"]),
        ("夜の海", "夜の静かな海", ["静かな"]),
        ("A boat.", "A boat, and a gull.", [", and a gull"]),
    ],
)
def test_what_is_new_is_marked(before: str, after: str, new: list[str]) -> None:
    assert new == marked(before, after)


def test_nothing_of_the_prompt_is_lost() -> None:
    after = "A  fox \n under 夜の海, 1.5× larger "

    assert after == "".join(text for text, _ in changed("a cat under a tree", after))
