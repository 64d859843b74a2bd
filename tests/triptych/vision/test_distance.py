"""How far two pictures are apart, beside published implementations of the same measure."""

import io
import sys

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter

from triptych.vision import Distance, distance
from triptych.vision.distance import similarity, structure


def png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def waves(height: int, width: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Two planes that anyone can make again."""
    y, x = np.mgrid[:height, :width].astype(np.float64)
    one = 127.5 + 90 * np.sin(x / 7) * np.cos(y / 11) + 30 * ((x // 16 + y // 16) % 2)
    other = one * 0.8 + 20 * np.sin((x + y) / 3) + 15
    return one.clip(0, 255).astype(np.float32), other.clip(0, 255).astype(np.float32)


@pytest.mark.parametrize(("edges", "ssim"), [((256, 256), 0.7516582368), ((192, 320), 0.7508227127)])
def test_one_scale_is_what_scikit_image_says(edges: tuple[int, int], ssim: float) -> None:
    # scikit-image 0.26: gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255
    assert pytest.approx(ssim, abs=1e-6) == structure(*waves(*edges))[0]


@pytest.mark.parametrize(("edges", "msssim"), [((256, 256), 0.8841705173), ((192, 320), 0.8843342767)])
def test_all_scales_are_what_sewar_says(edges: tuple[int, int], msssim: float, monkeypatch: pytest.MonkeyPatch) -> None:
    # sewar 0.4 (Wang's weights) halves from a pixel earlier: the mean of each pixel with those before it.
    def halved(plane: NDArray[np.float32]) -> NDArray[np.float32]:
        wide = np.pad(plane, ((1, 0), (1, 0)), mode="symmetric")
        return (wide[:-1:2, :-1:2] + wide[1::2, :-1:2] + wide[:-1:2, 1::2] + wide[1::2, 1::2]) / np.float32(4)

    monkeypatch.setattr(sys.modules["triptych.vision.distance"], "_halved", halved)

    assert pytest.approx(msssim, abs=2e-5) == similarity(*waves(*edges))


def test_equal_pictures_are_no_way_apart_whatever_their_files(lighthouse: Image.Image) -> None:
    assert Distance(0.0, 0.0) == distance(png(lighthouse), png(lighthouse.convert("RGBA")))


def test_black_and_white_are_as_far_apart_as_can_be() -> None:
    apart = distance(png(Image.new("RGB", (64, 64), "black")), png(Image.new("RGB", (64, 64), "white")))

    assert 1.0 == apart.pixels
    assert apart.perceptual > 0.7


def test_a_blur_is_seen_more_than_a_slight_change_of_light(lighthouse: Image.Image) -> None:
    brighter, blurred = (
        ImageEnhance.Brightness(lighthouse).enhance(1.05),
        lighthouse.filter(ImageFilter.GaussianBlur(4)),
    )

    light, blur = distance(png(lighthouse), png(brighter)), distance(png(lighthouse), png(blurred))

    assert light.pixels > blur.pixels
    assert light.perceptual < blur.perceptual


def test_other_colours_of_the_same_brightness_are_seen(lighthouse: Image.Image) -> None:
    light, blue, red = lighthouse.convert("YCbCr").split()
    swapped = Image.merge("YCbCr", (light, red, blue)).convert("RGB")

    assert distance(png(lighthouse), png(swapped)).perceptual > 0.01


def test_it_is_the_same_both_ways_and_between_sizes(lighthouse: Image.Image) -> None:
    large, small = png(lighthouse.resize((1536, 1536))), png(lighthouse)

    assert distance(large, small) == distance(small, large)
    assert distance(large, small).perceptual < 0.01


def test_another_shape_is_compared_but_said_to_be_stretched(lighthouse: Image.Image) -> None:
    assert distance(png(lighthouse), png(lighthouse.crop((0, 0, 512, 300)))).stretched


def test_what_cannot_be_seen_makes_no_difference_but_where_it_can(apple: Image.Image) -> None:
    hidden = Image.composite(
        apple,
        Image.new("RGBA", apple.size, (255, 0, 0, 0)),
        apple.getchannel("A").point(lambda alpha: 255 if alpha else 0),
    )

    assert Distance(0.0, 0.0) == distance(png(apple), png(hidden))
    assert distance(png(apple), png(Image.alpha_composite(Image.new("RGBA", apple.size, "white"), apple))).pixels > 0.3


@pytest.mark.parametrize("edge", [1, 3, 11, 30])
def test_the_smallest_pictures_have_a_distance_too(edge: int) -> None:
    apart = distance(png(Image.new("RGB", (edge, 40), "red")), png(Image.new("RGB", (edge, 40), "teal")))

    assert 0 < apart.perceptual <= 1
