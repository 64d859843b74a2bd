"""An image written as text: base64 in the ways it was seen, data URLs, SVG itself. Generous: the bytes must show."""

import binascii
import json
import re
from urllib.parse import unquote_to_bytes

from triptych.errors import BadAnswer

WHITE = b" \t\r\n\f\v"
URL_SAFE = bytes.maketrans(b"-_", b"+/")
ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
BEYOND = bytes(range(128, 256))  # no letters of base64: a byte order mark, spaces of no width
DATA_URL = re.compile(rb"\s*d\s*a\s*t\s*a\s*:([^<%]{0,1000}?base64\s*|[^,]{0,1000}),", re.IGNORECASE)
BREAKS = re.compile(rb"\\(?:[nrt]|(/))")  # written as they are in JSON
SVG = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:svg|\?xml|!--|!DOCTYPE svg)", re.IGNORECASE)
# How base64 of PNG, JPEG, WebP and GIF begins, and all that goes on as it: each letter is looked at once.
WRITTEN = re.compile(rb"(?:iVBORw0KGgo|[/_]9j[/_]|UklGR[\w+/-]{6}XRUJQ|R0lGOD)(?:[\w+/-]++|\\[nrt/]|\r?\n)++={0,2}")
SHORTEST = 40  # letters
# What besides says that no such image is the answer: a page's tags, a stage, an error or an input that is repeated.
NO_ANSWER = re.compile(rb"<[a-z!/]|partial|error|fail|input(?!_tokens)", re.IGNORECASE)


def written_in(data: bytes) -> list[str]:
    """The base64 of each whole image in an answer that is neither JSON nor a stream, by how images begin."""
    every = [one for one in WRITTEN.finditer(data) if len(one[0]) >= SHORTEST]
    found = [one[0].decode() for one in every if data[one.end() : one.end() + 1] not in {b"", b"="}]  # not cut off
    return [] if not found or NO_ANSWER.search(WRITTEN.sub(b"", data)) else found


def unwrapped(text: str | bytes | memoryview) -> bytes:
    """The bytes that ``text`` stands for. A memoryview is a slice of JSON, so it may hold escapes.

    Raises BadAnswer where it is no base64, data URL or SVG. Whether the bytes are an image, they must say themselves.
    """
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError:  # binascii.Error is one
        pass
    raw = text.encode("utf-8", "replace") if isinstance(text, str) else bytes(text)
    if isinstance(text, memoryview) and b"\\" in raw:
        raw = _unescaped(raw)
    if head := DATA_URL.match(raw):
        raw = raw[head.end() :]
        if b"base64" not in head[1].translate(None, WHITE).lower():
            return unquote_to_bytes(raw)
    return raw if SVG.match(raw) else _base64(raw)


def _base64(raw: bytes) -> bytes:
    """Leniently: white space anywhere, URL-safe letters, percent signs for others, padding or none, words around."""
    raw = (unquote_to_bytes(raw) if b"%" in raw else raw).translate(URL_SAFE, WHITE + BEYOND)
    if raw.translate(None, ALPHABET):
        raw = BREAKS.sub(rb"\1", raw)
        found = WRITTEN.search(raw) if raw.translate(None, ALPHABET) else None
        raw = found[0] if found else raw
    if raw.translate(None, ALPHABET):
        raise BadAnswer("The server's answer contains an image that is not valid base64.")
    try:  # padding may stand in the middle: where something was written down in parts
        return b"".join(binascii.a2b_base64(part + b"=" * (-len(part) % 4)) for part in re.split(b"=+", raw))
    except ValueError:
        raise BadAnswer("The server's answer contains an image whose base64 is cut off.") from None


def _unescaped(raw: bytes) -> bytes:
    try:
        return str(json.loads(b'"%b"' % raw, strict=False)).encode("utf-8", "replace")
    except ValueError:
        return raw
