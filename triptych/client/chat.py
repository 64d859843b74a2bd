"""A turn of words on the wire of a server that has no Responses API: one chat completion."""

from typing import Any

import httpx2
import openai

from triptych.client.answers import turn_usage
from triptych.client.call import UNREAD, Call, broken_off, refuse_packed
from triptych.client.documents import documents, words
from triptych.client.responses import text
from triptych.client.spool import Head
from triptych.errors import BadAnswer, TriptychError
from triptych.results import Finished
from triptych.servers import Account

CUT = "length"  # why a completion ended that was longer than it may be
MOST_BYTES = 4 << 20  # of an answer; a prompt has at most an eighth of it


class ChatCall(Call):
    """One chat completion."""

    async def _sent(self, sdk: openai.AsyncOpenAI, arguments: dict[str, Any]) -> httpx2.Response:
        raw: Any = await sdk.chat.completions.create(**arguments, extra_headers=UNREAD)
        response: httpx2.Response = raw.http_response
        return response

    async def _read(self, response: httpx2.Response, sdk: openai.AsyncOpenAI, account: Account) -> Finished:  # noqa: ARG002 - as every call
        kept = self._kept(response, account)
        body = bytearray()
        try:
            async for chunk in response.aiter_raw():
                kept.write(chunk)
                body += chunk
                if len(body) > MOST_BYTES:
                    raise BadAnswer(f"The server's answer is longer than {MOST_BYTES:,} bytes.")
        except httpx2.TransportError as exc:
            raise broken_off(exc) from None
        finally:
            await self._over(response, kept)
        refuse_packed(response)
        return self._told(body)

    async def again(self, head: Head, data: bytes, sdk: openai.AsyncOpenAI, account: Account) -> Finished:  # noqa: ARG002 - as every call
        """Read an answer that was kept."""
        self.request_id = head.request_id
        try:
            return self._told(bytearray(data))
        except TriptychError as error:
            failed = error
        raise self._outward(failed)

    def _told(self, body: bytearray) -> Finished:
        """The answer in words; raises BadAnswer for what holds none."""
        said: Any = next(iter(documents(body)), None)
        choices = said.get("choices") if isinstance(said, dict) else None
        first = choices[0] if isinstance(choices, list) and choices else None
        message = first.get("message") if isinstance(first, dict) else None
        if not isinstance(first, dict) or not isinstance(message, dict):
            raise BadAnswer("The server's answer holds no words.", request_id=self.request_id)
        told, no = text(message.get("content")), text(message.get("refusal"))
        counted = words({"usage": said.get("usage")})["usage"]
        used = counted if isinstance(counted, dict) else {}
        tokens = {"input_tokens": used.get("prompt_tokens"), "output_tokens": used.get("completion_tokens")}
        note = "The answer is not complete (max_output_tokens)." if first.get("finish_reason") == CUT else None
        got = {"answer": told or no, "note": note, "refused": "yes" if no and not told else None}
        got |= {"text_model": said.get("model"), "response_id": said.get("id")}
        known = {name: str(text(value)) for name, value in got.items() if value}
        return Finished(self.number, (), known, turn_usage(tokens, None, made=False), self.request_id, self.seconds)
