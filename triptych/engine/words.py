"""Reads a prompt the way a sign painter reads an order: what to draw, in which colours, with which words on it."""

import re
from dataclasses import dataclass
from itertools import pairwise

from triptych.engine.colours import HEX, NAMED, RGB, rgb
from triptych.engine.languages import in_english
from triptych.engine.shapes import NOUNS

SETTINGS: dict[str, str] = {
    word: setting
    for setting, words in {
        "sea": "sea ocean lake water harbour harbor bay coast beach shore island river pond waves seaside marina",
        "mountain": "mountain mountains alps peak peaks summit fjord valley canyon cliff volcano",
        "hill": "hill hills field fields meadow countryside farm prairie vineyard garden park village path landscape",
        "forest": "forest woods woodland jungle trees grove wood",
        "desert": "desert dune dunes sahara oasis",
        "city": "city skyline town street downtown skyscraper skyscrapers metropolis tokyo york london paris",
        "road": "road highway lane avenue",
        "snow": "snow snowy winter ice arctic glacier",
        "space": "space galaxy cosmos nebula universe orbit planet planets saturn mars jupiter",
        "under": "underwater reef aquarium undersea",
        "still": "table desk kitchen studio still-life shelf interior room indoors product windowsill",
    }.items()
    for word in words.split()
}

SKY: dict[str, str] = {
    word: sight
    for sight, words in {
        "sun": "sun sunny sunset sunrise",
        "moon": "moon moonlit moonlight crescent",
        "stars": "stars starry",
        "clouds": "cloud clouds cloudy",
        "rain": "rain rainy storm stormy",
        "snowfall": "snowing snowfall",
        "rainbow": "rainbow",
        "birds": "birds gulls seagulls",
        "fog": "fog foggy mist misty",
        "aurora": "aurora",
        "clear": "clear cloudless",
    }.items()
    for word in words.split()
}

TIMES: dict[str, str] = {
    word: time
    for time, words in {
        "dusk": "dusk sunset twilight evening",
        "dawn": "dawn sunrise morning",
        "night": "night midnight moonlit moonlight starry nocturne",
        "storm": "stormy storm rainy overcast foggy fog mist rain misty",
    }.items()
    for word in words.split()
}

STYLES: tuple[tuple[str, str], ...] = (
    ("watercolour", r"water-?\s?colou?rs?|aquarelle"),
    ("pixel", r"pixel[- ]?art|pixels?|8[- ]?bit|16[- ]?bit"),
    ("blueprint", r"blueprint|technical drawing"),
    ("line", r"line[- ]?art|sketch|pencil|ink drawing|line drawing|colou?ring book|charcoal drawing|etching|doodle"),
    ("woodcut", r"woodcut|linocut|block print|risograph|screen ?print|stencil"),
    ("noir", r"noir|monochrome|black[- ]and[- ]white|grayscale|greyscale|b&w"),
    ("neon", r"neon|cyberpunk|synthwave|vaporwave"),
    ("vintage", r"vintage|retro|sepia|old photograph|mid-century|art deco|polaroid"),
    ("oil", r"oil paint\w*|impressionis\w+|van gogh|impasto|acrylic"),
    ("gouache", r"gouache|painting|painted|storybook|children'?s book|illustration"),
    ("pastel", r"pastels?|soft colou?rs"),
    ("photo", r"photo\w*|cinematic|realistic|35 ?mm|bokeh|3d render|render|octane|macro|dslr|film still"),
    ("flat", r"poster|flat|vector|minimal\w*|logo|icon|sticker|graphic|bauhaus|clean|infographic|cartoon"),
)

COUNTS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "pair": 2,
    "couple": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "several": 4,
    "many": 6,
    "village": 4,
}
SIZES = {
    word: scale
    for scale, words in {0.45: "tiny", 0.7: "small little", 1.4: "big large", 1.9: "huge giant enormous"}.items()
    for word in words.split()
}
# What of the scenery may have a colour of its own, by the part of its palette.
PARTS = {
    word: part
    for part, words in {
        "high": "sky heavens",
        "water": "sea ocean water lake waves river pond",
        "near": "ground grass hill hills field fields meadow sand floor",
        "far": "mountain mountains horizon background backdrop",
    }.items()
    for word in words.split()
}
VIEWS = ((0.62, r"from (?:very )?far away|from afar|in the distance|wide view"), (1.45, r"close-?\s?up|from very near"))
ONE_OF = {
    **{word: word for word in ("bus", "lens")},
    "men": "man",
    "women": "woman",
    "people": "person",
    "children": "child",
    "geese": "goose",
    "foxes": "fox",
}
QUOTED = re.compile(
    r"[\"“„«]([^\"“”„«»]{1,120})[\"”“»]|(?<![\w])['‘]([^'‘’]{1,120})['’](?![\w])|[「『]([^「」『』]{1,120})[」』]"
)
GROUND = re.compile(
    r"(?:on|against|over|with)\s+(?:an?\s+)?(?:plain |solid |pure |clean |simple )*"
    r"(#?\w+)\s+(?:back(?:ground|drop)|ground)"
)
SIGN = re.compile(r"\b(?:sign|signboard|door|doorway|shopfront|storefront|awning|facade|entrance|window)\b")
WORD = re.compile(r"#?[\w-]+")


@dataclass(frozen=True)
class Thing:
    """One noun of the prompt: its shape, how many, its own colour if the prompt gave one, and its size by its usual."""

    name: str
    count: int = 1
    colour: RGB | None = None
    scale: float = 1.0


@dataclass(frozen=True)
class Brief:
    """What the painter understood."""

    things: tuple[Thing, ...] = ()
    settings: tuple[str, ...] = ()
    sky: frozenset[str] = frozenset()
    time: str = "day"
    style: str = "gouache"
    colours: tuple[RGB, ...] = ()
    ground: RGB | None = None
    letters: tuple[str, ...] = ()
    sign: bool = False
    tints: tuple[tuple[str, RGB], ...] = ()  # by part of the palette
    zoom: float = 1.0


def read(prompt: str) -> Brief:
    """Understand a prompt as far as a few tables can; what is unknown is simply not drawn."""
    plain = in_english(QUOTED.sub(" ", prompt))
    ground = GROUND.search(plain)
    words = WORD.findall(re.sub("|".join(rf"\b(?:{pattern})\b" for _, pattern in STYLES), " ", plain))
    things, tints = _things(words), _tints(words)
    return Brief(
        things=things,
        settings=tuple(dict.fromkeys(SETTINGS[w] for w in words if w in SETTINGS)),
        sky=frozenset(SKY[w] for w in words if w in SKY),
        sign=bool(SIGN.search(plain)),
        time=next((TIMES[w] for w in words if w in TIMES), "day"),
        style=next((name for name, pattern in STYLES if re.search(rf"\b(?:{pattern})\b", plain)), "gouache"),
        colours=_colours(words, {t.colour for t in things} | {c for _, c in tints}, ground.group(1) if ground else ""),
        ground=_ground(ground.group(1)) if ground else None,
        letters=tuple(" ".join("".join(groups).split()) for groups in QUOTED.findall(prompt))[:4],
        tints=tints,
        zoom=next((zoom for zoom, pattern in VIEWS if re.search(rf"\b(?:{pattern})\b", plain)), 1.0),
    )


def _tints(words: list[str]) -> tuple[tuple[str, RGB], ...]:
    """The colours of the scenery: "a violet sky"."""
    return tuple((PARTS[noun], c) for before, noun in pairwise(words) if noun in PARTS and (c := colour_of(before)))


def _ground(word: str) -> RGB | None:
    return rgb(NAMED[word]) if word in NAMED else rgb(word) if HEX.fullmatch(word) else None


def _colours(words: list[str], taken: set[RGB | None], ground: str) -> tuple[RGB, ...]:
    found = [colour_of(w) for w in words if w != ground]
    return tuple(dict.fromkeys(c for c in found if c is not None and c not in taken))[:6]


def colour_of(word: str) -> RGB | None:
    if word in NAMED:
        return rgb(NAMED[word])
    return rgb(word) if HEX.fullmatch(word) else None


def _things(words: list[str]) -> tuple[Thing, ...]:
    found: dict[str, Thing] = {}
    for position, word in enumerate(words):
        name = NOUNS.get(word) or NOUNS.get(singular(word))
        # "an orange cat" is a cat: a colour's name before another noun is that noun's colour.
        if name is None or (word in NAMED and _next_is_noun(words, position)):
            continue
        before = _since_a_noun(words[max(0, position - 3) : position])
        count = next((COUNTS[w] for w in (word, *reversed(before)) if w in COUNTS), 3 if word != singular(word) else 1)
        colour = next((c for w in reversed(before) if (c := colour_of(w))), None)
        scale = next((SIZES[w] for w in reversed(before) if w in SIZES), 1.0)
        found.setdefault(name, Thing(name, count, colour, scale))
    return tuple(found.values())[:5]


def _since_a_noun(words: list[str]) -> list[str]:
    """The words after the last noun: what stands before it is not about the next ("red boat, house")."""
    last = max((i for i, w in enumerate(words) if w not in NAMED and w not in COUNTS and w in NOUNS), default=-1)
    return words[last + 1 :]


def _next_is_noun(words: list[str], position: int) -> bool:
    return any(w in NOUNS or singular(w) in NOUNS for w in words[position + 1 : position + 2])


def singular(word: str) -> str:
    """A noun as one of it is called."""
    if word in ONE_OF:
        return ONE_OF[word]
    for ending, instead in (("ies", "y"), ("ves", "f"), ("shes", "sh"), ("ches", "ch"), ("s", "")):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word[: -len(ending)] + instead
    return word
