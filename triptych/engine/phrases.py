"""Noun phrases: "two big red boats" found in a text, changed, and put into words again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from triptych.engine.shapes import NOUNS
from triptych.engine.words import COUNTS, QUOTED, SIZES, WORD, colour_of, singular

DETERMINERS = {
    "the",
    "some",
    "another",
    "my",
    "your",
    "his",
    "her",
    "its",
    "their",
    "this",
    "that",
    "these",
    "no",
    "more",
}
NOT_ADJECTIVES = {
    word
    for words in (
        "and or with without of on in at by to from under over near beside behind into onto for but than like as next",
        "is are be has have it should instead front holding wearing riding",
        "add remove make turn paint put change set give take delete erase draw replace swap move bigger smaller larger",
    )
    for word in words.split()
}
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven")
IRREGULAR = {"man": "men", "woman": "women", "person": "people", "child": "children", "goose": "geese", "fish": "fish"}
SAME = {"goldfish", "koi", "aircraft", "spacecraft", "salmon"}
GROWN = ("tiny", "small", "", "big", "huge")
MOST = len(NUMBERS) - 1
ADJECTIVES = 4  # words before a noun that may belong to it


@dataclass(frozen=True)
class Phrase:
    """One noun with what belongs to it; `name` is the painter's word for it, `the` whether it is one known already."""

    noun: str
    name: str
    count: int = 1
    size: str = ""
    colour: str = ""
    adjectives: tuple[str, ...] = ()
    the: bool = False

    def __str__(self) -> str:
        words = [word for word in (self.size, *self.adjectives, self.colour) if word]
        words.append(self.noun if self.count == 1 else plural(self.noun))
        if self.count > 1:
            return " ".join([NUMBERS[min(self.count, MOST)], *words])
        return " ".join(["the" if self.the else article(words[0]), *words])

    @property
    def are(self) -> str:
        """The verb that goes with it, and the phrase."""
        return f"{'is' if self.count == 1 else 'are'} {replace(self, the=False)}"

    def grown(self, steps: int) -> "Phrase":
        """So much larger, or smaller where `steps` is negative."""
        scale = SIZES.get(self.size, 1.0)
        here = GROWN.index("" if scale == 1.0 else min((w for w in GROWN if w), key=lambda w: abs(SIZES[w] - scale)))
        return replace(self, size=GROWN[max(0, min(here + steps, len(GROWN) - 1))])


def article(word: str) -> str:
    return "an" if word[0] in "aeiou" and not word.startswith(("uni", "one", "eu")) else "a"


def plural(noun: str) -> str:
    if noun in IRREGULAR or noun in SAME:
        return IRREGULAR.get(noun, noun)
    if noun.endswith(("s", "sh", "ch", "x")):
        return f"{noun}es"
    return f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeiou" else f"{noun}s"


def thing(word: str) -> str | None:
    """The painter's name of a thing."""
    return NOUNS.get(word) or NOUNS.get(singular(word))


def found(text: str, naming: Callable[[str], str | None] = thing) -> Iterator[tuple[int, int, Phrase]]:
    """Every phrase, with where it begins and ends; `naming` says by which name a word is known, if it is."""
    plain = QUOTED.sub(lambda quoted: " " * len(quoted[0]), text).lower()
    words = [(hit[0], hit.start(), hit.end()) for hit in WORD.finditer(plain)]
    for at, (word, begin, end) in enumerate(words):
        name = naming(word)
        follows = at + 1 < len(words) and naming(words[at + 1][0]) and not plain[end : words[at + 1][1]].strip()
        if name is None or (colour_of(word) and follows):
            continue
        before, first = _before(plain, words, at, naming)
        yield (words[first][1] if first < at else begin), end, _phrase(word, name, before)


def _before(
    plain: str, words: list[tuple[str, int, int]], at: int, naming: Callable[[str], str | None]
) -> tuple[list[str], int]:
    """The words that belong to the noun, and the place of the first; a word of any kind only after a determiner."""
    sure, first = at, at
    while first > 0 and at - first < ADJECTIVES:
        word, _, end = words[first - 1]
        if plain[end : words[first][1]].strip() or word in NOT_ADJECTIVES:
            break
        if naming(word) and not colour_of(word):
            break
        first -= 1
        if word in DETERMINERS or word in COUNTS or word.isdecimal():
            sure = first
            break
        if first + 1 == sure and (colour_of(word) or word in SIZES):
            sure = first
    return [word for word, _, _ in words[sure:at]], sure


def _phrase(noun: str, name: str, before: list[str]) -> Phrase:
    one = singular(noun)
    counts = [COUNTS[w] if w in COUNTS else int(w) for w in before if w in COUNTS or w.isdecimal()]
    known = DETERMINERS | COUNTS.keys()
    return Phrase(
        one,
        name,
        min(counts[0], MOST) if counts else (3 if noun != one and "the" not in before else 1),
        next((w for w in before if w in SIZES), ""),
        next((w for w in before if colour_of(w)), ""),
        tuple(w for w in before if w not in known and w not in SIZES and not colour_of(w) and not w.isdecimal()),
        "the" in before,
    )
