"""Colours as triples of 0–255: names, hex codes, and the few ways of mixing them a painter needs."""

import colorsys
import re

RGB = tuple[int, int, int]

NAMED: dict[str, str] = {
    "red": "#d23b34",
    "crimson": "#b3203a",
    "scarlet": "#d9361f",
    "maroon": "#6e1f2c",
    "burgundy": "#6b1f35",
    "orange": "#e8833a",
    "amber": "#eaa22f",
    "gold": "#d8a93a",
    "golden": "#e0b04a",
    "yellow": "#efcf45",
    "ochre": "#c9862b",
    "mustard": "#d3a52c",
    "lime": "#9ccc3c",
    "green": "#4e9a51",
    "emerald": "#24936b",
    "olive": "#7c7f3a",
    "sage": "#9caf88",
    "mint": "#a6dcc0",
    "teal": "#1f8a8a",
    "turquoise": "#38b7b0",
    "cyan": "#35c3d8",
    "aqua": "#45c6cf",
    "blue": "#3b6fc4",
    "navy": "#1f2f5c",
    "cobalt": "#2449a8",
    "ultramarine": "#2b3fa0",
    "indigo": "#433a92",
    "azure": "#4f9be0",
    "purple": "#7b4bab",
    "violet": "#7f54c0",
    "lavender": "#b9a6dc",
    "lilac": "#c3a3d2",
    "magenta": "#c9358f",
    "pink": "#e98fb0",
    "rose": "#d9687f",
    "coral": "#ee7d63",
    "salmon": "#ef9077",
    "peach": "#f4b48c",
    "brown": "#7d5437",
    "chocolate": "#553322",
    "tan": "#cfae82",
    "beige": "#e3d6bd",
    "cream": "#f4ead3",
    "ivory": "#f6f1e3",
    "white": "#f6f5f1",
    "silver": "#bcc2c8",
    "grey": "#8a8d92",
    "gray": "#8a8d92",
    "charcoal": "#34373d",
    "black": "#1c1d21",
    "terracotta": "#c5694a",
    "copper": "#b56d42",
    "bronze": "#8f6b3b",
    "rust": "#a9512d",
}

HEX = re.compile(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b")


def rgb(code: str) -> RGB:
    """`#abc` or `#aabbcc` as a triple."""
    digits = code.lstrip("#")
    if len(digits) == 3:
        digits = "".join(d * 2 for d in digits)
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def code(colour: RGB) -> str:
    return f"#{colour[0]:02x}{colour[1]:02x}{colour[2]:02x}"


def mix(a: RGB, b: RGB, share: float) -> RGB:
    """`share` of `b` in `a`, 0 to 1."""
    r, g, bl = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return r, g, bl


def lighter(colour: RGB, share: float) -> RGB:
    return mix(colour, (255, 252, 244), share)


def darker(colour: RGB, share: float) -> RGB:
    # Painters darken towards blue: black makes mud.
    return mix(colour, (16, 18, 34), share)


def luminance(colour: RGB) -> float:
    """0 (black) to 1 (white), as an eye weighs the channels."""
    return (0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]) / 255


def shifted(colour: RGB, hue: float = 0.0, saturation: float = 1.0, value: float = 1.0) -> RGB:
    """`hue` in turns; `saturation` and `value` as factors."""
    h, s, v = colorsys.rgb_to_hsv(*(c / 255 for c in colour))
    r, g, b = colorsys.hsv_to_rgb((h + hue) % 1, min(s * saturation, 1), min(v * value, 1))
    return round(r * 255), round(g * 255), round(b * 255)
