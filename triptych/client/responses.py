"""The answer to a turn as it arrives from the Responses API, over as many connections as that takes."""

import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from triptych.client.answers import picture
from triptych.client.documents import IGNORED, documents, words
from triptych.client.dressings import Hidden, Text
from triptych.client.encoded import unwrapped
from triptych.client.failures import reported
from triptych.client.reading import MOST_STAGES
from triptych.client.sse import EventStream
from triptych.errors import BadAnswer, OutcomeUnknown, TriptychError
from triptych.results import Picture

log = logging.getLogger(__name__)

# types of openai 3.57: a response's status once nothing more comes, and before
ENDED = frozenset({"completed", "failed", "incomplete", "cancelled"})
CALL, MESSAGE = "image_generation_call", "message"
OURS = re.compile(rb'"object"\s*:\s*"response"|"type"\s*:\s*"response\.')


@dataclass(frozen=True)
class TurnAnswer:
    """What a whole answer says: the response as it ended, its images as the texts that may be them, what each image's
    call said beside, the words, why there is no image where that is said, and whether the words refuse it."""

    response: Mapping[str, Any]
    images: tuple[Hidden, ...]
    calls: tuple[Mapping[str, Any], ...]
    words: str
    note: str | None = None
    refused: bool = False


class ResponseReader:
    """Takes the bytes of a response as they come; ``show`` gets each stage of its image, ``known`` its id, at once.

    ``id`` is the response's, ``sequence`` the number of the last event that was whole, ``ended`` whether all of it is
    here: until then another connection may bring the rest (`next`).
    """

    def __init__(self, show: Callable[[int, Picture], None], known: Callable[[str], None]) -> None:
        self.id: str | None = None
        self.sequence: int | None = None
        self.ended = False
        self._show, self._known = show, known
        self._body = bytearray()  # until it is known to be a stream, and all of what is none
        self._events: EventStream | None = None
        self._items: dict[str, Mapping[str, Any]] = {}
        self._response: Mapping[str, Any] = {}

    def feed(self, chunk: bytes) -> bool:
        """Take the next bytes; whether all of the response has come.

        Raises what the server reports of itself in a stream, TooLongError for an event without end.
        """
        if self._events is None:
            self._body += chunk
            ignored = IGNORED.match(self._body)
            start = bytes(self._body[ignored.end() if ignored else 0 :][:1])
            if start in {b"", b"{", b":"}:
                return False  # an object is read when it is whole; a comment tells nothing
            self._events, chunk, self._body = EventStream(), bytes(self._body), bytearray()
        for event in self._events.feed(chunk):
            self._heard(event.data)
        return self.ended

    def next(self) -> bool:
        """The connection has ended; what has come of an event that is not whole is left out. Whether it ended well."""
        body, self._body, self._events = self._body, bytearray(), None
        if body:
            self._heard(body)
        return self.ended

    def end(self) -> TurnAnswer:
        """The answer, when no more bytes come; raises BadAnswer, OutcomeUnknown, or what the server says went wrong."""
        if not self.next():
            if self.id is None:
                raise BadAnswer("The server's answer holds no response, or is not JSON.")
            raise OutcomeUnknown("The answer ended before the turn had.")
        calls = [one for one in self._outputs() if one.get("type") == CALL]
        made = [one for one in calls if isinstance(one.get("result"), Text) and len(one["result"]) > 0]
        said = "\n\n".join(_words(self._outputs()))
        images = tuple(Hidden(one["result"]) for one in made)
        note = None if made else self._why_none(calls, said)
        refused = any(_refuses(one) for one in self._outputs())
        return TurnAnswer(self._response, images, tuple(map(words_of, made)), said, note, refused)

    def _outputs(self) -> list[Mapping[str, Any]]:
        """The response's output: as it tells it at the end, with what only came item by item."""
        listed, items = self._response.get("output"), dict(self._items)
        told = [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []
        known = [{name: value for name, value in one.items() if value is not None} for one in told]
        whole = [{**items.pop(str(one.get("id")), {}), **one} for one in known]
        return [*whole, *items.values()]

    def _why_none(self, calls: list[Mapping[str, Any]], text: str) -> str | None:
        """Why there is no image. An answer whose tokens are counted is one, whatever it says; else it is an error."""
        failed = next((one["error"] for one in calls if isinstance(one.get("error"), Mapping)), None)
        wrong = _object(self._response.get("error")) or failed
        cut = self._response.get("incomplete_details")
        if not self._response.get("usage") and (wrong or not text):
            if wrong:
                raise _wrong(wrong)
            raise OutcomeUnknown(f"The response ended as “{self._response.get('status')}”, without an answer.")
        if wrong:
            return _wrong(wrong).message
        if isinstance(cut, Mapping) and cut.get("reason") == "max_output_tokens":
            return "The text model reached the limit of what it may write. Lower its effort, or shorten what you wrote."
        if isinstance(cut, Mapping) and cut.get("reason"):
            return f"The answer is not complete ({words(cut['reason'])}), and it holds no image."
        return "The image tool was called, and the answer holds no image." if calls else None

    def _heard(self, data: bytearray) -> None:
        if data.startswith(b"[DONE]"):
            return
        try:
            for said in documents(data):
                if isinstance(said, dict):
                    self._took(said)
        except BadAnswer as error:  # cut, or a ping in words: what matters comes again
            log.info("an event of a response is left out: %s", error.message)

    def _took(self, said: dict[str, Any]) -> None:
        kind = str(said.get("type") or "")
        if said.get("object") == "response":
            self._hear(said)
        elif isinstance(inner := said.get("response"), dict):
            self._hear(inner)
        elif kind.endswith("partial_image"):
            self._stage(said)
        elif kind == "response.output_item.done" and isinstance(item := said.get("item"), dict):
            self._items[str(item.get("id"))] = item
        elif kind == "error" or (said.get("error") and not kind):
            raise _wrong(_object(said.get("error")) or said)
        if type(number := said.get("sequence_number")) is int:
            self.sequence = number

    def _hear(self, response: dict[str, Any]) -> None:
        self._response = response
        if isinstance(found := response.get("id"), str) and found and self.id is None:
            self.id = found[:200]
            self._known(self.id)
        self.ended = str(response.get("status")) in ENDED

    def _stage(self, said: Mapping[str, Any]) -> None:
        index, stage = said.get("partial_image_index"), said.get("partial_image_b64")
        place = index if isinstance(index, int) and 0 <= index < MOST_STAGES else 0
        try:
            self._show(place, picture(unwrapped(stage if isinstance(stage, Text) else b"")))
        except BadAnswer as error:  # it is only a stage: the finished image is still to come
            log.info("a stage of an image is left out: %s", error.message)


def _wrong(said: Mapping[str, Any]) -> TriptychError:
    """Our error for one that names its kind by its code alone, as a response and its events do."""
    kind = said.get("type")
    return reported(words({**said, "type": kind if isinstance(kind, str) and kind != "error" else said.get("code")}))


def _object(said: Any) -> Mapping[str, Any] | None:
    """What a server says of itself as an object, also where it is only words."""
    return said if isinstance(said, Mapping) else {"message": text(said)} if said else None


def words_of(call: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a call of the image tool says beside its image, texts whole."""
    return {name: text(value) for name, value in call.items() if name != "result"}


def text(value: Any) -> Any:
    """A long text, which is a slice of the JSON it stands in, as the text that it is."""
    if not isinstance(value, memoryview | bytes):
        return value
    try:
        return str(json.loads(b'"%b"' % bytes(value), strict=False))
    except ValueError:
        return bytes(value).decode("utf-8", "replace")


def _refuses(item: Mapping[str, Any]) -> bool:
    content = item.get("content") if item.get("type") == MESSAGE else None
    return isinstance(content, list) and any(isinstance(one, Mapping) and one.get("refusal") for one in content)


def _words(outputs: list[Mapping[str, Any]]) -> Iterator[str]:
    """What the text model wrote, also to refuse."""
    for item in outputs:
        content = item.get("content") if item.get("type") == MESSAGE else None
        for one in content if isinstance(content, list) else []:
            said = text(one.get("text") or one.get("refusal")) if isinstance(one, Mapping) else None
            if isinstance(said, str) and said.strip():
                yield said.strip()
