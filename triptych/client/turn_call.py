"""One turn on the wire: one POST, and as many looks at what becomes of it as it takes."""

import asyncio
import base64
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import openai

from triptych.client.answers import GOT, turn_usage
from triptych.client.bounds import BadPackingError, TooLongError
from triptych.client.call import UNREAD, Call, broken_off, refuse_packed
from triptych.client.chat import ChatCall
from triptych.client.documents import words
from triptych.client.failures import translated
from triptych.client.redaction import Masking
from triptych.client.responses import OURS, ResponseReader, TurnAnswer, text
from triptych.client.spool import Head, Keeping
from triptych.errors import (
    BadAnswer,
    Cancelled,
    NoResponsesApi,
    NothingStored,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    RequestRejected,
    TriptychError,
    WrongAddress,
)
from triptych.request import ImageRequest
from triptych.results import Finished, Picture
from triptych.servers import Account, Server

LONGEST_FETCH = 1200.0  # seconds to wait for a turn that goes on at the server
LONGEST_CANCEL = 10.0
MISSING = {404, 405, 501}  # statuses of a server that has no such endpoint
SLOWEST = 5.0  # seconds between two looks
MOST_STREAMS = 5  # connections on which the rest of a stream is asked for, before whole responses are


class TurnCall(Call):
    """One turn. ``begun`` from the moment its response id is known: from there on it is fetched, never sent again."""

    _reader: ResponseReader

    async def _sent(self, sdk: openai.AsyncOpenAI, arguments: dict[str, Any]) -> httpx2.Response:
        raw: Any = await sdk.responses.create(**with_images(arguments, self.files), extra_headers=UNREAD)
        response: httpx2.Response = raw.http_response
        return response

    async def _read(self, response: httpx2.Response, sdk: openai.AsyncOpenAI, account: Account) -> Finished:
        kept = self._kept(response, account)
        self._reader = ResponseReader(self._show, self._know)
        try:
            cut = await self._take(response, kept)
            if not self._reader.next():
                if self._reader.id and account.server.stores:
                    await self._rest(lambda: kept, sdk)
                elif cut:
                    raise cut
        finally:
            self._turn.leave()
            await kept.close()
        return await self._told(self._reader.end(), sdk, account)

    async def again(self, head: Head, data: bytes, sdk: openai.AsyncOpenAI, account: Account) -> Finished:
        """Read an answer that was kept; one of a server without the Responses API is an image's, or a chat's."""
        if not OURS.search(data):
            spoken = self.request.turn and self.request.turn.words_only
            other = (ChatCall if spoken else Call)(self.number, self.request, self.files, self.emit)
            return await other.again(head, data, sdk, account)
        self.request_id = head.request_id
        self._reader = ResponseReader(lambda _index, _stage: None, lambda _id: None)
        try:
            self._reader.feed(data)
            return await self._told(self._reader.end(), sdk, account)
        except (TooLongError, TriptychError) as exc:
            failed = broken_off(exc) if isinstance(exc, TooLongError) else exc
        raise self._outward(failed)

    async def fetch(self, response_id: str, sdk: openai.AsyncOpenAI, account: Account) -> Finished:
        """The answer to a turn that was sent before, once it is there; nothing is sent but questions for it."""
        kept: list[Keeping] = []
        self._reader = ResponseReader(self._show, self._know)
        self._reader.id = response_id

        def place() -> Keeping:
            """Where it goes, once there is something: what came of it before stays until then."""
            if not kept:
                head = Head(200, "application/json", None)
                kept.append(Keeping(self._spool, self.number, head, Masking(account.key)))
            return kept[0]

        try:
            async with asyncio.timeout(LONGEST_FETCH):
                try:
                    await self._rest(place, sdk)
                finally:
                    for one in kept:
                        await one.close()
            return await self._told(self._reader.end(), sdk, account)
        except TimeoutError:
            failed: TriptychError = OutcomeUnknown("The server still works on the turn.")
        except TriptychError as error:
            failed = error
        raise self._outward(failed)

    async def call_off(self, sdk: openai.AsyncOpenAI, account: Account) -> Finished | TriptychError:
        """Cancel it at the server too; its answer where that had ended already, else what may be charged."""
        reader = getattr(self, "_reader", None)
        if not (reader and reader.id and account.server.stores):
            return Cancelled("It had been sent and may still be charged.")
        kept = Keeping(self._spool, self.number, Head(200, "application/json", self.request_id), Masking(account.key))
        said = "It was canceled at the server; what it had used until then may be charged."
        try:
            async with asyncio.timeout(LONGEST_CANCEL):
                raw: Any = await sdk.responses.cancel(reader.id, extra_headers=UNREAD)
                self._reader = ResponseReader(self._show, self._know)
                await self._take(raw.http_response, kept)
                await kept.close()
                answer = self._reader.end()
                if answer.response.get("status") == "completed":
                    return await self._told(answer, sdk, account)
        except (TimeoutError, openai.OpenAIError, httpx2.TransportError, ValueError):
            said = "It had been sent and could not be canceled at the server, so it may still be charged."
        except TriptychError:  # it says no more than that it is cancelled
            return Cancelled(said)
        return Cancelled(said)

    def _know(self, response_id: str) -> None:
        self.begun = True
        if self._witness:
            self._witness.responding(self.number, response_id)

    async def _take(self, response: httpx2.Response, kept: Keeping) -> TriptychError | None:
        """Read what comes on one connection; why it broke off, where that is why it ended."""
        try:
            async for chunk in response.aiter_raw():
                kept.write(chunk)
                if self._reader.feed(chunk):
                    break
        except (TooLongError, BadPackingError) as exc:
            raise broken_off(exc) from None
        except httpx2.TransportError as exc:
            return broken_off(exc)
        finally:
            await response.aclose()
        refuse_packed(response)
        return None

    async def _rest(self, place: Callable[[], Keeping], sdk: openai.AsyncOpenAI) -> None:
        """What is still to come of the response, asked for until it is there: the rest of its stream, or all of it."""
        for number, pause in zip(itertools.count(), _pauses(), strict=False):
            before = self._reader.sequence
            streams = before is not None and number < MOST_STREAMS
            try:
                response = await self._look(sdk, before if streams else None)
                place().write(b"\n\n")  # what had come of an event is none
                await self._take(response, place())
                if self._reader.next():
                    return
            except openai.APIStatusError as exc:
                _give_up_unless_it_passes(translated(exc), streams=streams)
            except (openai.APIConnectionError, httpx2.TransportError):
                pass  # asking costs nothing: it is asked again
            if not streams or self._reader.sequence == before:
                await asyncio.sleep(pause)

    async def _look(self, sdk: openai.AsyncOpenAI, after: int | None) -> httpx2.Response:
        id_, more = self._reader.id or "", UNREAD
        if after is None:
            raw: Any = await sdk.responses.retrieve(id_, extra_headers=more)
        else:
            raw = await sdk.responses.retrieve(id_, stream=True, starting_after=after, extra_headers=more)
        response: httpx2.Response = raw.http_response
        return response

    def _outward(self, failed: TriptychError) -> TriptychError:
        if type(failed) is WrongAddress and failed.status in MISSING and not self.begun:
            failed = NoResponsesApi("This server has no Responses API.", failed.request_id, status=failed.status)
        if type(failed) is RequestRejected and failed.param in {"background", "store"} and not self.begun:
            failed = NothingStored(failed.message, failed.request_id, failed.code, failed.status, failed.param)
        return super()._outward(failed)

    async def _told(self, answer: TurnAnswer, sdk: openai.AsyncOpenAI, account: Account) -> Finished:
        """The answer as the playground has it; one without an image is one, too."""
        pictures: list[Picture] = []
        broken: BadAnswer | None = None
        for one in answer.images:
            try:
                pictures.append(await self._picture((one,), sdk, account))
            except BadAnswer as error:
                broken = error
        if broken and not pictures:
            raise broken
        counted = words({name: answer.response.get(name) for name in ("usage", "tool_usage")})
        tokens = turn_usage(counted["usage"], counted["tool_usage"], *answer.calls, made=bool(pictures))
        unread = len(answer.images) - len(pictures)
        return Finished(
            self.number, tuple(pictures), _got(answer, pictures), tokens, self.request_id, self.seconds, unread
        )


def kind_of(request: ImageRequest, server: Server) -> type[Call]:
    """How ``request`` goes to ``server``."""
    chats = request.turn is not None and request.turn.words_only and not server.responses
    return ChatCall if chats else TurnCall if request.turn else Call


def _got(answer: TurnAnswer, pictures: list[Picture]) -> dict[str, str]:
    """What the server says it did, by name; ``stored`` where it says that nobody can go on from it."""
    response, call = answer.response, next(iter(answer.calls), {})
    said = {name: call.get(name) for name in (*GOT, "action")}
    revised = [str(text(one["revised_prompt"])) for one in answer.calls if one.get("revised_prompt")]
    said |= {"revised_prompt": "\n\n".join(dict.fromkeys(revised))}
    said |= {"response_id": response.get("id"), "text_model": response.get("model")}
    said |= {"refused": "yes" if answer.refused else None}
    said |= {"answer": answer.words, "note": answer.note, "stored": "no" if response.get("store") is False else None}
    if pictures:
        said |= {"output_format": pictures[0].format, "size": pictures[0].size}
    return {name: str(text(value)) for name, value in said.items() if value}


def with_images(arguments: dict[str, Any], files: Any) -> dict[str, Any]:
    """The arguments with the bytes of the images behind the text, and of the mask in the tool."""
    if "tools" not in arguments:
        return arguments  # it is about words alone
    said, tool = arguments["input"][0], arguments["tools"][0]
    shown = [{"type": "input_image", "detail": "auto", "image_url": _data_url(*one)} for one in files.get("image", ())]
    if mask := files.get("mask"):
        tool = {**tool, "input_image_mask": {"image_url": _data_url(*mask)}}
    return {**arguments, "input": [{**said, "content": [*said["content"], *shown]}], "tools": [tool]}


def _data_url(_name: str, data: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def _pauses() -> Iterator[float]:
    """Seconds between looks, doubling."""
    return (min(SLOWEST, 0.1 * 2**number) for number in itertools.count())


def _give_up_unless_it_passes(error: TriptychError, *, streams: bool) -> None:
    """Raise where asking again would say the same. A server may know a response and not stream it again."""
    if streams or not isinstance(error, Rejected) or isinstance(error, RateLimited):
        return
    said = f"The server does not tell what became of the turn: {error.message}"
    raise OutcomeUnknown(said, error.request_id, error.code, error.status)
