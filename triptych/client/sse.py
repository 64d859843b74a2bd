"""Server-sent events as the standard has them (WHATWG HTML 9.2), piece by piece as they arrive, and bounded."""

from collections.abc import Iterator
from typing import NamedTuple

from triptych.client import bounds

BOM = b"\xef\xbb\xbf"
CR, LF = 0x0D, 0x0A
JSON_LINES = b'}[]" \t'  # with which further lines of JSON begin, and no field


class ServerEvent(NamedTuple):
    """One event: its name, empty where it has none, and its data as the bytes that came."""

    name: str
    data: bytearray


class EventStream:
    """Turns chunks into events. CR, LF and CRLF end a line; comments, ids and retry times say nothing to us."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._data: bytearray | None = None
        self._name = ""
        self._after_cr = False
        self._first = True

    def feed(self, chunk: bytes | bytearray) -> Iterator[ServerEvent]:
        """The events that ``chunk`` completes; raises TooLongError where a line or an event has no end."""
        start = 1 if self._after_cr and chunk[:1] == b"\n" else 0
        if chunk:
            self._after_cr = False
        while start < len(chunk):
            end = _line_end(chunk, start)
            self._line += memoryview(chunk)[start : len(chunk) if end < 0 else end]
            self._check()
            if end < 0:
                return
            if event := self._ended():
                yield event
            start = end + 1
            if chunk[end] == CR:
                self._after_cr = start == len(chunk)
                start += chunk[start : start + 1] == b"\n"

    def end(self) -> Iterator[ServerEvent]:
        """The last event, where no blank line ended it: the standard drops it, its data may be whole all the same."""
        yield from self.feed(b"\n\n")

    def _check(self) -> None:
        if self._line[:1] == b":":
            del self._line[1:]  # a comment may be as long as it likes: none of it is kept
        if len(self._line) + len(self._data or b"") > bounds.MOST_EVENT:
            raise bounds.TooLongError(f"one event of the stream is longer than {bounds.MOST_EVENT:,} bytes")

    def _ended(self) -> ServerEvent | None:
        """The line is whole: what it says is taken up; the event, where it was the blank line after one."""
        line, self._line = self._line, bytearray()
        if self._first:
            self._first = False
            if line.startswith(BOM):
                del line[: len(BOM)]
        if not line:
            event = ServerEvent(self._name, self._data) if self._data else None
            self._data, self._name = None, ""
            return event
        if line.startswith(b"data:"):
            while line.startswith(b"data:"):  # twice where a stream was packed into another
                del line[: 6 if line[5:6] == b" " else 5]  # in place: the line may be all of a picture
            self._take(line)
        elif line == b"data":
            self._take(bytearray())
        elif line.startswith(b"event:"):
            self._name = line[6:].removeprefix(b" ").decode("utf-8", "replace")
        elif line.startswith(b"{") or (self._data is not None and line[0] in JSON_LINES):
            self._take(line)  # not of the standard, but JSON is what is looked for
        return None

    def _take(self, value: bytearray) -> None:
        if self._data is None:
            self._data = value
        else:
            self._data += b"\n"
            self._data += value


def _line_end(chunk: bytes | bytearray, start: int) -> int:
    """Where the line from ``start`` ends: its first CR or LF, -1 for none."""
    lf = chunk.find(LF, start)
    cr = chunk.find(CR, start, len(chunk) if lf < 0 else lf)
    return cr if cr >= 0 else lf
