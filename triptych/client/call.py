"""One request on the wire: one POST and the reading of its answer."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx2
import openai
from openai.types import ImagesResponse

from triptych.client import outward
from triptych.client.answers import GOT, got, picture, usage
from triptych.client.attempts import cancelled
from triptych.client.bounds import UNREADABLE, BadPackingError, TooLongError
from triptych.client.documents import words
from triptych.client.dressings import Hidden
from triptych.client.encoded import unwrapped
from triptych.client.failures import translated
from triptych.client.links import fetched
from triptych.client.pace import Turn
from triptych.client.reading import NO_IMAGE, Answer, Reader
from triptych.client.redaction import Masking, Redaction
from triptych.client.spool import Head, Keeping, Spool
from triptych.client.uploads import Uploads
from triptych.client.wire import Making
from triptych.errors import BadAnswer, OutcomeUnknown, TriptychError
from triptych.request import ImageRequest
from triptych.results import Event, Finished, Partial, Picture
from triptych.servers import Account

if TYPE_CHECKING:
    from triptych.client.witness import Witness

UNREAD = {"X-Stainless-Raw-Response": "stream"}  # the SDK's own way to ask for an answer that it has not read


class Call:
    """One request of a drawing, in its ``turn``. ``request_id`` is known from the moment the answer begins."""

    def __init__(
        self,
        number: int,
        request: ImageRequest,
        files: Uploads,
        emit: Callable[[Event], None],
        *,
        witness: "Witness | None" = None,
        spool: Spool | None = None,
        turn: Turn | None = None,
    ) -> None:
        self.number = number
        self.request = request
        self.files = files
        self.emit = emit
        self._witness = witness
        self._spool = spool
        self._turn = turn or Turn()
        self.request_id: str | None = None
        self.begun = False  # whether any stage of the image has come
        self._started = time.monotonic()

    async def make(self, sdk: openai.AsyncOpenAI, account: Account, making: Making) -> Finished:
        """Send it and read the answer; raises TriptychError for every answer that holds no picture.

        What is raised holds words only: neither the answer nor the frames in which it was read.
        """
        try:
            async with making.turn():
                response = await self._sent(sdk, self.request.api_kwargs(account.server))
            return await self._read(response, sdk, account)
        except (openai.OpenAIError, httpx2.TransportError, ValueError) as exc:
            failed: TriptychError = translated(exc, self.request_id)
        except TriptychError as error:
            failed = error
        raise self._outward(failed)

    async def again(self, head: Head, data: bytes, sdk: openai.AsyncOpenAI, account: Account) -> Finished:
        """Read an answer that was kept as ``make`` reads one that comes; nothing is sent, links are fetched."""
        self.request_id = head.request_id
        try:
            reader = Reader(self.request.n, lambda _index, _stage: None)
            reader.feed(data)
            return await self._finished(reader.end(head.status), sdk, account)
        except TooLongError as exc:
            failed: TriptychError = broken_off(exc)
        except TriptychError as error:
            failed = error
        raise self._outward(failed)

    async def call_off(self, sdk: openai.AsyncOpenAI, account: Account) -> Finished | TriptychError:  # noqa: ARG002 - a turn needs both
        """What is said of one that was stopped in flight: its connection is closed, and no server can be told more."""
        return cancelled(in_flight=True)

    def _outward(self, failed: TriptychError) -> TriptychError:
        if isinstance(failed, OutcomeUnknown):
            failed.request_id = failed.request_id or self.request_id
        return outward.failed(failed)

    async def _sent(self, sdk: openai.AsyncOpenAI, arguments: dict[str, Any]) -> httpx2.Response:
        """The answer, of which nothing but its head has been read."""
        match self.request.endpoint:
            case "edits":
                raw: Any = await sdk.images.edit(**arguments, **self.files, extra_headers=UNREAD)
            case "variations":  # the SDK's own method for it warns each time that OpenAI has retired it
                files = [(name, upload) for name, upload in self.files.items()]
                form: openai.RequestOptions = {"headers": {**UNREAD, "Content-Type": "multipart/form-data"}}
                path = "/images/variations"
                raw = await sdk.post(path, cast_to=ImagesResponse, body=arguments, files=files, options=form)
            case _:  # the SDK's own method looks in each argument for a file that none is: half as long as the sending
                headers: openai.RequestOptions = {"headers": UNREAD}
                raw = await sdk.post("/images/generations", cast_to=ImagesResponse, body=arguments, options=headers)
        response: httpx2.Response = raw.http_response
        return response

    async def _read(self, response: httpx2.Response, sdk: openai.AsyncOpenAI, account: Account) -> Finished:
        """Keep the answer as it comes, then read it; what was cut off counts where the image is whole in it."""
        kept = self._kept(response, account)
        reader = Reader(self.request.n, self._show, self._begin)
        cut: TriptychError | None = None
        try:
            async for chunk in response.aiter_raw():
                kept.write(chunk)
                if reader.feed(chunk):
                    break
        except httpx2.TransportError as exc:
            cut = broken_off(exc)
        finally:
            await self._over(response, kept)
        refuse_packed(response)
        try:
            answer = reader.end(response.status_code)
        except OutcomeUnknown as error:
            raise cut or error from None
        return await self._finished(answer, sdk, account)

    def _kept(self, response: httpx2.Response, account: Account) -> Keeping:
        """Where the answer goes byte for byte; its head is told to whoever listens."""
        self.request_id = response.headers.get("x-request-id")
        self._turn.heard(response.headers)
        if self._witness and self.request_id:
            self._witness.answering(self.number, self.request_id)
        kind = Redaction(account.key).text(response.headers.get("content-type", ""))
        head = Head(response.status_code, kind, self.request_id)
        return Keeping(self._spool, self.number, head, Masking(account.key))

    async def _over(self, response: httpx2.Response, kept: Keeping) -> None:
        """Nothing more comes: the next request may go, and what came is on the disk."""
        await response.aclose()
        self._turn.leave()
        await kept.close()

    @property
    def seconds(self) -> float:
        """Since it was begun."""
        return time.monotonic() - self._started

    def _begin(self) -> None:
        self.begun = True

    def _show(self, index: int, stage: Picture) -> None:
        self.emit(Partial(self.number, index, stage))

    async def _finished(self, answer: Answer, sdk: openai.AsyncOpenAI, account: Account) -> Finished:
        pictures: list[Picture] = []
        broken = BadAnswer(NO_IMAGE)
        for texts in answer.images:
            try:
                pictures.append(await self._picture(texts, sdk, account))
            except BadAnswer as error:
                broken = error
        if not pictures:
            raise broken
        said = words({name: answer.said.get(name) for name in (*GOT, "usage", "svg_usage")})
        tokens = usage(said["usage"], said["svg_usage"])
        unread, did = answer.missing + len(answer.images) - len(pictures), got(said, pictures[0])
        return Finished(self.number, tuple(pictures), did, tokens, self.request_id, self.seconds, unread)

    async def _picture(self, texts: tuple[Hidden, ...], sdk: openai.AsyncOpenAI, account: Account) -> Picture:
        """The first of ``texts`` that is an image; raises the BadAnswer of the last where none is."""
        broken = BadAnswer(NO_IMAGE)
        for one in texts:
            try:
                if one.link:
                    return picture(await fetched(str(one.text), sdk, account))
                return picture(one.text if isinstance(one.text, bytes) else unwrapped(one.text))
            except BadAnswer as error:
                broken = error
        raise broken


def refuse_packed(response: httpx2.Response) -> None:
    """Raise BadAnswer for an answer that nobody here can unpack."""
    if coding := response.extensions.get(UNREADABLE):
        raise BadAnswer(f"The server's answer is packed in a way unknown here, unasked: {coding}.")


def broken_off(exc: httpx2.TransportError) -> OutcomeUnknown:
    """Why the rest of an answer did not come, or was not taken."""
    kind = BadAnswer if isinstance(exc, TooLongError | BadPackingError) else OutcomeUnknown
    return kind(f"The answer broke off: {str(exc)[:300] or type(exc).__name__}.")
