"""Variations by an edit: how far from the picture they may go, each strength with the sentence that asks for it."""

from collections.abc import Mapping

STRENGTHS: Mapping[str, str] = {
    "subtle": "Make this image again with small differences only: keep subject, composition, colors and style, and "
    "vary details such as textures, light and small shapes.",
    "moderate": "Make a variation of this image: keep the subject and the style, and vary pose, composition, light "
    "and colors a little.",
    "strong": "Make a free variation of this image: keep what it is about, and change composition, viewpoint, light "
    "and colors clearly.",
    "wild": "Make an image inspired by this one: keep only its theme, and surprise with another setting, style, "
    "viewpoint and colors.",
}


def variation_prompt(strength: str, wish: str = "") -> str:
    """The prompt that asks an edit for a variation, and for what else is wished; KeyError for an unknown strength."""
    return f"{STRENGTHS[strength]} {wish.strip()}".strip()
