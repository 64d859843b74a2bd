"""What a wish says of the whole image: how near it is, its style, its hour, its weather, its place."""

import re
from dataclasses import dataclass

from triptych.engine.clauses import listed, one_of
from triptych.engine.description import HOURS, PLACES, SEEN, SUNNY_HOURS, Description
from triptych.engine.phrases import found, plural, thing
from triptych.engine.words import SETTINGS, SKY, STYLES

WORD = re.compile(r"[#\w'-]+")
NEARER = re.compile(rf"\b{one_of('closer nearer', 'zoom (?:it )?in', 'close-?up')}\b")
FARTHER = re.compile(
    r"\b"
    + one_of(
        "",
        "zoom (?:it )?out|step back|pull back|wider (?:view|shot)",
        "(?:further|farther) (?:away|back|out)|from (?:a distance|afar|far away)",
    )
    + r"\b"
)
THE_PHOTO = re.compile(r"\b(?:this|that|the|my) (?:photo\w*|painting|sketch|illustration)\b")  # asks for no style
IN_COLOUR = re.compile(r"\b(?:back (?:to|in) colou?r|(?:in )?full colou?r|normal style|no style)\b")
SIGHTS = {
    **{word: sight for word, sight in SKY.items() if sight in SEEN and word not in SUNNY_HOURS},
    **dict.fromkeys(("raining", "rainfall"), "rain"),
    **dict.fromkeys(("snow", "snowing", "snowfall"), "snowfall"),
    **dict.fromkeys(("sunshine", "sunlight"), "sun"),
    "overcast": "clouds",
}
SNOWING = re.compile(r"\b(?:let|make it|add|falling|some|with|snowing|snowfall)\b|^snow$")
TIMED = {
    "day": "by day",
    "daytime": "by day",
    "daylight": "in daylight",
    "moonlight": "by moonlight",
    "moonlit": "by moonlight",
    **{part: f"in the {part}" for part in ("morning", "afternoon", "evening")},
}
SOMEWHERE = re.compile(
    r"^(?:move|put|place|set|take|make|change|turn|have|show|use|in|on|by|at|under|add|with)\b|background"
)


@dataclass(frozen=True)
class Step:
    """What a wish does: the description after it, None where it cannot be done, and a few words on that."""

    after: Description | None
    note: str
    missed: str = ""  # what of it was not understood


def qualified(clause: str, scene: Description) -> Step | None:
    """The scene with all that the clause says of the whole; None where that is nothing."""
    after, notes, failed = scene, list[str](), None
    for quality in (_seen, _styled, _timed, _weathered, _placed):
        step = quality(clause, after)
        if step and step.after:
            after = step.after
            notes.append(step.note)
        failed = failed or step
    return Step(after, listed(notes)) if notes else failed


def strange(clause: str, scene: Description) -> bool:
    """Whether it speaks of a thing that is not in the scene: then it is not about the whole."""
    return any(not scene.has(one.name) and plural(one.noun) not in SIGHTS for _, _, one in found(clause))


def _seen(clause: str, scene: Description) -> Step | None:
    steps = bool(NEARER.search(clause)) - bool(FARTHER.search(clause))
    if not steps:
        return None
    after = scene.nearer(steps)
    if after == scene:
        return Step(None, f"I cannot go any {'nearer' if steps > 0 else 'farther away'}")
    return Step(after, "we see it from nearer" if steps > 0 else "we see it from farther away")


def _styled(clause: str, scene: Description) -> Step | None:
    asked = THE_PHOTO.sub("", clause)
    style = next((name for name, pattern in STYLES if re.search(rf"\b(?:{pattern})\b", asked)), None)
    if style is None:
        return Step(scene.in_style(""), "it is in colour again") if IN_COLOUR.search(clause) else None
    after = scene.in_style(style)
    return Step(after, f"it is {after.style.removeprefix('as ')}")


def _timed(clause: str, scene: Description) -> Step | None:
    word = next((w for w in WORD.findall(clause) if w in HOURS and w not in SIGHTS), None)
    if word is None or strange(clause, scene):
        return None
    phrase = TIMED.get(word) or ("in a storm" if word.startswith("storm") else f"at {word}")
    return Step(scene.at_time(phrase), f"it is {phrase.removeprefix('at ').removeprefix('by ')}")


def _weathered(clause: str, scene: Description) -> Step | None:
    word = next((w for w in WORD.findall(clause) if w in SIGHTS), None)
    if word is None or strange(clause, scene) or (word in SETTINGS and not SNOWING.search(clause)):
        return None
    link, _, rest = SEEN[SIGHTS[word]].partition(" ")
    note = f"there is {rest}" if link in {"with", "under"} else f"it is {link} {rest}"
    return Step(scene.with_sight(SIGHTS[word]), note)


def _placed(clause: str, scene: Description) -> Step | None:
    word = next((w for w in WORD.findall(clause) if w in SETTINGS and w not in SIGHTS and not thing(w)), None)
    word = word or ("snow" if re.search(r"\b(?:in|to) (?:the )?snow$", clause) else None)
    if word is None or not SOMEWHERE.search(clause.strip()) or strange(clause, scene):
        return None
    after = scene.in_place(SETTINGS[word])
    return Step(after, f"it is {PLACES[SETTINGS[word]]}") if after != scene else None
