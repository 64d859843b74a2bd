"""What is known to go wrong with a prompt, said before it is paid for.

The limits are those that OpenAI's guide and system cards name for this family of models: many separate objects, long
posters, long, small or non-Latin lettering, exact charts, hands, living artists, real people, and things named only to
be left out. They are hints, by pattern and for English prompts; nothing is refused here.
"""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from triptych import parameters
from triptych.prompts import patterns
from triptych.prompts.templates import GAP
from triptych.request import ImageRequest

MANY = 8  # objects of one kind, or things listed, from which some go missing
LONG_LETTERING = 30  # characters in one piece
MANY_LETTERS = 80  # characters in all pieces together
MANY_LINES = 4
TOO_MANY = 20  # separate objects in one image
NARROW = 2  # times as long as wide: such a poster is long


@dataclass(frozen=True)
class Hint:
    """``what`` was found, ``why`` it matters and what to do ``instead``; ``about`` names the rule."""

    about: str
    what: str
    why: str
    instead: str
    severity: Literal["note", "good"] = "note"


@dataclass(frozen=True)
class PromptCheck:
    """What a server's moderation says of a prompt: the names of the categories that it flags, and its request's id."""

    flagged: bool
    categories: tuple[str, ...] = ()
    request_id: str | None = None


def lint(prompt: str, request: ImageRequest | None = None) -> tuple[Hint, ...]:
    """Hints on ``prompt``, at most one of each kind; those on settings only where ``request`` is given.

    Reads 32,000 characters in less than 5 ms, whatever they are.
    """
    plain, quoted = patterns.split_lettering(prompt)
    lowered = plain.lower()
    rules: tuple[Callable[[str], Iterator[Hint]], ...] = (_counts, _listing, _small, _charts, _hands, _exclusions)
    found = (hint for rule in rules for hint in rule(lowered))
    names = tuple(_artists(plain)) or tuple(_people(plain))
    on_settings = (*_cropped(lowered, request), *_transparency(lowered, request))
    return (*_gaps(prompt), *_lettering(quoted), *found, *names, *on_settings)


def _gaps(prompt: str) -> Iterator[Hint]:
    if found := GAP.search(prompt):
        yield Hint(
            "gap",
            f"Holds a gap to fill in: {found[1].replace('_', ' ')}.",
            "The model would read the braces as they stand.",
            "Save the prompt under Templates, Mine, and use it from there: its gaps become fields.",
        )


def _lettering(texts: tuple[str, ...]) -> Iterator[Hint]:
    foreign = next((found for text in texts if (found := patterns.NON_LATIN.search(text))), None)
    if foreign:
        script = unicodedata.name(foreign[0], "unknown").split()[0].capitalize()
        script = {"Cjk": "Chinese or Japanese", "Hiragana": "Japanese", "Katakana": "Japanese", "Hangul": "Korean"}.get(
            script, script
        )
        yield Hint(
            "script",
            f"The lettering holds {script} characters.",
            "Lettering outside the Latin alphabet often comes out with wrong strokes.",
            "Keep it to a word or two at high quality and check every character, or set the text afterwards.",
        )
    longest, total = max(map(len, texts), default=0), sum(map(len, texts))
    lines = sum(text.count("\n") + 1 for text in texts)
    if longest > LONG_LETTERING or total > MANY_LETTERS or lines > MANY_LINES:
        size = f"{longest} characters in one piece" if longest > LONG_LETTERING else f"{total} characters"
        yield Hint(
            "lettering",
            f"Long lettering: {size}, {lines} {'line' if lines == 1 else 'lines'}.",
            "The longer the text, the likelier letters are dropped, doubled or misspelt, the small ones first.",
            f"Keep each piece under {LONG_LETTERING} characters, ask for high quality, or set the text afterwards.",
        )
    elif texts and not foreign:
        yield Hint("lettering", "Lettering is short, good.", "Short text in quotes comes out reliably.", "", "good")


def _small(text: str) -> Iterator[Hint]:
    if found := patterns.SMALL.first(text):
        yield Hint(
            "small",
            f"Wants small lettering: {found[0]}.",
            "Small letters blur or turn into others first.",
            "Ask for a few large words, or set the small text afterwards.",
        )


def _cropped(text: str, request: ImageRequest | None) -> Iterator[Hint]:
    edges = parameters.pixels(request.size) if request else None
    narrow = edges and max(edges) > NARROW * min(edges) and patterns.POSTER.first(text)
    if found := patterns.LONG_POSTER.first(text) or narrow:
        yield Hint(
            "crop",
            f"Asks for a long layout: {found[0]}.",
            "Long posters often end at the edge: the last lines are cropped or crowded.",
            "Ask for a wide margin on all sides and say what stands last, or split it into two images.",
        )


def _counts(text: str) -> Iterator[Hint]:
    for number, thing in patterns.counts(text):
        if (amount := patterns.NUMBERS.get(number) or int(number)) >= MANY:
            most = f"Beyond {TOO_MANY} separate things some are merged or left out"
            yield Hint(
                "count",
                f"Asks for {number} {thing}.",
                f"{most if amount > TOO_MANY else f'From about {MANY} things of a kind the models lose count'}.",
                "Ask for fewer, give them an order (two rows of four), or say a crowd where the number does not "
                "matter.",
            )
            return


def _listing(text: str) -> Iterator[Hint]:
    lists = (part for part in patterns.sentences(text) if part.count(",") >= MANY - 2)
    longest = max(map(patterns.listed_things, lists), default=0)
    if longest >= MANY:
        yield Hint(
            "listing",
            f"Lists about {longest} things in one sentence.",
            "With many separate things some are left out, merged, or given each other's colors.",
            "Name the four or five that matter and where each stands; add the rest by an edit.",
        )


def _charts(text: str) -> Iterator[Hint]:
    if found := patterns.CHART.first(text):
        yield Hint(
            "chart",
            f"Asks for a {found[0]}.",
            "Bars, labels and connections come out plausible, not true to the data.",
            "Make it with a charting tool and use the model for the scene around it.",
        )


def _hands(text: str) -> Iterator[Hint]:
    if found := patterns.HANDS.first(text):
        yield Hint(
            "hands",
            f"Shows hands closely: {found[0]}.",
            "Fingers in detail, above all around an object or each other, still come out wrong now and then.",
            "Generate a few and choose, ask for high quality, or keep the hands small, gloved or out of the frame.",
        )


def _artists(text: str) -> Iterator[Hint]:
    if name := _name(patterns.ARTIST, text):
        yield Hint(
            "artist",
            f"Names {name} as the style.",
            "Requests for the style of a living artist may be refused.",
            "Describe the style: medium, line, palette, light, period.",
        )


def _people(text: str) -> Iterator[Hint]:
    name = _name(patterns.PERSON, text)
    if name and " " in name:
        yield Hint(
            "person",
            f"{name} reads like the name of a real person.",
            "Images of real people may be refused, and a likeness is not to be relied on.",
            "Describe an invented person: age, hair, clothes, expression.",
        )


def _name(phrase: patterns.Phrase, text: str) -> str | None:
    finds = islice(phrase.all(text), patterns.MOST_FINDS)
    return next((found[1] for found in finds if patterns.is_person(found[1])), None)


def _exclusions(text: str) -> Iterator[Hint]:
    excluded, others = patterns.exclusions(text)
    both = next((thing for thing in excluded if {thing, thing.removesuffix("s"), f"{thing}s"} & others), None)
    if both:
        yield Hint(
            "contradiction",
            f"Asks for {both} and excludes it.",
            "The model has to break one of the two.",
            f"Keep {both} or leave it out, and say so once.",
        )
    elif excluded:
        yield Hint(
            "exclusion",
            f"Names {', '.join(excluded[:3])} only to exclude {'it' if len(excluded) == 1 else 'them'}.",
            "There is no negative prompt: what is named may appear.",
            'Say what is there instead: "an empty street" for "no people".',
        )


def _transparency(text: str, request: ImageRequest | None) -> Iterator[Hint]:
    if request is None or not patterns.TRANSPARENT.first(text):
        return
    if request.background == "transparent":
        yield Hint(
            "transparency",
            "Transparent in words and in the settings, good.",
            "Both together give a clean alpha.",
            "",
            "good",
        )
    else:
        yield Hint(
            "transparency",
            f"The prompt wants a transparent background, the setting says {request.background}.",
            "From words alone the model paints a white ground or a checkerboard.",
            "Set the background to transparent, with png or webp.",
        )
