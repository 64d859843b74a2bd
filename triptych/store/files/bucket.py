"""Bytes in a bucket of S3, Google Cloud or Azure, by URL; credentials come from that cloud's own variables."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING

from triptych.errors import InvalidSetting, NotSaved
from triptych.once import once

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

PIECE = 5 << 20  # bytes that are copied at a time: the smallest part S3 takes
PROBE = "probe"
RETRIES: "RetryConfig" = {"max_retries": 3, "retry_timeout": timedelta(seconds=30)}


class Bucket:
    """Objects below the URL's path. An object is there whole or not at all: that is how these services work."""

    def __init__(self, url: str) -> None:
        if find_spec("obstore") is None:
            raise InvalidSetting("TRIPTYCH_STORAGE_URL needs a library: pip install 'triptych[cloud]'.")
        self._url = url

    @once
    def _store(self) -> "ObjectStore":
        from obstore.exceptions import BaseError
        from obstore.store import from_url

        try:
            return from_url(self._url, client_options=_patience(), retry_config=RETRIES)
        except (BaseError, ValueError):
            raise InvalidSetting("TRIPTYCH_STORAGE_URL names no bucket that can be used.") from None

    def read(self, name: str) -> bytes:
        """The object's bytes; raises KeyError where there is none, and NotSaved where the bucket does not answer."""
        import obstore

        with _in_words():
            try:
                return bytes(obstore.get(self._store, name).bytes())
            except FileNotFoundError:
                raise KeyError(name) from None

    def write(self, name: str, data: bytes) -> None:
        """Keep the bytes under a name, unless it is taken; raises NotSaved."""
        import obstore

        if self.size(name) is None:
            with _in_words():
                obstore.put(self._store, name, data)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The object's bytes, a piece at a time; raises as `read`."""
        import obstore

        with _in_words():
            try:
                yield from map(bytes, obstore.get(self._store, name).stream(min_chunk_size=PIECE))
            except FileNotFoundError:
                raise KeyError(name) from None

    def write_all(self, name: str, pieces: Iterable[bytes]) -> None:
        """Keep bytes that come a piece at a time under a name, unless it is taken; raises NotSaved."""
        import obstore

        if self.size(name) is None:
            with _in_words():
                obstore.put(self._store, name, iter(pieces), chunk_size=PIECE, max_concurrency=2)

    def size(self, name: str) -> int | None:
        """The object's bytes, None where there is none of that name; raises NotSaved as the others do."""
        import obstore

        with _in_words():
            try:
                return obstore.head(self._store, name)["size"]
            except FileNotFoundError:
                return None

    def remove(self, name: str) -> None:
        """Remove the object, if it is there; raises NotSaved where it cannot be removed."""
        import obstore

        with _in_words(), suppress(FileNotFoundError):
            obstore.delete(self._store, name)

    def names(self, below: str) -> Iterator[tuple[str, int]]:
        """Every object below a prefix with its bytes; raises NotSaved where the bucket does not answer."""
        import obstore

        with _in_words():
            for batch in obstore.list(self._store, prefix=f"{below}/"):
                yield from ((each["path"], each["size"]) for each in batch)

    def check(self) -> None:
        """Raise NotSaved if the bucket cannot be written, before anything is paid for."""
        import obstore

        with _in_words():
            obstore.put(self._store, PROBE, b"")

    def free(self) -> int | None:
        """None: a bucket has no end."""
        return None


def _patience() -> "ClientConfig":
    """How long to wait; plain http only where AWS_ALLOW_HTTP says so, which options of our own would outweigh."""
    plain = os.environ.get("AWS_ALLOW_HTTP", "").lower() in {"1", "true", "yes"}
    return {"connect_timeout": "5s", "timeout": "60s", "allow_http": plain}


@contextmanager
def _in_words() -> Iterator[None]:
    """The kind of failure only: its text may hold addresses and signatures."""
    from obstore.exceptions import BaseError

    try:
        yield
    except (BaseError, OSError) as error:  # what is missing and what is forbidden are Python's own errors
        kind = type(error).__name__
        raise NotSaved(f"The image bucket does not answer as it should ({kind}).") from None
