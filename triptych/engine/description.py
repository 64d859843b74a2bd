"""The running description of a scene: words that the painter reads, and that each turn changes a little."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from triptych.engine.phrases import Phrase, article, found
from triptych.engine.scene import ground_of
from triptych.engine.words import PARTS, SETTINGS, SKY, STYLES, TIMES, Thing, read

Change = Callable[[Phrase], Phrase | None]

PLACES = {
    "sea": "by the sea",
    "mountain": "in the mountains",
    "hill": "in the hills",
    "forest": "in a forest",
    "desert": "in the desert",
    "city": "in a city",
    "road": "on a road",
    "snow": "in a snowy land",
    "space": "in space",
    "under": "underwater",
    "still": "on a table",
}
STYLED = {
    "watercolour": "in watercolour",
    "pixel": "as pixel art",
    "blueprint": "as a blueprint",
    "line": "as a line drawing",
    "woodcut": "as a woodcut",
    "noir": "in black and white",
    "neon": "in neon light",
    "vintage": "in a vintage look",
    "oil": "as an oil painting",
    "gouache": "in gouache",
    "pastel": "in pastels",
    "photo": "as a photo",
    "flat": "as a flat poster",
}
SEEN = {
    "sun": "in the sun",
    "moon": "under a moon",
    "stars": "under a starry sky",
    "clouds": "with clouds",
    "rain": "in the rain",
    "snowfall": "in a snowfall",
    "rainbow": "with a rainbow",
    "fog": "in fog",
    "aurora": "with an aurora",
    "clear": "under a clear sky",
}
CLEARING = {"sun", "clear"}  # what ends rain, fog and snow
SUNNY_HOURS = {"sunset", "sunrise"}  # in which it may rain all the same
WET = {"rain", "snowfall", "fog", "clouds"}
NIGHTLY = {"moon", "stars"}
HOURS = {*TIMES, "day", "daytime", "daylight", "noon", "midday", "afternoon"}
BEFORE = (
    r"(?:,?\s*\b(?:at|by|in|during|under|on|as|of|with|and)\b)?"
    r"\s*(?:\b(?:the|an?)\b\s+)?(?:\b(?:early|late|deep)\b\s+)?"
)
LINKS = re.compile(
    r"(?:,?\s*\b(?:and|with|next to|beside|near|by|in front of|behind|holding|plus|under|over|on|in|at|of|to)\b)*,?\s*$"
)
SAYING = re.compile(r"^\s*(?:that (?:says|reads)|saying|reading|with)?\s*[\"“'‘][^\"”'’]*[\"”'’]")
NAMES = {1: "", 0.62: "seen from far away", 1.45: "in a close-up"}


@dataclass(frozen=True)
class Description:
    """What an image shows: `core` as it was first asked for, and what has been added or set since.

    `root` is what the chance of all its images hangs on, with the `index` of the first among those of its request.
    `first` are the things that were there then, `seats` the names of those that came later, in their order, `earlier`
    how it was before the last change.
    """

    core: str
    added: tuple[Phrase, ...] = ()
    place: str = ""
    sights: tuple[str, ...] = ()
    tints: tuple[tuple[str, str], ...] = ()  # noun and colour
    time: str = ""
    style: str = ""
    view: str = ""
    words: str = ""
    root: str = ""
    index: int = 0
    first: tuple[Thing, ...] = ()
    seats: tuple[str, ...] = ()
    earlier: "Description | None" = field(default=None, repr=False, compare=False)

    @classmethod
    def of(cls, core: str, root: str = "", index: int = 0) -> "Description":
        """The first one of a thread; a place is found for things that were given none."""
        brief = read(core)
        bare = brief.things and not brief.settings and not brief.ground
        place = PLACES.get(ground_of(brief), "") if bare else ""
        return cls(core, place=place, root=root or core, index=index, first=brief.things)

    def __str__(self) -> str:
        things = [str(one) for one in self.added]
        listed = " and ".join([", ".join(things[:-1]), things[-1]] if len(things) > 1 else things)
        parts = (
            self.core,
            f"with {listed}" if listed else "",
            self.place,
            *(f"under {article(c)} {c} sky" if PARTS[noun] == "high" else f"with {c} {noun}" for noun, c in self.tints),
            self.time,
            *(SEEN[sight] for sight in self.sights),
            self.view,
            f"with the words “{self.words}”" if self.words else "",
            self.style,
        )
        return ", ".join(part for part in parts if part)

    def phrases(self) -> list[Phrase]:
        return [*(one for _, _, one in found(self.core)), *self.added]

    def has(self, name: str) -> bool:
        return any(one.name == name for one in self.phrases())

    def main(self) -> str:
        """The name of the main thing, or nothing."""
        return next((one.name for one in self.phrases()), "")

    def with_thing(self, new: Phrase) -> "Description":
        """One more thing, or more of one that is there."""
        if self.has(new.name):
            return self.changed(new.name, lambda one: replace(one, count=min(one.count + new.count, 7), the=False))
        known = {*self.seats, *(one.name for one in self.first)}
        seats = self.seats if new.name in known else (*self.seats, new.name)
        return replace(self, added=(*self.added, replace(new, the=False)), seats=seats)

    def changed(self, name: str, change: Change) -> "Description":
        """Its things of a name as `change` makes them; None takes them away."""
        core, shift = self.core, 0
        for begin, end, one in [*found(self.core)]:
            if one.name == name:
                new = change(one)
                head, tail = core[: begin + shift], core[end + shift :]
                made = f"{head}{new}{tail}" if new else without(head, tail)
                shift += len(made) - len(core)
                core = made
        changed = [change(one) if one.name == name else one for one in self.added]
        return replace(self, core=core, added=tuple(one for one in changed if one))

    def exchanged(self, name: str, new: Phrase) -> "Description":
        """Another thing in the place of one."""
        described = self.changed(name, lambda one: replace(new, count=max(new.count, one.count), the=False))
        first = tuple(replace(one, name=new.name) if one.name == name else one for one in self.first)
        seats = tuple(new.name if seat == name else seat for seat in self.seats)
        return replace(described, first=first, seats=seats)

    def without_words(self, known: Callable[[str], bool]) -> "Description":
        """Its core without the phrases of such words."""
        core = self.core
        while hit := next(((b, e) for b, e, _ in found(core, lambda w: w if known(w) else None)), None):
            core = without(core[: hit[0]], core[hit[1] :])
        return replace(self, core=core)

    def at_time(self, phrase: str) -> "Description":
        """At another time of the day, like "at night"."""
        hours = "|".join(sorted(HOURS, key=len, reverse=True))
        core = re.sub(rf"{BEFORE}\b(?:{hours})\b(?:\s+(?:sky|light))?", "", self.core, flags=re.IGNORECASE)
        night = any(TIMES.get(word) == "night" for word in phrase.split())
        sights = tuple(one for one in self.sights if night or one not in NIGHTLY)
        return replace(self, core=tidy(core), time=phrase, sights=sights)

    def in_style(self, style: str) -> "Description":
        """In another style, or in none where it is empty."""
        looks = "|".join(pattern for _, pattern in STYLES)
        kinds = r"(?:\s+(?:style|painting|picture|image|look|light))?(?:\s+of\b)?"
        core = re.sub(rf"{BEFORE}\b(?:{looks})\b{kinds}", "", self.core, flags=re.IGNORECASE)
        return replace(self, core=tidy(core), style=STYLED.get(style, ""))

    def in_place(self, setting: str) -> "Description":
        """Somewhere else, unless it is there already."""
        if setting in read(str(self)).settings:
            return self
        return replace(self.without_words(SETTINGS.__contains__), place=PLACES[setting])

    def with_sight(self, sight: str) -> "Description":
        """With a sight of the sky; the sun ends the rain, and the rain hides the sun."""
        gone = WET if sight in CLEARING else CLEARING if sight in WET else set()
        kept = self.without_words(lambda w: SKY.get(w) in gone and w not in SUNNY_HOURS)
        return replace(kept, sights=(*(one for one in self.sights if one not in gone | {sight}), sight))

    def without_sight(self, sight: str) -> "Description":
        kept = self.without_words(lambda w: SKY.get(w) == sight)
        return replace(kept, sights=tuple(one for one in self.sights if one != sight))

    def tinted(self, noun: str, colour: str) -> "Description":
        """With a part of the scenery in a colour."""
        kept = [(known, c) for known, c in self.tints if PARTS[known] != PARTS[noun]]
        return replace(self, tints=(*kept, (noun, colour)))

    def nearer(self, steps: int) -> "Description":
        views = [NAMES[0.62], NAMES[1], NAMES[1.45]]
        return replace(self, view=views[max(0, min(views.index(self.view) + steps, 2))])


def without(head: str, tail: str) -> str:
    """What is left where a phrase stood between the two, and what linked it."""
    return tidy(LINKS.sub("", head) + SAYING.sub("", tail))


def tidy(text: str) -> str:
    text = re.sub(r"\s+([,.])", r"\1", re.sub(r"\s+", " ", text))
    return re.sub(r"^(?:[\s,.]+|(?:and|with|of)\b\s*)+|[\s,.]+$|(?:,\s*)+(?=,)", "", text)
