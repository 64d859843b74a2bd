"""Takes what was said apart into single wishes, without their courtesies."""

import re
from collections.abc import Iterator

from triptych.engine.words import QUOTED


def one_of(*choices: str) -> str:
    """A pattern for any of the words, which are separated by blanks, or of the further patterns."""
    words, *patterns = choices
    return f"(?:{'|'.join([*patterns, *words.split()])})"


# What a further wish of the same sentence begins with.
BEGINNINGS = one_of(
    "add remove make turn paint put change set give take delete erase zoom replace draw let write with without move "
    "swap lose drop hide insert include place show colou?r recolou?r enlarge shrink have use keep go at in as from no "
    "bigger smaller more another the",
    "get rid",
)
CLAUSES = re.compile(
    rf"\s*(?:[.;!]\s+|[.;!]*\s*(?:,|\band then\b|\bthen\b|\band\b|\bbut\b|\balso\b)\s+(?={BEGINNINGS}\b))"
)
ASKED = one_of(
    "",
    r"(?:can|could|would|will) (?:you|we)(?: please)?(?: just)?",
    r"i(?:'d| would)? (?:like|love|want|prefer)(?: you)? to",
    "is it possible to|why (?:not|don't we)|let's|let us|try to",
)
SAME = r"keep (?:everything|it|the rest|all)[^,]*|(?:exactly )?(?:the )?same(?: image| scene| one| thing)?(?: again)?"
LEADS = re.compile(
    "^"
    + one_of(
        "please now okay ok great nice perfect cool lovely thanks hm+ well actually so and also then but just only",
        "thank you",
        SAME,
        ASKED,
    )
    + r"\b[,.!:]*\s+",
    re.IGNORECASE,
)
WHERE = one_of("it", r"the (?:image|picture|scene|photo|(?:fore|back)ground|left|right|middle|side|corner)")
TAILS = re.compile(
    r"[\s,]+"
    + one_of("please thanks now too instead", "thank you|as well|for me", f"(?:in|on|to|from|of|at) {WHERE}")
    + "$",
    re.IGNORECASE,
)
LONGEST_TAIL = 40  # characters
COURTESIES = 8  # of one wish: more are read as what is wished for
KEEPING = re.compile(r"^(?:keep|leave|(?:don't|do not) (?:change|touch))\b")


def clauses(said: str) -> Iterator[str]:
    """One wish at a time; quoted words stay whole."""
    quotes: list[str] = []

    def put_by(hit: re.Match[str]) -> str:
        quotes.append(hit[0])
        return f'"{len(quotes) - 1}"'

    text = re.sub(r"\s+", " ", QUOTED.sub(put_by, said)).strip()
    for part in CLAUSES.split(bared(text)):
        clause = bared(part)
        if clause and not KEEPING.match(clause):
            yield re.sub(r'"(\d+)"', lambda hit: quotes[int(hit[1])], clause)


def bared(text: str) -> str:
    """Without what is only polite."""
    text = text.strip(" .,!;:")
    for _ in range(COURTESIES):
        head, tail = text[:-LONGEST_TAIL], text[-LONGEST_TAIL:]
        shorter = LEADS.sub("", head + TAILS.sub("", tail.rstrip("?"))).strip(" .,!;:")
        if shorter == text:
            break
        text = shorter
    return text


def listed(parts: list[str]) -> str:
    """ "this, that and the other" """
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
