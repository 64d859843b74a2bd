"""JSON read leanly and leniently: texts as long as an image stay where they are, slices of the bytes that came."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from triptych.errors import BadAnswer

LONG = 4096  # bytes from which on a text stays a slice of the answer
MOST_REST = 1 << 20  # bytes of an answer beside its long texts: they become objects many times as large
MOST_DEPTH = 64  # levels of lists and objects
MOST_DOCUMENTS = 1000  # in one answer, one behind the other
MOST_DIGITS = 40  # of a number; of more it stays the text that it is, cut
CUT = "…"
CONSTANTS = frozenset({"Infinity", "-Infinity", "NaN"})  # numbers of JSON as some write it
SHOWN = 2000  # characters of a long text where it is read as words
MARK = "\ue000long text "  # before a slice's number, in its place
IGNORED = re.compile(rb"(?:[\s\xef\xbb\xbf]|:[^\r\n]*+[\r\n])*+")  # white space, a BOM, lines of comment
WHITE = re.compile(r"\s*")
# A text, with a name where it may be one's, brackets and commas, and the quote of a text that is cut.
MARKS = re.compile(r'(?:(?<=:)|(?<=:\s)|(?P<name>))"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{},]|"', re.DOTALL)
CLOSES = {"[": "]", "{": "}"}
TEXT = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)  # to the quote that ends it
DECODER = json.JSONDecoder(
    strict=False,  # line breaks inside a text are no reason to lose it
    parse_int=lambda digits: int(digits) if len(digits) <= MOST_DIGITS else f"{digits[:MOST_DIGITS]}{CUT}",
    parse_float=lambda digits: number if math.isfinite(number := float(digits)) else f"{'-' * (number < 0)}Infinity",
    parse_constant=str,
)


def documents(data: bytes | bytearray) -> Iterator[Any]:
    """Each JSON value in ``data``, one behind the other; words that follow them are left out.

    A text of at least LONG bytes is a memoryview of what stands between its quotes, escapes and all.
    Raises BadAnswer where the first is no JSON, where a later one is broken or breaks off (after what is whole of it),
    or one is of a size or depth no answer has.
    """
    slices: list[memoryview] = []
    ignored = IGNORED.match(data)
    rest = _without_long_texts(data, ignored.end() if ignored else 0, slices)
    at = 0
    for number in range(MOST_DOCUMENTS):
        try:
            value, at = DECODER.raw_decode(rest, at)
        except (ValueError, RecursionError):
            value = _broken_off(rest[at:])
            if value is not None:
                yield _with_long_texts(value, slices, MOST_DEPTH)
            if value is not None or not number or rest.startswith(("{", "["), at):
                raise BadAnswer("The server's answer cannot be read; it is not JSON.") from None
            return
        yield _with_long_texts(value, slices, MOST_DEPTH)
        space = WHITE.match(rest, at)
        at = space.end() if space else at


def is_endless(value: Any) -> bool:
    """Whether ``value`` is the text that `documents` makes of a number that is infinite, none, or too long."""
    return isinstance(value, str) and (value in CONSTANTS or re.fullmatch(rf"-?\d+{CUT}", value) is not None)


def words(value: Any) -> Any:
    """``value`` with every long text as a ``str``, cut to what a person may read."""
    if isinstance(value, memoryview | bytes):
        return bytes(value[: 4 * SHOWN]).decode("utf-8", "replace")[:SHOWN]
    if isinstance(value, dict):
        return {str(name): words(inner) for name, inner in value.items()}
    return [words(inner) for inner in value] if isinstance(value, list) else value


def _broken_off(rest: str) -> Any:
    """What is whole of a value that breaks off, None where nothing is: an image in it has come, and is paid for."""
    closing, whole = "", (0, "")  # what is open, innermost first; up to where all is whole, and what is open there
    for found in MARKS.finditer(rest):
        mark = found[0]
        if mark == '"' or len(closing) > MOST_DEPTH:
            break  # a text that is cut, or what no answer is
        if mark in CLOSES:
            closing = CLOSES[mark] + closing
        closing = closing[1:] if mark in CLOSES.values() else closing
        if mark == ",":
            whole = found.start(), closing
        elif mark[0] != '"' or found["name"] is None or closing[:1] == "]":
            whole = found.end(), closing
    try:
        said = DECODER.decode(rest[: whole[0]] + whole[1])
    except (ValueError, RecursionError):
        return None
    if isinstance(said, dict) and said and len(whole[1]) > 1 and "usage" in (last := list(said)[-1]):
        del said[last]  # half a count is none
    return said


def _without_long_texts(data: bytes | bytearray, start: int, slices: list[memoryview]) -> str:
    """``data`` from ``start`` on with a mark for each long text, which goes to ``slices``."""
    view, pieces, size, at, end = memoryview(data), [], 0, start, len(data)
    while (opening := data.find(b'"', at)) >= 0:
        at = _after_text(data, opening + 1)
        if at < 0:  # it is cut
            end = opening + 1
            break
        if at - opening > LONG:
            pieces += [bytes(view[start:opening]), json.dumps(f"{MARK}{len(slices)}").encode()]
            slices.append(view[opening + 1 : at - 1])
            size, start = size + len(pieces[-2]) + len(pieces[-1]), at
        if size + at - start > MOST_REST:
            break
    pieces.append(bytes(view[start : min(end, start + MOST_REST + 1)]))
    if size + len(pieces[-1]) > MOST_REST:
        raise BadAnswer(f"The server's answer holds more than {MOST_REST:,} bytes that are no image.")
    return b"".join(pieces).decode("utf-8", "replace")


def _after_text(data: bytes | bytearray, start: int) -> int:
    """Where the text from ``start`` on ends, behind its quote; -1 where it is cut."""
    end = data.find(b'"', start)
    if end > start and data[end - 1] == ord("\\"):
        found = TEXT.match(data, start)
        return found.end() if found else -1
    return end + 1 if end >= 0 else -1


def _with_long_texts(value: Any, slices: list[memoryview], depth: int) -> Any:
    if isinstance(value, str):
        number = value.removeprefix(MARK) if value.startswith(MARK) else ""
        return slices[int(number)] if number.isdecimal() and int(number) < len(slices) else value
    if not isinstance(value, dict | list):
        return value
    if not depth:
        raise BadAnswer("The server's answer is nested too deeply to be read.")
    if isinstance(value, list):
        return [_with_long_texts(inner, slices, depth - 1) for inner in value]
    return {name: _with_long_texts(inner, slices, depth - 1) for name, inner in value.items()}
