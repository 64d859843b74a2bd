"""An Images API of a process of its own that answers at once, or after a fixed time, with pictures of a kind."""

import asyncio
import base64
import io
import itertools
import json
import math
import os
import sys
from collections.abc import AsyncIterator

import uvicorn
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

USAGE = {
    "input_tokens": 12,
    "input_tokens_details": {"text_tokens": 12, "image_tokens": 0},
    "output_tokens": 1756,
    "total_tokens": 1768,
}
ABOUT = {"created": 1, "size": "1024x1024", "quality": "medium", "background": "opaque", "output_format": "png"}
EDGE, GRAIN, SHARE = 1024, 6, 0.3  # pixels, and how much noise lies over the shading: together about 1.4 MB
TURNS = 16  # a browser shows the same bytes without loading them, and we keep what was made of them


def noise(size: int) -> bytes:
    """A PNG of about `size` bytes that no compression makes smaller."""
    edge = math.isqrt(size // 3)
    out = io.BytesIO()
    Image.frombytes("RGB", (edge, edge), os.urandom(edge * edge * 3)).save(out, "PNG", compress_level=0)
    return out.getvalue()


def drawn() -> bytes:
    """A PNG of 1024 x 1024 pixels and about 1.4 MB, compressed as the API's are; each time another."""
    shade = Image.linear_gradient("L").resize((EDGE, EDGE))
    grains = [Image.effect_noise((EDGE, EDGE), GRAIN) for _ in "RGB"]
    out = io.BytesIO()
    Image.merge("RGB", [Image.blend(shade, grain, SHARE) for grain in grains]).save(out, "PNG")
    return out.getvalue()


def answers(image: bytes) -> tuple[bytes, list[bytes]]:
    """A whole answer and the events of a streamed one, all with the same picture."""
    picture = base64.b64encode(image).decode()

    def event(kind: str, **more: object) -> bytes:
        data = {**ABOUT, "type": f"image_generation.{kind}", "b64_json": picture, "created_at": 1, **more}
        return f"event: {data['type']}\ndata: {json.dumps(data)}\n\n".encode()

    stages = [event("partial_image", partial_image_index=index) for index in range(3)]
    whole = json.dumps({**ABOUT, "data": [{"b64_json": picture}], "usage": USAGE}).encode()
    return whole, [*stages, event("completed", usage=USAGE)]


def turn(image: bytes) -> list[bytes]:
    """The events of a turn of a conversation: one stage, then the image where the Responses API tells it, twice."""
    picture = base64.b64encode(image).decode()
    call = {"id": "ig_1", "type": "image_generation_call", "status": "completed", "result": picture, **ABOUT}
    begun = {"id": "resp_1", "object": "response", "created_at": 1, "model": "gpt-5.6-luna", "status": "in_progress"}
    told = {**begun, "status": "completed", "output": [call], "usage": USAGE, "tool_usage": {"image_gen": USAGE}}
    said = [
        {"type": "created", "response": {**begun, "output": []}},
        {"type": "image_generation_call.partial_image", "partial_image_b64": picture, "partial_image_index": 0},
        {"type": "output_item.done", "item": call, "output_index": 0},
        {"type": "completed", "response": told},
    ]
    events = [{**one, "type": f"response.{one['type']}", "sequence_number": at} for at, one in enumerate(said)]
    return [f"event: {one['type']}\ndata: {json.dumps(one)}\n\n".encode() for one in events]


def app(size: int, delay: float) -> Starlette:
    """Answers with ``noise`` of about so many bytes, or for 0 with what is ``drawn``."""
    images = [noise(size) if size else drawn() for _ in range(1 if size > 10_000_000 else TURNS)]
    turns = itertools.cycle([answers(image) for image in images])

    async def stream(stages: list[bytes]) -> AsyncIterator[bytes]:
        for stage in stages:
            yield stage

    async def generate(request: Request) -> Response:
        asked = await request.json()
        await asyncio.sleep(delay)
        whole, stages = next(turns)
        if asked.get("stream"):
            return StreamingResponse(stream(stages), media_type="text/event-stream")
        return Response(whole, media_type="application/json")

    responses = itertools.cycle([turn(image) for image in images[:4]])

    async def respond(request: Request) -> Response:
        await asyncio.sleep(delay)
        return StreamingResponse(stream(next(responses)), media_type="text/event-stream")

    async def models(request: Request) -> Response:
        return JSONResponse({"object": "list", "data": [{"id": "gpt-image-2", "object": "model", "owned_by": "x"}]})

    asked = {"/v1/images/generations": generate, "/v1/responses": respond}
    routes = [Route(path, answer, methods=["POST"]) for path, answer in asked.items()]
    return Starlette(routes=[*routes, Route("/v1/models", models)])


if __name__ == "__main__":
    port, size, delay = sys.argv[1:]
    uvicorn.run(app(int(size), float(delay)), port=int(port), log_level="warning")
