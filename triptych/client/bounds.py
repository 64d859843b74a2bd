"""Bounds on what comes out of an answer: unpacked in small pieces, and never more than images can be."""

import math
import zlib
from collections.abc import AsyncIterator, Iterator

import httpx2

MOST_BYTES = 1 << 30  # of one answer; ten pictures of the largest size, written out as base64, have about half of it
MOST_ERROR = 1 << 20  # bytes of an answer that is an error: the rest of it is not read
MOST_EVENT = 1 << 28  # bytes of one event of a stream: one picture of the largest size has a sixth of it
PIECE = 1 << 18  # bytes that are unpacked at a time
UNPACKED, TIMES = 1 << 26, 16  # so many bytes may come out of any packed answer, and so many times what came in
PACKED = {"gzip", "x-gzip", "deflate"}
ZLIB, RAW = zlib.MAX_WBITS | 32, -zlib.MAX_WBITS  # gzip or zlib, told by its head; deflate without one
UNREADABLE = "triptych_coding"  # the response's extension that names a packing nobody here can undo
FAILED = 400  # the first status that is an error


class TooLongError(httpx2.TransportError):
    """The answer is longer than any picture can be."""


class BadPackingError(httpx2.TransportError):
    """The answer says that it is packed, and cannot be unpacked."""


class _Unpacker:
    """Undoes gzip and deflate, piece by piece; bytes that are not packed at all, whatever was said, pass."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(ZLIB)
        self._begun = self._plain = False

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """What comes out for ``chunk``, at most PIECE bytes at a time; raises BadPackingError."""
        while chunk:
            if self._plain:
                yield chunk
                return
            if self._zlib.eof:  # gzip may be followed by more gzip
                self._zlib = zlib.decompressobj(ZLIB)
            out = self._unpacked(chunk)
            self._begun = True
            if out:
                yield out
            chunk = self._zlib.unused_data if self._zlib.eof else self._zlib.unconsumed_tail

    def _unpacked(self, chunk: bytes) -> bytes:
        try:
            return self._zlib.decompress(chunk, PIECE)
        except zlib.error:
            if self._begun:
                raise BadPackingError("its compression is damaged") from None
        self._plain = chunk[:1] in b"{[<: \r\ndei"  # JSON, HTML or the fields of a stream
        self._zlib = zlib.decompressobj(RAW)
        return chunk if self._plain else self._raw(chunk)

    def _raw(self, chunk: bytes) -> bytes:
        try:
            return self._zlib.decompress(chunk, PIECE)
        except zlib.error:
            raise BadPackingError("its compression is none that is known") from None


class _Bounded(httpx2.AsyncByteStream):
    """What comes out of ``stream``, at most ``most`` bytes, and of an error no more than ``cut``."""

    def __init__(
        self, stream: httpx2.AsyncByteStream, unpacker: _Unpacker | None, cut: int | None, most: float
    ) -> None:
        self._stream = stream
        self._unpacker = unpacker
        self._cut = cut
        self._most = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        came = total = 0
        async for chunk in self._stream:
            came += len(chunk)
            for piece in self._unpacker.pieces(chunk) if self._unpacker else (chunk,):
                total += len(piece)
                if self._cut is not None and total > self._cut:
                    yield piece[: self._cut - total]
                    return
                if total > self._most:
                    raise TooLongError(f"the answer is longer than {self._most:,} bytes")
                if self._unpacker and total > UNPACKED + TIMES * came:
                    raise TooLongError(f"{came:,} compressed bytes become more than {total:,}")
                yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


def bound(response: httpx2.Response, *, is_file: bool = False) -> None:
    """Let no more come out of ``response`` than images can be, and of an error no more than is read of it.

    A file may be of any length: it is read line by line, each of which has a bound of its own.

    What is packed, although nobody asked for that, is unpacked here and nowhere else. Bytes packed in a way that
    cannot be undone come as they are; the extension UNREADABLE then names the way.
    """
    if not isinstance(response.stream, httpx2.AsyncByteStream):
        return
    said = response.headers.get("content-encoding", "").lower().replace("identity", "")
    codings = [coding.strip() for coding in said.split(",") if coding.strip()]
    known = len(codings) == 1 and codings[0] in PACKED
    response.headers.pop("content-encoding", None)  # or the library would unpack it, without a bound
    cut = MOST_ERROR if response.status_code >= FAILED else None
    if codings and not known:
        response.extensions[UNREADABLE] = ", ".join(codings)[:100]
        cut = cut and 0  # of an error nobody can read, its status says more than its bytes
    most = math.inf if is_file else MOST_BYTES
    response.stream = _Bounded(response.stream, _Unpacker() if known else None, cut, most)
