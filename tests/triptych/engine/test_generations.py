"""Generations by the real SDK: every parameter does what it says."""

import io
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from openai import OpenAI
from PIL import Image

from tests.triptych.engine.wire import MODEL, files, pictures
from triptych.catalog import MODELS
from triptych.engine.serve import Engine

CAT = "A cat on a table, gouache"


def test_a_prompt_becomes_a_png_of_the_size_asked_for(client: OpenAI) -> None:
    response = client.images.generate(model=MODEL, prompt=CAT, size="1536x864", quality="low")

    picture = pictures(response)[0]
    assert ("PNG", (1536, 864), "RGB") == (picture.format, picture.size, picture.mode)
    assert ("1536x864", "low", "png", "opaque") == (
        response.size,
        response.quality,
        response.output_format,
        response.background,
    )


@pytest.mark.painted
def test_the_same_request_gives_the_very_same_pixels(client: OpenAI) -> None:
    one, two = (pictures(client.images.generate(model=MODEL, prompt=CAT, quality="low"))[0] for _ in range(2))

    assert one.tobytes() == two.tobytes()


def test_n_pictures_are_n_different_pictures(client: OpenAI) -> None:
    found = pictures(client.images.generate(model=MODEL, prompt=CAT, n=3, quality="low"))

    assert 3 == len({picture.tobytes() for picture in found})


@pytest.mark.parametrize("form", ["webp", "jpeg"])
def test_compression_makes_the_file_smaller(client: OpenAI, form: str) -> None:
    sizes = [
        len(files(client.images.generate(model=MODEL, prompt=CAT, output_format=form, output_compression=c))[0])
        for c in (10, 60, 100)
    ]

    assert sorted(sizes) == sizes
    assert sizes[0] * 3 < sizes[2]


@pytest.mark.painted
@pytest.mark.parametrize("form", ["png", "webp"])
def test_a_transparent_background_is_real_alpha(client: OpenAI, form: str) -> None:
    response = client.images.generate(
        model=MODEL, prompt="a fox", background="transparent", output_format=form, quality="low"
    )

    alpha = np.asarray(pictures(response)[0].convert("RGBA").getchannel("A"))
    assert "transparent" == response.background
    assert (0, 255) == (alpha[4, 4], alpha.max())


def test_auto_is_answered_with_what_it_became(client: OpenAI) -> None:
    wide = client.images.generate(model=MODEL, prompt="a wide mountain panorama")
    sticker = client.images.generate(
        model=MODEL, prompt="a fox sticker", size="auto", quality="auto", background="auto"
    )

    assert ("1536x1024", "medium", "opaque") == (wide.size, wide.quality, wide.background)
    assert ("1024x1024", "medium", "transparent") == (sticker.size, sticker.quality, sticker.background)


def test_a_gif_has_its_frames_and_their_duration(client: OpenAI) -> None:
    response = client.images.generate(
        model=MODEL,
        prompt="a boat at sea",
        output_format="gif",
        quality="low",
        size="1024x640",
        extra_body={"frame_count": 5, "frame_duration_ms": 123},
    )

    picture = pictures(response)[0]
    durations = []
    for frame in range(5):
        picture.seek(frame)
        durations.append(picture.info["duration"])
    assert ("GIF", 5, [120] * 5) == (picture.format, picture.n_frames, durations)


def test_a_gif_has_nine_frames_even_where_nothing_moves(client: OpenAI) -> None:
    response = client.images.generate(
        model=MODEL, prompt="a cup on white background", output_format="gif", quality="low", size="1024x640"
    )

    assert 9 == pictures(response)[0].n_frames
    assert 200 == pictures(response)[0].info["duration"]


def test_an_svg_is_vectors_and_names_its_author(client: OpenAI) -> None:
    response = client.images.generate(
        model=MODEL, prompt="a lighthouse", output_format="svg", extra_body={"svg": {"model": "gpt-5"}}
    )

    root = ET.fromstring(files(response)[0])
    assert "0 0 1024 1536" == root.attrib["viewBox"]
    assert not [element for element in root.iter() if element.tag.endswith(("script", "image"))]
    assert response.svg_usage is not None
    assert "gpt-5" == response.svg_usage.model


def test_usage_counts_tokens_by_the_catalogs_rule(client: OpenAI) -> None:
    usage = client.images.generate(model="gpt-image-2", prompt="a cat", size="1024x1024", quality="low", n=2).usage

    assert usage is not None
    assert usage.output_tokens_details is not None
    assert (2 * 196, 2 * 196) == (usage.output_tokens, usage.output_tokens_details.image_tokens)
    assert (8, 0) == (usage.input_tokens_details.text_tokens, usage.input_tokens_details.image_tokens)
    assert usage.input_tokens + usage.output_tokens == usage.total_tokens


def test_usage_lies_in_the_range_where_only_that_is_known(client: OpenAI) -> None:
    usage = client.images.generate(model=MODEL, prompt="a cat", size="1024x1024", quality="low").usage

    assert usage is not None
    assert 3 * 196 <= usage.output_tokens <= 4 * 196


@pytest.mark.painted
def test_a_stream_sends_stages_in_order_and_then_the_picture(client: OpenAI) -> None:
    events = list(
        client.images.generate(
            model="gpt-image-2",
            prompt=CAT,
            stream=True,
            partial_images=3,
            size="1024x1024",
            quality="high",
            output_format="jpeg",
        )
    )
    plain = client.images.generate(
        model="gpt-image-2", prompt=CAT, size="1024x1024", quality="high", output_format="jpeg"
    )

    assert ["image_generation.partial_image"] * 3 + ["image_generation.completed"] == [event.type for event in events]
    assert [0, 1, 2] == [event.partial_image_index for event in events if event.type.endswith("partial_image")]
    assert {("1024x1024", "high", "jpeg", "opaque")} == {
        (event.size, event.quality, event.output_format, event.background) for event in events
    }
    last = events[-1]
    assert "image_generation.completed" == last.type
    assert 7024 + 300 == last.usage.output_tokens
    assert {"input_tokens", "input_tokens_details", "output_tokens", "total_tokens"} == set(last.usage.model_dump())
    assert pictures(plain)[0].tobytes() == _opened(last.b64_json).tobytes()
    assert {((1024, 1024), "JPEG")} == {(p.size, p.format) for p in (_opened(event.b64_json) for event in events)}


def test_a_stream_without_partials_is_one_event(client: OpenAI) -> None:
    events = list(client.images.generate(model=MODEL, prompt=CAT, stream=True, quality="low"))

    assert ["image_generation.completed"] == [event.type for event in events]


def test_the_safety_identifier_comes_back(client: OpenAI) -> None:
    kwargs = {"model": MODEL, "prompt": CAT, "quality": "low", "extra_body": {"safety_identifier": "hash-7"}}

    plain = client.images.generate(**kwargs)
    completed = list(client.images.generate(**kwargs, stream=True))[-1]

    assert ("hash-7", "hash-7") == (plain.safety_identifier, completed.safety_identifier)


@pytest.mark.parametrize("complexity", ["low", "medium", "high"])
def test_complexity_is_heeded(client: OpenAI, complexity: str) -> None:
    asked = client.images.generate(
        model=MODEL, prompt="mountains", quality="low", extra_body={"complexity": complexity}
    )
    omitted = client.images.generate(model=MODEL, prompt="mountains", quality="low")

    assert (complexity == "high") == (pictures(asked)[0].tobytes() == pictures(omitted)[0].tobytes())


def test_the_marker_of_a_fault_is_not_painted(client: OpenAI) -> None:
    marked, plain = (
        client.images.generate(model=MODEL, prompt=prompt, quality="low")
        for prompt in ("[fault:no_usage] a cat", "a cat")
    )

    assert marked.usage is None
    assert pictures(plain)[0].tobytes() == pictures(marked)[0].tobytes()


def test_the_model_list_has_what_is_not_shut_down(client: OpenAI) -> None:
    listed = {model.id: model for model in client.models.list()}

    assert {"gpt-image-2.6-flare", "gpt-image-2"} <= set(listed) <= set(MODELS)
    assert "dall-e-2" not in listed
    assert listed[MODEL].shutdown_date is None
    assert "model" == client.models.retrieve(MODEL).object


def test_every_answer_has_its_own_request_id(client: OpenAI, engine: Engine) -> None:
    ids = [client.images.generate(model=MODEL, prompt="a cat", quality="low")._request_id for _ in range(2)]

    assert [entry.request_id for entry in engine.log] == ids
    assert 2 == len(set(ids))
    assert all(i and i.startswith("req_") for i in ids)


def test_the_log_counts_what_was_posted(client: OpenAI, engine: Engine) -> None:
    client.images.generate(model=MODEL, prompt="a cat", quality="low", n=2)
    list(client.images.generate(model="gpt-image-2", prompt="a cat", quality="low", stream=True))

    assert [(MODEL, 2, False, 200), ("gpt-image-2", 1, True, 200)] == [
        (entry.model, entry.n, entry.stream, entry.status) for entry in engine.log
    ]


def _opened(b64: str) -> Image.Image:
    import base64

    return Image.open(io.BytesIO(base64.b64decode(b64)))
