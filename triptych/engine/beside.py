"""What the demo says beside an image that it drew: which things of the prompt it does not know, and which letters."""

import re
from collections.abc import Iterator

from triptych import fonts
from triptych.engine.colours import NAMED
from triptych.engine.languages import EAST, KINDS, LETTERS, SMALL, in_english
from triptych.engine.shapes import NOUNS, SHAPES
from triptych.engine.words import PARTS, QUOTED, SETTINGS, SKY, STYLES, TIMES, read, singular

EXAMPLES = "lighthouse, fox, teapot"
MOST_NAMED = 3
TOKEN = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*|[^\w\s]")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What begins the naming of a thing, and in which languages its noun comes first ("un caracol verde").
DETERMINERS = _words(
    "a an the some one two three four five six seven his her its their my our your this these those no "
    "ein eine einen einem einer der das den dem le la les un une des el los las una unos unas"
)
NOUN_FIRST = SMALL["fr"] | SMALL["es"]
# Where it ends: words that join, place or act.
ENDS = _words(
    "of on in at by to from for with without under over above below behind beside near into onto through "
    "across along around between against before after during and or but as than is are was be has have who "
    "which that while where like very it he she they i you we me him them us make makes add adds put remove "
    "draw draws show shows create generate paint give keep let turn use wears wear sits sit stands stand holds "
    "hold looks look says say reads read spells seen made there und mit auf im am vor bei et avec sur dans au aux "
    "du devant y con en del de sobre"
)
# Nouns about the image and not in it, and those that name no thing to draw.
NO_THINGS = _words(
    "image photo photograph picture drawing illustration painting print poster render rendering scene view "
    "shot frame closeup close-up portrait background backdrop foreground ground light lighting shadow shadows "
    "style mood atmosphere palette colors colours color colour composition perspective angle lens camera "
    "texture detail details left right top bottom middle center centre side sides front back edge edges corner "
    "distance horizon half third title text letters lettering word words headline caption line lines shape "
    "shapes outline border margin space room way kind sort type bit lot set pair couple group row rows number "
    "size scale part parts piece end start day time age look feel feeling sense touch air depth focus blur "
    "grain quality resolution version example front lot sign signboard width height subject emblem motif logo "
    "icon sticker symbol miniature wash glance something nothing anything everything thing things viewer eye "
    "eyes face hand hands head body"
)
ACTING = re.compile(r".{2,}(?:ing|ed)")
NOUNS_IN_ING = _words("king ring wing string spring ceiling building swing wedding pudding earring bed shed sled")
KNOWN = NOUNS.keys() | SETTINGS.keys() | SKY.keys() | TIMES.keys() | PARTS.keys()
FOREIGN = {english for english, kind in KINDS.items() if kind == "other"}


def beside(prompt: str) -> str:
    """Sentences for the line under an image that the demo generated; none where it knows and letters all of it."""
    brief, unknown = read(prompt), tuple(dict.fromkeys(_unknown(prompt)))[:MOST_NAMED]
    knows = f"it knows {EXAMPLES} and {len(SHAPES) - EXAMPLES.count(',') - 1} more. A real model would."
    said = []
    if unknown:
        said.append(f"The demo does not know {' or '.join(f'“{word}”' for word in unknown)}; {knows}")
    elif prompt.strip() and not (brief.things or brief.settings or brief.sky or brief.letters or brief.colours):
        said.append(f"The demo knows nothing in this prompt; {knows}")
    if lacking := fonts.missing("".join(brief.letters)):
        said.append(f"Left out of the lettering, since no font here has it: {' '.join(lacking[:6])}")
    return " ".join(said)


def _unknown(prompt: str) -> Iterator[str]:
    """The nouns of the prompt that nothing is drawn for, in their order: the heads of its phrases."""
    plain = re.sub("|".join(rf"\b(?:{pattern})\b" for _, pattern in STYLES), " , ", in_english(QUOTED.sub(" ", prompt)))
    for words, noun_first in _phrases(TOKEN.findall(plain)):
        if not words or any(w in KNOWN or singular(w) in KNOWN for w in words):
            continue
        head = words[0] if noun_first else words[-1]
        if (
            len(head) > 2
            and LETTERS.fullmatch(head)
            and not EAST.search(head)
            and not {head, singular(head)} & (NO_THINGS | NAMED.keys())
        ):
            yield head


def _phrases(tokens: list[str]) -> Iterator[tuple[list[str], bool]]:
    """The words of each naming of a thing, from its determiner or the prompt's start, and whether its noun leads."""
    words: list[str] | None = []
    noun_first = False
    for token in (*tokens, "."):
        if token in DETERMINERS or token in ENDS or not token[0].isalnum():
            if words:
                yield words, noun_first
            # "with wings", "of snails": a plural needs no determiner, so a joining word begins a naming too.
            words = [] if token in DETERMINERS or token in {"of", "with"} else None
            noun_first = token in NOUN_FIRST and token not in {"a", "the"}
        elif token in FOREIGN:
            yield [token], False
        elif ACTING.fullmatch(token) and token not in NOUNS_IN_ING:
            if words:
                yield words, noun_first
                words = None
        elif words is not None and not token.endswith("ly"):
            words.append(token)
