"""Turns and what a server says to them, byte for byte."""

import json
from collections.abc import Callable
from typing import Any

from tests.triptych.client.raw import Raw, Visit, b64, head, whole
from triptych import errors
from triptych.client import ImageClient
from triptych.request import ImageRequest, TurnOptions
from triptych.results import Event, Failed, Finished

MODEL = "gpt-image-2.6-sunburst"
USAGE = {
    "input_tokens": 400,
    "input_tokens_details": {"cached_tokens": 100},
    "output_tokens": 50,
    "output_tokens_details": {"reasoning_tokens": 20},
}
IMAGES = {"input_tokens": 20, "output_tokens": 900, "output_tokens_details": {"image_tokens": 900, "text_tokens": 0}}
CALL = {"id": "ig_1", "type": "image_generation_call", "status": "completed", "result": b64()}
CALL["revised_prompt"] = "A fox"
WORDS = {"id": "m_1", "type": "message", "content": [{"type": "output_text", "text": "Here is\nyour fox."}]}


def turn(message: str = "a red fox", **options: Any) -> ImageRequest:
    """A small turn; ``options`` are the turn's own."""
    return ImageRequest(model=MODEL, prompt=message, size="1024x1024", quality="low", turn=TurnOptions(**options))


def response(status: str = "completed", *output: object, **more: object) -> dict[str, Any]:
    told = {"usage": USAGE, "tool_usage": {"image_gen": IMAGES}} if status == "completed" else {}
    return {"id": "resp_1", "object": "response", "status": status, "output": list(output), **told, **more}


def said(number: int, kind: str, **more: object) -> bytes:
    data = {"type": f"response.{kind}", "sequence_number": number, **more}
    return f"event: {data['type']}\ndata: {json.dumps(data)}\n\n".encode()


STREAM = head(kind="text/event-stream")
CREATED = said(0, "created", response=response("in_progress"))
STAGE = said(1, "image_generation_call.partial_image", partial_image_b64=b64(), partial_image_index=0)
WHOLE = whole(response("completed", WORDS, CALL))
DONE = said(2, "completed", response=response("completed", WORDS, CALL))


def answers(*each: bytes) -> Callable[[Visit], Any]:
    """One after the other to the connections in their order, the last to all that follow."""

    async def answer(visit: Visit) -> None:
        await visit.say(each[min(visit.number, len(each)) - 1])

    return answer


async def drawn(client: ImageClient, request: ImageRequest, **how: Any) -> list[Event]:
    return [event async for event in client.draw(request, **how)]


def finished(events: list[Event]) -> Finished:
    assert isinstance(events[-1], Finished), events[-1]
    return events[-1]


def failed(events: list[Event]) -> errors.TriptychError:
    assert isinstance(events[-1], Failed), events[-1]
    return events[-1].error


def looks(server: Raw) -> list[str]:
    return [visit.head.split(" ", 2)[1] for visit in server.visits if visit.method == "GET"]
