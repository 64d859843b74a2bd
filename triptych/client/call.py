"""One request on the wire: one POST and the reading of its answer."""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import httpx2
import openai
from openai.types import ImagesResponse
from pydantic_core import from_json

from triptych.client.answers import decoded, got, picture, usage
from triptych.client.failures import reported, translated
from triptych.client.uploads import Uploads
from triptych.errors import BadAnswer, OutcomeUnknown
from triptych.request import ImageRequest
from triptych.results import Event, Finished, Partial, Picture
from triptych.servers import Server

if TYPE_CHECKING:
    from triptych.client import Witness

RAW = {"X-Stainless-Raw-Response": "true"}  # the SDK's own way to ask for headers and bytes


class Call:
    """One request of a drawing. ``request_id`` is known from the moment the answer begins."""

    def __init__(
        self,
        number: int,
        request: ImageRequest,
        files: Uploads,
        emit: Callable[[Event], None],
        witness: "Witness | None" = None,
    ) -> None:
        self.number = number
        self.request = request
        self.files = files
        self.emit = emit
        self._witness = witness
        self.request_id: str | None = None
        self.begun = False  # whether any stage of the image has come
        self._started = time.monotonic()

    async def make(self, sdk: openai.AsyncOpenAI, server: Server) -> Finished:
        """Send it and read the answer; raises TriptychError for every answer that holds no picture."""
        arguments = self.request.api_kwargs(server)
        try:
            raw = await self._sent(sdk, arguments)
            self.request_id = raw.headers.get("x-request-id")
            if self._witness and self.request_id:
                self._witness.answering(self.number, self.request_id)
            if arguments.get("stream") and "json" not in raw.headers.get("content-type", ""):
                return await self._stream(raw.parse())
            response = raw.http_response
            del raw
            # from_json reads the bytes as they are; the body goes before the pictures are decoded beside it
            answer = from_json(await response.aread())
            del response
            return await self._whole(answer, sdk)
        except (openai.OpenAIError, httpx2.TransportError, ValueError) as exc:
            raise translated(exc, self.request_id) from None
        except OutcomeUnknown as error:
            error.request_id = error.request_id or self.request_id
            raise

    async def _sent(self, sdk: openai.AsyncOpenAI, arguments: dict[str, Any]) -> Any:
        """The SDK's raw response, which has the headers and the bytes of the answer."""
        images = sdk.images.with_raw_response
        match self.request.endpoint:
            case "edits":
                return await images.edit(**arguments, **self.files)
            case "variations":  # the SDK's own method for it warns each time that OpenAI has retired it
                files = [(name, upload) for name, upload in self.files.items()]
                form: openai.RequestOptions = {"headers": {**RAW, "Content-Type": "multipart/form-data"}}
                path = "/images/variations"
                return await sdk.post(path, cast_to=ImagesResponse, body=arguments, files=files, options=form)
            case _:
                return await images.generate(**arguments)

    async def _whole(self, answer: Any, sdk: openai.AsyncOpenAI) -> Finished:
        if not isinstance(answer, dict):
            raise BadAnswer("The server's answer is not an image response.")
        if answer.get("error"):
            raise reported(answer, request_id=self.request_id)
        items = answer.pop("data", None)
        if not isinstance(items, list) or not items:
            raise BadAnswer("The server's answer holds no picture.")
        pictures: list[Picture] = []
        broken = BadAnswer("The server's answer holds no picture.")
        for _ in range(len(items)):  # taken one by one, so that a picture's base64 goes when its bytes are there
            try:
                pictures.append(await self._picture(items.pop(0), sdk))
            except BadAnswer as error:
                broken = error
        if pictures:
            return self._finished(tuple(pictures), answer)
        raise broken

    async def _picture(self, item: Any, sdk: openai.AsyncOpenAI) -> Picture:
        if not isinstance(item, dict):
            raise BadAnswer("The server's answer holds no picture.")
        url = item.get("url")
        if item.get("b64_json") or not isinstance(url, str):
            return decoded(item.pop("b64_json", None))
        if url.startswith("data:"):
            return decoded(url)
        home, there = urlsplit(str(sdk.base_url)), urlsplit(urljoin(str(sdk.base_url), url))
        if (home.scheme, home.netloc) != (there.scheme, there.netloc):
            raise BadAnswer(f"The server answers with a link to {there.netloc}, which is not opened from here: {url}")
        try:
            response = await sdk.get(there.geturl(), cast_to=httpx2.Response)
        except (openai.OpenAIError, httpx2.TransportError) as exc:
            # Drawn and billed: whatever became of the link, the request must not be sent again.
            raise BadAnswer(f"The picture was drawn but cannot be fetched: {translated(exc).message}") from None
        return picture(response.content)

    async def _stream(self, stream: openai.AsyncStream[Any]) -> Finished:
        async with stream:
            async for event in stream:
                kind = str(getattr(event, "type", ""))
                if kind.endswith(".partial_image"):
                    self.begun = True
                    index = getattr(event, "partial_image_index", 0) or 0
                    self.emit(Partial(self.number, int(index), decoded(event.b64_json)))
                elif kind.endswith(".completed"):
                    said = event.to_dict(warnings=False)
                    return self._finished((decoded(said.pop("b64_json", None)),), said)
                elif kind == "error":
                    raise reported(event.to_dict(warnings=False), request_id=self.request_id)
        raise OutcomeUnknown("The stream ended without the finished picture.", request_id=self.request_id)

    def _finished(self, pictures: tuple[Picture, ...], said: Mapping[str, Any]) -> Finished:
        tokens = usage(said.get("usage"), said.get("svg_usage"))
        seconds = time.monotonic() - self._started
        return Finished(self.number, pictures, got(said, pictures[0]), tokens, self.request_id, seconds)
