"""What the text model made of the words: the revised prompt, with what is new in it marked."""

import re
from difflib import SequenceMatcher
from itertools import groupby

import streamlit as st

from components.frame.notice import plain

# A word with the space before it; a letter of a script that is written without spaces stands for itself.
LONE = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
WORD = re.compile(rf"\s*(?:[{LONE}]|[^\W{LONE}]+|\S)|\s+")


def changed(before: str, after: str) -> tuple[tuple[str, bool], ...]:
    """``after`` in pieces, each with whether it is new beside ``before``; put together they are ``after``."""
    old, new = WORD.findall(before), WORD.findall(after)
    before_spelled, after_spelled = ([word.strip().casefold() for word in words] for words in (old, new))
    blocks = SequenceMatcher(None, before_spelled, after_spelled, autojunk=False).get_matching_blocks()
    kept = {place for block in blocks for place in range(block.b, block.b + block.size)}
    marked = [(word, place not in kept) for place, word in enumerate(new)]
    return tuple(("".join(word for word, _ in run), is_new) for is_new, run in groupby(marked, key=lambda one: one[1]))


def revised_prompt(before: str, after: str, marked: str) -> None:
    """Draw the revised prompt ``after`` as what it is, with what is not in ``before`` marked; ``marked`` says what that
    means."""
    pieces = changed(before, after)
    said = "".join(_piece(text, is_new=is_new) for text, is_new in pieces)
    new = any(is_new for _, is_new in pieces)
    st.caption(f"**Revised prompt**{f' (marked: {marked})' if new else ''}  \n{said}")


def _piece(text: str, *, is_new: bool) -> str:
    said = plain(text)
    if not is_new or not said:
        return f"{' ' if text[:1].isspace() else ''}{said}"
    return f"{' ' if text[:1].isspace() else ''}:gray-background[{said}]"
