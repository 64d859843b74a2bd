"""The pictures themselves: deterministic, of the size asked for, and about their prompt."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageFilter

from triptych.engine import vector
from triptych.engine.artist import Order, paint, painted, scene, stage
from triptych.engine.lettering import letter
from triptych.engine.marks import Lettering
from triptych.engine.shapes import SHAPES
from triptych.engine.words import STYLES

HARBOUR = Order('A lighthouse and a red boat at dusk, "OPEN"', 512, 384, "gpt-image-2", quality="medium")


def detail(picture: Image.Image) -> int:
    """How many colours there are: a count of brush strokes, roughly."""
    return len(picture.convert("RGB").getcolors(1 << 24) or [])


def test_the_same_order_gives_the_very_same_pixels() -> None:
    assert paint(HARBOUR).tobytes() == paint(HARBOUR).tobytes()


def test_each_index_is_another_picture() -> None:
    assert 3 == len({paint(replace(HARBOUR, index=index)).tobytes() for index in range(3)})


def test_another_model_paints_another_picture() -> None:
    assert paint(HARBOUR).tobytes() != paint(replace(HARBOUR, model="gpt-image-1.5")).tobytes()


@pytest.mark.parametrize("size", [(1024, 1024), (1536, 512), (512, 1536), (816, 1440)])
def test_a_picture_has_the_size_asked_for(size: tuple[int, int]) -> None:
    assert size == paint(replace(HARBOUR, width=size[0], height=size[1], quality="low")).size


def test_more_quality_means_more_marks_in_the_same_composition() -> None:
    scenes = [scene(replace(HARBOUR, quality=quality)) for quality in ("low", "medium", "high", "xhigh", "max")]

    outlines = [sum(len(mark.outlines) for mark in whole.marks) for whole in scenes]

    assert sorted(set(outlines)) == outlines
    assert 1 == len({whole.letters for whole in scenes})


def test_more_complexity_plans_more() -> None:
    low, high = (len(scene(replace(HARBOUR, complexity=c)).marks) for c in ("low", "high"))

    assert low < high


@pytest.mark.parametrize("name", SHAPES)
def test_every_noun_changes_the_picture(name: str) -> None:
    empty, full = (
        Order(prompt, 256, 192, quality="low") for prompt in ("on white background", f"a {name} on white background")
    )

    assert ImageChops.difference(paint(empty), paint(full)).getbbox() is not None


@pytest.mark.parametrize("style", [name for name, _ in STYLES])
def test_every_style_paints_in_its_own_way(style: str) -> None:
    words = {"line": "pencil sketch", "flat": "flat poster", "pixel": "pixel art", "oil": "oil painting"}.get(
        style, style
    )
    others = [name for name, _ in STYLES if name != style]
    whole = scene(Order(f"A house by a tree, {words}", 256, 256))

    assert style == whole.style
    assert painted(whole).tobytes() not in {painted(replace(whole, style=name)).tobytes() for name in others[:4]}


def test_noir_has_no_colour() -> None:
    red, _, blue = (
        np.asarray(band, dtype=int) for band in paint(Order("A red car in the city, noir", 256, 256)).split()
    )

    assert int(abs(red - blue).max()) <= 12


def test_a_prompt_colour_is_in_the_picture() -> None:
    picture = np.asarray(paint(Order("a #00c853 cup on white background", 512, 512)), dtype=int)

    near = (abs(picture - (0, 200, 83)).max(axis=2) < 40).mean()

    assert near > 0.04


def test_a_white_background_is_one_colour() -> None:
    picture = paint(Order("a bottle on white background, product photo", 512, 512, quality="high"))

    corners = {picture.getpixel(spot) for spot in ((2, 2), (509, 2), (2, 300), (509, 300))}

    assert {(246, 245, 241)} == corners


def test_a_transparent_picture_is_cut_out_with_soft_edges() -> None:
    alpha = np.asarray(paint(replace(HARBOUR, transparent=True)).getchannel("A"))

    assert 0 == alpha[2, 2]
    assert 255 == alpha.max()
    assert 0.02 < (alpha > 0).mean() < 0.6
    assert ((alpha > 0) & (alpha < 255)).any()


def test_the_edges_of_a_cut_out_have_no_black_fringe() -> None:
    cut = np.asarray(paint(Order("a white cup on a plate", 512, 512, quality="high", transparent=True)), dtype=int)

    edge = cut[(cut[..., 3] > 40) & (cut[..., 3] < 200)]

    assert 0.02 > (edge[:, :3].max(axis=1) < 40).mean()


def test_letters_are_written_where_the_prompt_has_them() -> None:
    bare, lettered = (paint(Order(f"poster {words}", 512, 512, quality="low")) for words in ("", '"JAZZ"'))
    long = paint(Order('poster "JAZZ JAZZ JAZZ JAZZ JAZZ JAZZ"', 512, 512, quality="low"))

    assert bare.tobytes() != lettered.tobytes() != long.tobytes()


@pytest.mark.parametrize("colours", ["", "red and white ", "navy "])
def test_a_poster_of_words_alone_has_no_rays_and_no_disc(colours: str) -> None:
    whole = scene(Order(f'{colours}poster "JAZZ"', 512, 512, quality="max"))
    field = np.asarray(painted(replace(whole, letters=()), transparent=False), dtype=int)[40:340, 40:472]

    assert 6 > np.ptp(field, axis=1).max()  # each row of the field is one colour, but for grain


def test_a_letter_that_no_font_has_is_left_out_and_nothing_is_written_instead() -> None:
    known, unknown = (Image.new("RGB", (256, 64), "white") for _ in range(2))
    for image, more in ((known, ""), (unknown, "\U000f1234")):
        letter(image, Lettering(f"JAZZ{more}", (128, 32), 200, 40, (0, 0, 0)))

    assert (0, 255) == known.convert("L").getextrema()
    assert known.tobytes() == unknown.tobytes()


def test_unfinished_stages_come_closer_to_the_picture() -> None:
    finished = np.asarray(paint(HARBOUR), dtype=int)

    away = [float(abs(np.asarray(stage(HARBOUR, step, 3), dtype=int) - finished).mean()) for step in range(3)]

    assert sorted(away, reverse=True) == away
    assert away[0] > 2 * away[2]
    assert (512, 384) == stage(HARBOUR, 0, 1).size


def test_a_wash_has_no_edges() -> None:
    wash, finished = (p.convert("L").filter(ImageFilter.FIND_EDGES) for p in (stage(HARBOUR, 0, 3), paint(HARBOUR)))

    assert np.asarray(wash)[4:-4, 4:-4].mean() * 4 < np.asarray(finished)[4:-4, 4:-4].mean()


def test_a_drawing_in_svg_has_paths_text_and_no_script() -> None:
    data = vector.drawing(scene(replace(HARBOUR, prompt=HARBOUR.prompt + " <script>")), HARBOUR.prompt + " <script>")

    root = ET.fromstring(data)
    tags = [element.tag.split("}")[1] for element in root.iter()]

    assert tags.count("path") > 20
    assert "text" in tags
    assert not {"script", "foreignObject", "image", "a", "use"} & set(tags)
    assert not re.search(rb"\son\w+=|href|javascript:", data)
