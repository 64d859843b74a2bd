"""Answers that hold odd images: one POST each, and the paid bytes as they came."""

import pytest

from tests.triptych.client.conftest import Make, drawn
from tests.triptych.client.raw import b64, event, head, raw, says, whole
from tests.triptych.odd import JPEG, MENDED, PNG, WORDS, line, saved, scene
from triptych.client.encoded import unwrapped
from triptych.results import Finished

ODD = {
    **WORDS,
    **{name: data for name, (data, _) in MENDED.items()},
    "BMP": saved(scene(), "BMP"),
    "TIFF": saved(scene(), "TIFF"),
    "AVIF": saved(scene(), "AVIF"),
    "a line of two million pixels": line(2_097_152),
    "half a PNG": PNG[: len(PNG) // 2],
    "a JPEG cut in its pixels": JPEG[:-40],
}


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("name", ODD)
async def test_an_odd_image_is_an_answer_bit_for_bit(make: Make, name: str, *, streamed: bool) -> None:
    last = {"type": "image_generation.completed", "b64_json": b64(ODD[name])}
    said = head(kind="text/event-stream") + event("image_generation.completed", last)
    async with raw(says(said if streamed else whole({"data": [{"b64_json": b64(ODD[name])}]}))) as server:
        events = await drawn(make(server.base_url), partial_images=int(streamed))

    assert isinstance(events[-1], Finished)
    assert ([ODD[name]], 1) == ([picture.data for picture in events[-1].pictures], server.posts)
    assert events[-1].pictures[0].media_type.startswith("image/")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_an_image_is_found_among_words_by_how_its_base64_begins(form: str) -> None:
    data = saved(scene(), form)

    assert data == unwrapped(f"Here it is: 'data:image/x;base64,{b64(data)}'.")
