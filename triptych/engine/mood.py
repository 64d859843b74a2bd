"""The light of a picture: its palette by time of day, by the prompt's own colours, and by style."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from triptych.engine.colours import RGB, darker, lighter, luminance, mix, rgb, shifted
from triptych.engine.shapes import Light
from triptych.engine.words import Brief


@dataclass(frozen=True)
class Mood:
    """One colour for each job in the picture."""

    high: RGB
    low: RGB
    disc: RGB
    far: RGB
    near: RGB
    water: RGB
    glint: RGB
    glow: RGB
    accent: RGB
    tint: RGB
    share: float


def _mood(share: float, **codes: str) -> Mood:
    """From the codes of its colours, like "#4f97cf"."""
    return Mood(share=share, **{job: rgb(code) for job, code in codes.items()})


TIMES = {
    "day": _mood(
        high="#4f97cf",
        low="#e9f1ea",
        disc="#fff3c9",
        far="#8fb0bd",
        near="#6f9a5f",
        water="#2f7f9f",
        glint="#d9f0ef",
        glow="#ffe3a1",
        accent="#cf4a3d",
        tint="#dfe9f0",
        share=0.04,
    ),
    "dawn": _mood(
        high="#7d93c4",
        low="#f9cfae",
        disc="#fff1d6",
        far="#a596b4",
        near="#7c8a62",
        water="#6f8fae",
        glint="#fbdcc0",
        glow="#ffe0a0",
        accent="#d0574a",
        tint="#f4c4a6",
        share=0.14,
    ),
    "dusk": _mood(
        high="#38386f",
        low="#f2a06a",
        disc="#ffd9a0",
        far="#6d5a86",
        near="#3f4a4d",
        water="#3f4a78",
        glint="#f5b383",
        glow="#ffc766",
        accent="#c8443c",
        tint="#6a4d74",
        share=0.22,
    ),
    "night": _mood(
        high="#0b1330",
        low="#2d4470",
        disc="#f4efd8",
        far="#22325a",
        near="#16263a",
        water="#152a4f",
        glint="#9fb6d8",
        glow="#ffcf6b",
        accent="#b8433f",
        tint="#16224a",
        share=0.4,
    ),
    "neon": _mood(
        high="#170a38",
        low="#b8337f",
        disc="#ffd1ea",
        far="#31206e",
        near="#150f33",
        water="#1c1552",
        glint="#3fe0ee",
        glow="#ffd75e",
        accent="#ff3f9b",
        tint="#2a1460",
        share=0.34,
    ),
    "storm": _mood(
        high="#5d6b79",
        low="#c3c9c9",
        disc="#e8e8e2",
        far="#7f8c95",
        near="#5a6b5c",
        water="#4c6570",
        glint="#c6d2d3",
        glow="#ffdf9a",
        accent="#b04a44",
        tint="#8a959d",
        share=0.18,
    ),
}

# Which two jobs the first, second and third colour of a prompt take: the one wholly, the other half.
SLOTS = (("accent", "water"), ("high", "near"), ("low", "far"))
PAPERS = {"blueprint": rgb("#1d4a86"), "line": rgb("#f7f3ea"), "woodcut": rgb("#f0e6d2"), "watercolour": rgb("#fbf8f1")}
INKS = {"blueprint": rgb("#dcebff"), "line": rgb("#2c2b30"), "woodcut": rgb("#22252b")}


def mood(brief: Brief) -> Mood:
    """The palette of the prompt, before its style: its time of day, bent towards the colours it names."""
    chosen = TIMES["neon" if brief.style == "neon" else brief.time]
    for (slot, other), colour in zip(SLOTS, brief.colours, strict=False):
        chosen = _bent(chosen, {slot: (colour, 1.0), other: (colour, 0.45)})
    if brief.colours:
        chosen = _bent(chosen, {"low": (lighter(brief.colours[-1], 0.3), 0.35)})
    for part, named in brief.tints:
        colour = darker(named, {"night": 0.5, "dusk": 0.2}.get(brief.time, 0))
        also = {"low": (lighter(colour, 0.45), 0.75)} if part == "high" else {}
        chosen = _bent(chosen, {part: (colour, 0.92), **also})
    return chosen


def _bent(chosen: Mood, by: Mapping[str, tuple[RGB, float]]) -> Mood:
    """The mood with some of its colours mixed with others, by the share given."""
    changes: dict[str, Any] = {slot: mix(getattr(chosen, slot), colour, share) for slot, (colour, share) in by.items()}
    return replace(chosen, **changes)


def light(chosen: Mood, brief: Brief) -> Light:
    """How things in the picture take its light."""
    return Light(
        chosen.tint, chosen.share, chosen.glow, chosen.accent, flat=brief.style in {"flat", "woodcut", "pixel"}
    )


def _grey(colour: RGB) -> RGB:
    # An S-curve: noir lives from its blacks.
    y = luminance(colour)
    v = round(255 * (y * y * (3 - 2 * y) * 0.9 + 0.02))
    return v, v, min(v + 4, 255)


def _woodcut(colour: RGB) -> RGB:
    y = luminance(colour)
    steps = (INKS["woodcut"], rgb("#3f5d73"), rgb("#c6553b") if colour[0] > colour[2] + 40 else rgb("#7f9aa3"))
    return steps[0] if y < 0.22 else steps[1] if y < 0.42 else steps[2] if y < 0.7 else PAPERS["woodcut"]


TONES: dict[str, Callable[[RGB], RGB]] = {
    "noir": _grey,
    "woodcut": _woodcut,
    "pastel": lambda c: lighter(shifted(c, saturation=0.72), 0.38),
    "vintage": lambda c: mix(shifted(c, saturation=0.7), rgb("#c9a36b"), 0.26),
    "neon": lambda c: shifted(c, saturation=1.25, value=1.05),
    "oil": lambda c: shifted(c, saturation=1.2),
    "watercolour": lambda c: mix(c, PAPERS["watercolour"], 0.16),
    "flat": lambda c: shifted(c, saturation=1.06),
    "photo": lambda c: shifted(c, saturation=0.88),
}


def tone(style: str, colour: RGB) -> RGB:
    """A colour as the style would mix it."""
    return TONES[style](colour) if style in TONES else colour


def legible(ground: RGB) -> RGB:
    """Ink that reads on `ground`."""
    return rgb("#fbf7ec") if luminance(ground) < 0.55 else darker(rgb("#1f2230"), 0.2)
