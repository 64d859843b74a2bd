r"""A template of prompts: ``{{column}}``, ``{one|another}``, ``{1..5}``, and ``\{`` for a brace and no more."""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

MOST_NESTED = 20  # alternatives within alternatives; a brace deeper than that is only a brace
TOKEN = re.compile(
    r"""
    \\(?P<literal>[{}])
    | \{\{[ \t]*(?P<variable>\w(?:[\w .-]*[\w.-])?)[ \t]*\}\}
    | \{(?P<first>[0-9]{1,6})\.\.(?P<last>[0-9]{1,6})\}
    | (?P<mark>[{|}])
    """,
    re.VERBOSE,
)

Value = Callable[[str], str]


@dataclass(frozen=True)
class Variable:
    """A place that a row's cell fills: its text is put there as it is, and nothing in it is read."""

    name: str


@dataclass(frozen=True)
class Numbers:
    """Whole numbers from ``first`` to ``last``, up or down, of at least so many digits."""

    first: int
    last: int
    digits: int

    def at(self, place: int) -> str:
        """The number at that place, from 0."""
        return f"{self.first + (place if self.first <= self.last else -place):0{self.digits}}"


@dataclass(frozen=True)
class Alternatives:
    """Texts of which one is taken."""

    options: tuple["Template", ...]


Piece = str | Variable | Numbers | Alternatives


@dataclass(frozen=True)
class Template:
    """A text with gaps. ``combinations`` is how many texts it stands for, whatever the variables hold."""

    pieces: tuple[Piece, ...]
    combinations: int

    @classmethod
    def of(cls, text: str) -> "Template":
        """The template that ``text`` is. Every text is one: what is none of the forms stands for itself."""
        return _read(text)

    def filled(self, value: Value, combination: int = 0) -> str:
        """The text of that combination, from 0, by ``value`` of each variable in it; the last alternative turns first.

        What ``value`` raises is passed on. A number beyond the last combination begins again with the first.
        """
        texts = list[str]()
        for piece in reversed(self.pieces):
            combination, own = divmod(combination, _count(piece))
            texts.append(_text(piece, value, own))
        return "".join(reversed(texts))

    def variables(self) -> Iterator[str]:
        """The names of the variables, in order, as often as they stand there."""
        for piece in self.pieces:
            if isinstance(piece, Variable):
                yield piece.name
            elif isinstance(piece, Alternatives):
                for option in piece.options:
                    yield from option.variables()


def escaped(text: str) -> str:
    """``text`` as a template that stands for exactly it."""
    return re.sub(r"[{}]", r"\\\g<0>", text)


def _count(piece: Piece) -> int:
    if isinstance(piece, Numbers):
        return abs(piece.last - piece.first) + 1
    return sum(option.combinations for option in piece.options) if isinstance(piece, Alternatives) else 1


def _text(piece: Piece, value: Value, combination: int) -> str:
    if isinstance(piece, str):
        return piece
    if isinstance(piece, Variable):
        return value(piece.name)
    if isinstance(piece, Numbers):
        return piece.at(combination)
    for option in piece.options:
        if combination < option.combinations:
            return option.filled(value, combination)
        combination -= option.combinations
    raise IndexError(combination)


def _template(pieces: list[Piece]) -> Template:
    return Template(tuple(pieces), math.prod(map(_count, pieces)))


def _read(text: str) -> Template:
    """One pass from left to right, with the options of every brace that is open."""
    if "{" not in text and "}" not in text:  # as most prompts are, of which a batch may have thousands
        return Template((text,), 1)
    open_braces: list[list[list[Piece]]] = [[[]]]
    end = 0
    for token in TOKEN.finditer(text):
        if token.start() > end:
            open_braces[-1][-1].append(text[end : token.start()])
        end = token.end()
        _take(token, open_braces)
    open_braces[-1][-1].append(text[end:])
    while len(open_braces) > 1:
        unclosed = open_braces.pop()
        open_braces[-1][-1] += ["{", *_flat(unclosed)]
    return _template(open_braces[0][0])


def _take(token: re.Match[str], open_braces: list[list[list[Piece]]]) -> None:
    here, depth = open_braces[-1][-1], len(open_braces) - 1
    if token["variable"]:
        here.append(Variable(token["variable"]))
    elif token["first"]:
        here.append(_numbers(token["first"], token["last"]))
    elif token["mark"] == "{" and depth < MOST_NESTED:
        open_braces.append([[]])
    elif token["mark"] == "|" and depth:
        open_braces[-1].append([])
    elif token["mark"] == "}" and depth:
        options = open_braces.pop()
        whole: list[Piece] = [Alternatives(tuple(map(_template, options)))]
        open_braces[-1][-1] += whole if len(options) > 1 else ["{", *options[0], "}"]
    else:
        here.append(token["literal"] or token["mark"])


def _flat(options: list[list[Piece]]) -> Iterator[Piece]:
    for number, option in enumerate(options):
        if number:
            yield "|"
        yield from option


def _numbers(first: str, last: str) -> Numbers:
    digits = max(len(first), len(last)) if first.startswith("0") or last.startswith("0") else 1
    return Numbers(int(first), int(last), digits if max(len(first), len(last)) > 1 else 1)
