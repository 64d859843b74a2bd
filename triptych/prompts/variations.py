"""Variations by an edit: how far from the picture they may go, each strength with the sentence that asks for it."""

from collections.abc import Mapping

STRENGTHS: Mapping[str, str] = {
    "subtle": "Draw this picture again with small differences only: keep subject, composition, colours and style, and "
    "vary details such as textures, light and small shapes.",
    "moderate": "Draw a variation of this picture: keep the subject and the style, and vary pose, composition, light "
    "and colours a little.",
    "strong": "Draw a free variation of this picture: keep what it is about, and change composition, viewpoint, light "
    "and colours clearly.",
    "wild": "Draw a picture inspired by this one: keep only its theme, and surprise with another setting, style, "
    "viewpoint and colours.",
}


def variation_prompt(strength: str, wish: str = "") -> str:
    """The prompt that asks an edit for a variation, and for what else is wished; KeyError for an unknown strength."""
    return f"{STRENGTHS[strength]} {wish.strip()}".strip()
