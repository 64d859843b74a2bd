"""Equal requests at the same time, which is how several pictures are streamed."""

import asyncio
import io

from PIL import Image

from triptych.client import ImageClient
from triptych.engine.serve import Engine
from triptych.request import ImageRequest
from triptych.results import Finished
from triptych.servers import DEMO, Account

REQUEST = ImageRequest(
    model="gpt-image-2", prompt="a red boat", size="1024x1024", quality="low", partial_images=1, stream_each=True, n=3
)


def drawn(engine: Engine, request: ImageRequest) -> list[bytes]:
    async def draw() -> list[bytes]:
        client = ImageClient(Account(engine.base_url, engine.token, server=DEMO))
        events = [event async for event in client.draw(request)]
        await client.aclose()
        return [picture.data for event in events if isinstance(event, Finished) for picture in event.pictures]

    return [Image.open(io.BytesIO(data)).tobytes() for data in asyncio.run(draw())]


def test_pictures_streamed_at_once_differ_and_the_next_one_alone_is_the_first_again() -> None:
    engine = Engine.start(pace=0.2)
    try:
        several = drawn(engine, REQUEST)
        alone = drawn(engine, ImageRequest(**{**REQUEST.to_json(), "n": 1, "stream_each": False}))
    finally:
        engine.stop()
    assert len(set(several)) == 3
    assert alone[0] in several
