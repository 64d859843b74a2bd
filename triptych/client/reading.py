"""An answer as it arrives: told by its bytes, whatever was asked for and whatever its media type says."""

import itertools
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from triptych.client.answers import picture
from triptych.client.documents import IGNORED, documents, words
from triptych.client.dressings import Hidden, hidden, task
from triptych.client.encoded import unwrapped, written_in
from triptych.client.failures import reported
from triptych.client.sse import EventStream
from triptych.errors import BadAnswer, OutcomeUnknown
from triptych.results import Picture

log = logging.getLogger(__name__)

FIELDS = (b"data", b"event", b"retry", b"id")
FIELD = re.compile(rb"(?:data|event|retry|id)(?:[: ]|[\r\n])")
EVENT = re.compile(rb"^data:", re.MULTILINE)
PAGE = re.compile(rb"<[a-z!/]", re.IGNORECASE)
LONGEST_FIELD = 6  # bytes by which a field of a stream is told
MOST_STAGES = 1000  # an index beyond is no index
NO_IMAGE = "The server's answer contains no image."
ASYNCHRONOUS = (
    "The server works asynchronously: it queued the request as task {} and answered without an image. Look for it "
    "on the server itself, or choose an address or a model that answers with the image."
)


@dataclass(frozen=True)
class Answer:
    """What a whole answer says, and each image in it as the texts that may be it.

    ``missing`` counts the images that were asked for and may stand in a part of it that is broken.
    """

    said: dict[str, Any]
    images: tuple[tuple[Hidden, ...], ...]
    missing: int = 0


class Reader:
    """Takes an answer's bytes as they come, shows the stages of an image at once, and has the answer at the end.

    ``images`` is how many were asked for; ``show`` gets each stage that can be read, and its number from 0; ``begin``
    hears of every stage, also of one that cannot be.
    """

    def __init__(
        self, images: int, show: Callable[[int, Picture], None], begin: Callable[[], None] = lambda: None
    ) -> None:
        self._begin = begin
        self._wanted = images
        self._show = show
        self._stages = 0
        self._unread: BadAnswer | None = None
        self._body = bytearray()  # what came, until it is known to be a stream
        self._whole = False
        self._events: EventStream | None = None
        self._said: dict[str, Any] = {}
        self._completed: list[tuple[Hidden, ...]] = []
        self._others: list[tuple[Hidden, ...]] = []

    def feed(self, chunk: bytes) -> bool:
        """Take the next bytes; whether all that was asked for has come.

        Raises what the server reports of itself in the middle of a stream, TooLongError for an event without end.
        """
        if self._events is None:
            self._body += chunk
            if self._whole or not self._is_stream():
                return False
            self._events, chunk, self._body = EventStream(), bytes(self._body), bytearray()
        return any(self._heard(event.name, event.data) for event in self._events.feed(chunk))

    def end(self, status: int = 200) -> Answer:
        """The answer, when no more bytes come. ``status`` is the HTTP status it came with.

        Raises BadAnswer or OutcomeUnknown where it holds no image, or what the server reports of itself.
        """
        if self._events:
            any(self._heard(event.name, event.data) for event in self._events.end())
        else:
            self._read_whole()
        if found := self._completed or self._others:
            broken = self._unread or self._events  # a stream of fewer may hold the others in lines that are no events
            return Answer(self._said, tuple(found), max(0, self._wanted - len(found)) if broken else 0)
        if (waiting := task(self._said)) or status == 202:  # noqa: PLR2004 - Accepted
            raise BadAnswer(ASYNCHRONOUS.format(str(waiting or "of its own")[:300]))
        if self._unread:
            raise self._unread
        if self._events:
            raise OutcomeUnknown("The stream ended without the finished image.")
        raise BadAnswer(NO_IMAGE)

    def _is_stream(self) -> bool:
        """Whether the first line that says anything is a stream's; sets ``_whole`` where it is not."""
        ignored = IGNORED.match(self._body)
        del self._body[: ignored.end() if ignored else 0]
        if self._body.startswith(b":"):
            del self._body[1:]  # a comment that goes on: none of it is kept
        start = bytes(self._body[:LONGEST_FIELD])
        if start in {b"", b":"} or any(field.startswith(start) for field in FIELDS):
            return False  # nothing is told by it yet
        self._whole = not FIELD.match(start)
        return not self._whole

    def _heard(self, name: str, data: bytearray) -> bool:
        """Take up one event; whether it was the last that matters."""
        if data.startswith(b"[DONE]"):
            return True
        try:
            return any(self._took(said, name) for said in documents(data))
        except BadAnswer as error:  # a ping in words, or an event that is broken: the finished image is none of them
            log.info("an event of a stream is left out: %s", error.message)
            self._unread = error if data.lstrip().startswith(b"{") else self._unread
            return False

    def _took(self, said: Any, name: str = "") -> bool:
        """Take up one JSON value; whether with it all is there that was asked for."""
        if isinstance(said, list) and any(isinstance(one, dict) and "type" in one for one in said):
            return any(self._took(one, name) for one in said)  # events, as a list
        document = said if isinstance(said, dict) else {"data": said}
        kind = str(document.get("type") or name)
        if "partial" in kind:
            self._begin()
            self._stage(document)
            return False
        found = list(hidden(document))
        if not found:
            if (document.get("error") or kind == "error") and not self._completed:
                raise reported(words(document.get("error") or document))
            self._said = self._said or document
            return False  # behind what went wrong the other images may still come
        if kind in {"", "message"} or kind.endswith("completed") or not self._events:
            self._completed += found
            self._said = document
            return len(self._completed) >= self._wanted
        self._others, self._said = found, document
        return False

    def _stage(self, said: dict[str, Any]) -> None:
        index = said.get("partial_image_index")
        known = isinstance(index, int) and not isinstance(index, bool) and 0 <= index < MOST_STAGES
        place = int(index or 0) if known else self._stages
        try:
            for texts in hidden(said):
                self._show(place, picture(unwrapped(texts[0].text)))
                self._stages += 1
        except BadAnswer as error:  # it is only a stage: the finished image is still to come
            log.info("a stage of an image is left out: %s", error.message)

    def _read_whole(self) -> None:
        try:
            for said in documents(self._body):
                if self._took(said):
                    return
        except BadAnswer as error:
            self._unread = error
            if not self._completed and not self._read_otherwise():
                raise

    def _read_otherwise(self) -> bool:
        """Whether the bytes are an image as they are, a stream or JSON behind something else, or hold whole images."""
        data, self._body = bytes(self._body), bytearray()
        try:
            picture(data)
        except BadAnswer:
            if EVENT.search(data):
                events = EventStream()
                heard = itertools.chain(events.feed(data), events.end())
                return any(self._heard(event.name, event.data) for event in heard)
            if not self._read_behind(data):
                self._completed = [(Hidden(one),) for one in written_in(data)]
            return bool(self._completed)
        self._completed = [(Hidden(data),)]
        return True

    def _read_behind(self, data: bytes) -> bool:
        """Whether JSON behind something else, which no page is, holds images."""
        start = data.find(b"{")
        if start < 1 or PAGE.search(data[:start]):
            return False
        try:
            return any(self._took(said) for said in documents(data[start:]))
        except BadAnswer:
            return bool(self._completed)
