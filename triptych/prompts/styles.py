"""Styles: how an image is made and looks, to be put behind any prompt."""

import tomllib
from dataclasses import dataclass
from importlib import resources

from triptych.prompts.parts import LABELS, sentence

MARK = f"{LABELS['style']}: "


@dataclass(frozen=True, kw_only=True)
class Style:
    """Medium, line, color and light in one phrase; ``medium`` is the group in which it is offered."""

    id: str
    label: str
    text: str
    medium: str = ""


def styled(prompt: str, style: Style) -> str:
    """The prompt with the style as its last sentence, in place of another style that it ends with."""
    subject, _, last = prompt.rpartition(MARK)
    if any(f"{label}: " in last for label in LABELS.values()):
        subject = prompt  # other parts stand behind the style, which stays with them
    subject = (subject if MARK in prompt else prompt).strip()
    clause = f"{MARK}{sentence(style.text)}"
    return f"{sentence(subject)} {clause}" if subject else clause


def style_of(prompt: str) -> str:
    """What stands behind the last "Style:" of a prompt, or all of it."""
    return prompt.rpartition(MARK)[2].strip()


def _library() -> tuple[Style, ...]:
    text = resources.files("triptych.prompts").joinpath("library/styles.toml").read_text(encoding="utf-8")
    return tuple(
        Style(id=id_, medium=medium, label=label, text=phrase)
        for medium, group in tomllib.loads(text).items()
        for id_, (label, phrase) in group.items()
    )


STYLES = _library()
