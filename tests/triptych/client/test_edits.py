"""Edits and variations on the wire: what is uploaded, under which names, and what is refused before it."""

import io
from email import message_from_bytes
from email.policy import HTTP

import pytest
from PIL import Image

from tests.triptych.client.conftest import Make, asking, drawn
from tests.triptych.client.raw import Raw, b64, raw, says, whole
from tests.triptych.masked import FILES, FIRST, HOLE, SECOND, clear, named
from triptych.client import ImageClient
from triptych.engine.serve import Engine
from triptych.errors import InvalidRequest
from triptych.inputs import Attachment
from triptych.results import Finished, Partial
from triptych.servers import LEMONADE, SD_CPP

GOOD = whole({"data": [{"b64_json": b64()}]})

Field = tuple[str, str | None, str | None, bytes]


def form(server: Raw) -> list[Field]:
    """The fields of the only form that was sent: name, file name, media type and bytes."""
    (visit,) = server.visits
    kind = next(line for line in visit.head.split("\r\n") if line.lower().startswith("content-type"))
    sent = message_from_bytes(f"{kind}\r\n\r\n".encode() + visit.body, policy=HTTP)
    found = []
    for part in sent.iter_parts():
        said = part["content-disposition"].params
        data = part.get_payload(decode=True)
        found.append((said["name"], said.get("filename"), part["content-type"], bytes(data)))
    return [(name, file, str(kind) if kind else None, data) for name, file, kind, data in found]


async def test_an_edit_uploads_named_and_typed_files(make: Make) -> None:
    async with raw(says(GOOD)) as server:
        (_, finished) = await drawn(make(server.base_url), masked=True, moderation="low", n=2)
        fields = form(server)

    assert isinstance(finished, Finished)
    assert "POST /v1/images/edits " in server.visits[0].head
    assert sorted(
        [
            ("image[]", "input-1.png", "image/png", FIRST),
            ("image[]", "input-2.jpg", "image/jpeg", SECOND),
            ("mask", "mask.png", "image/png", HOLE),
        ]
    ) == sorted(field for field in fields if field[1])
    assert {
        "model": b"gpt-image-2",
        "prompt": b"a red square",
        "size": b"1024x1024",
        "quality": b"low",
        "n": b"2",
    } == {name: data for name, file, _, data in fields if not file}


async def test_a_markup_is_uploaded_beside_its_picture(make: Make) -> None:
    async with raw(says(GOOD)) as server:
        markup = Attachment.of(HOLE)
        await drawn(make(server.base_url), masked=True, model="gpt-image-2.6-flare", mask=None, markup=markup)
        fields = form(server)

    assert ("markup", "markup.png", "image/png", HOLE) in fields


async def test_a_masked_edit_streams_its_stages(client: ImageClient) -> None:
    events = await drawn(client, masked=True, partial_images=2)

    assert [0, 1] == [one.index for one in events if isinstance(one, Partial)]
    assert isinstance(events[-1], Finished)
    assert events[-1].usage
    assert events[-1].usage.input_image_tokens


async def test_a_server_that_paints_where_it_is_white_gets_such_a_mask(make: Make) -> None:
    async with raw(says(GOOD)) as server:
        await drawn(make(server.base_url, server=SD_CPP), masked=True)
        (sent,) = [data for name, _, _, data in form(server) if name == "mask"]

    with Image.open(io.BytesIO(sent)) as mask:
        grey = mask.convert("L")
    assert ("L", 255, 0) == (mask.mode, grey.getpixel((32, 32)), grey.getpixel((4, 4)))


@pytest.mark.parametrize("gone", [FIRST, HOLE], ids=["picture", "mask"])
async def test_a_file_that_is_not_there_is_refused_before_anything_is_sent(
    client: ImageClient, engine: Engine, gone: bytes
) -> None:
    files = {sha256: data for sha256, data in FILES.items() if data != gone}

    with pytest.raises(InvalidRequest, match=r"are missing\. Add the image again"):
        [event async for event in client.draw(asking(masked=True), files=files)]

    assert 0 == len(engine.log)


async def test_a_variation_goes_to_the_endpoint_that_openai_retired(make: Make, engine: Engine) -> None:
    square = clear()
    request = asking(images=(Attachment.of(square),), variation=True, size="512x512", n=2, prompt="")
    client = make(engine.base_url, engine.token, server=LEMONADE)

    events = [event async for event in client.draw(request, files=named(square))]

    assert isinstance(events[-1], Finished)
    assert ["512x512"] * 2 == [picture.size for picture in events[-1].pictures]
    assert ["/v1/images/variations"] == [entry.path for entry in engine.log]
