"""What the hints look for in a prompt: phrases, and word lists."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from triptych.prompts.words import ARTICLE, NOT_PEOPLE, NOT_THINGS, UNITS

MOST_FINDS = 50  # of one kind; more would only repeat the hint
MOST_TRIES = 1000  # for one stem; a text that holds it oftener is not a prompt
MOST_QUOTES = 500


@dataclass(frozen=True)
class Phrase:
    """A pattern that is tried only where one of the literal ``stems`` stands, so that long prompts are read fast."""

    stems: tuple[str, ...]
    pattern: re.Pattern[str]

    def all(self, text: str) -> Iterator[re.Match[str]]:
        """Every find, stem by stem."""
        return (found for at in self._places(text) if (found := self.pattern.match(text, at)))

    def first(self, text: str) -> re.Match[str] | None:
        return next(self.all(text), None)

    def _places(self, text: str) -> Iterator[int]:
        for stem in self.stems:
            at = text.find(stem)
            tries = 0
            while at >= 0 and tries < MOST_TRIES:
                yield at
                at = text.find(stem, at + len(stem))
                tries += 1


def phrase(stems: str, pattern: str) -> Phrase:
    """A phrase from its stems, set apart by bars."""
    return Phrase(tuple(stems.split("|")), re.compile(pattern))


# Each kind of quote begins with its own mark (by which the search leaps from mark to mark) and never holds another
# opening one, so no text makes the pattern read a stretch twice.
QUOTED = re.compile(
    r"""
    "([^"]{0,2000}+)" | “([^“”]{1,2000}+)” | „([^„“”]{1,2000}+)[“”] | «([^«»]{1,2000}+)» | 「([^「」]{1,2000}+)」
    | '(?<!\w')([^'\n]{1,200}+)'(?!\w) | ‘([^‘’\n]{1,200}+)’(?!\w)
    """,
    re.VERBOSE,
)
# A letter outside the blocks in which Unicode keeps the Latin alphabet.
NON_LATIN = re.compile(
    r"[^\W\d_a-zA-Z\u00aa\u00ba\u00c0-\u02ff\u1d00-\u1dbf\u1e00-\u1eff\u2071\u207f\u2090-\u209c\u212a\u212b\u2c60-\u2c7f"
    r"\ua720-\ua7ff\uab30-\uab6f\ufb00-\ufb06\uff21-\uff3a\uff41-\uff5a]"
)
ENDS = "!?;:\n"
MARKS = '.,;:!?"()'

NUMBERS = {
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "dozen": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "hundred": 100,
    "thousand": 1000,
}
COUNTED = phrase("|".join(NUMBERS), rf"({'|'.join(NUMBERS)})\s{{1,3}}([a-z]+)\b")
COUNT = re.compile(r"([0-9]{1,6}+)\s{1,3}([a-z]+)\b")
NOT_BEFORE_A_COUNT = frozenset(".,:/#×-'’")
YEAR = re.compile(r"1[0-9]{3}|20[0-9]{2}|21[0-9]{2}")

MANY_TAGS = 6  # pieces that begin like a thing; fewer are a description, not a list

CHART = phrase(
    "pie chart|bar chart|line chart|flow chart|flowchart|chart|graph|diagram|infographic|histogram|schematic|"
    "floor plan|"
    "spreadsheet|periodic table|mind map|scatter plot",
    r"\b(?:(?:(?:pie|bar|line|flow) ?)?charts?|graphs?|diagrams?|infographics?|histograms?|schematics?|floor plans?|"
    r"spreadsheets?|periodic table|mind maps?|scatter plots?)\b",
)
SMALL = phrase(
    "small |tiny |fine print|footnote|ingredient list|list of ingredients|terms and conditions",
    r"\b(?:(?:very )?(?:small|tiny) (?:print|text|letters|lettering|captions?|labels?|writing)|fine print|footnotes?|"
    r"ingredient list|list of ingredients|terms and conditions)\b",
)
SHEET = r"(?:posters?|banners?|flyers?|menus?|timelines?|leaflets?)\b"
POSTER = phrase("poster|banner|flyer|menu|timeline|leaflet", rf"\b{SHEET}")
LONG_POSTER = phrase(
    "long |tall |full-length ",
    rf"\b(?:long|tall|full-length) (?:[a-z-]{{1,30}}+ )?{SHEET}",
)
HANDS = phrase(
    "hand|finger|sign language|playing|knitting|crocheting",
    r"\b(?:(?<!by )(?<!other )hands?(?![ -]?(?:drawn|made|painted|lettered|carved|written|crafted|colou?red|stitched|"
    r"woven|blown|forged|sewn|held|painting|lettering|tinted|rail))|fingers?|fingertips?|handshake|sign language|"
    r"playing (?:the |a )?(?:piano|guitar|violin|cello|flute|harp)|knitting|crocheting)\b",
)
TRANSPARENT = phrase(
    "transparent|background|alpha channel|no background|without",
    r"\b(?:transparent (?:background|ground|png|webp)|background (?:is |being )?(?:transparent|removed)|alpha channel|"
    r"no background|without (?:a |any )?background)\b",
)

NAME_WORD = r"[^\W\d_a-z][\w'’-]{1,30}+"
NAME = rf"({NAME_WORD}(?: (?:(?:de|da|del|van|von|der|den|la|le|el|al|bin) ){{0,2}}{NAME_WORD}){{0,3}})"
ROLE = r"(?:the )?(?:(?:artist|painter|illustrator|photographer|actor|actress|singer|politician|president) )?"
ARTIST = phrase(
    "style of|manner of|spirit of|aesthetic of|painting by|painted by|illustration by|illustrated by|artwork by|"
    "drawing by|"
    "drawn by|photograph by|photographed by|photo by|print by|poster by|designed by|directed by|art by|inspired by",
    rf"[a-z]+ (?:of|by) {ROLE}{NAME}",
)
PERSON = phrase(
    "photo|picture|portrait|selfie|image|painting|drawing|sketch|caricature|statue|bust|sculpture|headshot|likeness|"
    "starring|featuring|looks like|looking like|played by|actor|actress|singer|politician",
    rf"[a-z]+(?: of| like| by)? {ROLE}{NAME}",
)
MOVEMENT = re.compile(r"(?:ism|esque|ionist|alist|ivist)$", re.IGNORECASE)

# What else a list leaves out: "no cats, no dogs", "no cats, dogs or birds", "no cats and dogs". Other words after a
# comma say how the picture is to be: "no people, warm light".
OTHER = r"(?!(?:and|or|no|any)\b)[a-z-]{1,30}+"
MORE = rf",?(?: and| or)? (?:no|any) {OTHER}|(?:, {OTHER}){{0,7}},? (?:or (?:any )?{OTHER}|and {OTHER}(?! ?[a-z]))"
EXCLUSION = phrase(
    "no |without|avoid|exclud|leave out|free of|do not|don't|don’t",
    r"\b(?:no|without|avoid(?:ing)?|exclud(?:e|ing)|leave out:?|free of|do(?: not|n't|n’t) (?:include|draw|show|add))"
    rf"(?: any| a| an)?\s{{1,3}}([a-z-]{{1,30}}+(?:{MORE}){{0,8}})",
)


def split_lettering(prompt: str) -> tuple[str, tuple[str, ...]]:
    """The prompt without its texts in quotes, and these texts, which are what the picture is to be lettered with."""
    plain, texts, end = [], [], 0
    for found in islice(QUOTED.finditer(prompt), MOST_QUOTES):
        plain.append(prompt[end : found.start()])
        texts.append(next(filter(None, found.groups()), ""))
        end = found.end()
    return '""'.join([*plain, prompt[end:]]), tuple(filter(None, texts))


def swapped(text: str, marks: str, by: str) -> str:
    """The text with each of the marks replaced; on long non-ASCII texts much faster than str.translate."""
    for mark in marks:
        text = text.replace(mark, by)
    return text


def sentences(text: str) -> list[str]:
    return swapped(text, ENDS, ".").split(".")


def counts(lowered: str) -> Iterator[tuple[str, str]]:
    """Numbers, in words or digits, with the word after each, where they count things and do not measure them."""
    for found in (*islice(COUNTED.all(lowered), MOST_FINDS), *islice(COUNT.finditer(lowered), MOST_FINDS)):
        before = lowered[found.start() - 1 : found.start()]
        stands_alone = not (before.isalnum() or before in NOT_BEFORE_A_COUNT)
        if stands_alone and found[2] not in UNITS and not YEAR.fullmatch(found[1]):
            yield found[1], found[2]


def listed_things(sentence: str) -> int:
    """How many things an English list in the sentence names: "a, b, c and d"; 0 for style words set apart by commas."""
    pieces = [words for piece in sentence.split(",", MOST_FINDS)[:MOST_FINDS] if (words := piece.split(None, 5))]
    last = pieces[-1] if pieces else []
    closes = "and" in last or "or" in last
    if sum(words[0].lower() in ARTICLE for words in pieces) < MANY_TAGS and not closes:
        return 0
    return len(pieces) + (closes and last[0] not in {"and", "or"})


def is_person(name: str) -> bool:
    """Whether capitalised words are more likely a person's name than a place, a period or a movement."""
    return not any(word.lower() in NOT_PEOPLE or MOVEMENT.search(word) for word in name.split())


def exclusions(lowered: str) -> tuple[tuple[str, ...], set[str]]:
    """The things that a text in small letters names to leave out, in their order, and all its other words."""
    finds = sorted(islice(EXCLUSION.all(lowered), MOST_FINDS), key=re.Match.start)
    words = (word for found in finds for word in re.split(r",? and |,? or |, ?", found[1]))
    things = (word.removeprefix("no ").removeprefix("any ").strip("-") for word in words)
    rest, end = [], 0
    for found in finds:
        rest.append(lowered[end : found.start()])
        end = max(end, found.end())
    others = set(swapped(" ".join([*rest, lowered[end:]]), MARKS, " ").split()) if finds else set()
    return tuple(dict.fromkeys(thing for thing in things if thing and thing not in NOT_THINGS)), others
