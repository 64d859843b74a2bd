"""What changed outside the mask is told, and can be undone to the bit."""

import io

import numpy as np
import pytest
from PIL import Image

from triptych import masks
from triptych.errors import BadFile

SIZE = (120, 90)


def saved(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def noise(seed: int, size: tuple[int, int] = SIZE, mode: str = "RGB") -> Image.Image:
    chance = np.random.default_rng(seed)
    return Image.fromarray(chance.integers(0, 256, (size[1], size[0], len(mode)), np.uint8))


def painted() -> Image.Image:
    paint = Image.new("L", SIZE)
    paint.paste(255, (30, 20, 90, 70))
    return masks.feather(paint, 1)


def test_an_answer_that_kept_its_hands_off_changed_nothing() -> None:
    before, after = noise(1), noise(1)
    after.paste((0, 0, 0), (30, 20, 90, 70))

    found = masks.truth(saved(before), saved(after), painted())

    assert (0.0, 0.0, 0, False) == (found.share_changed, found.mean, found.worst, found.resampled)
    assert None is opened(found.heat).getchannel("A").getbbox()


def test_what_changed_outside_is_counted_measured_and_shown() -> None:
    before = Image.new("RGB", SIZE, (100, 100, 100))
    after = before.copy()
    after.paste((100, 150, 90), (0, 0, 10, 10))
    after.paste((104, 100, 100), (0, 80, 10, 90))

    found = masks.truth(saved(before), saved(after), painted())

    outside = np.count_nonzero(np.asarray(painted()) == 0)
    heat = opened(found.heat)
    assert (outside, 100 / outside, 50) == (found.pixels, found.share_changed, found.worst)
    assert (100 * 50 + 100 * 4) / outside == pytest.approx(found.mean)
    assert (SIZE, "RGBA", (0, 0, 10, 10)) == (heat.size, heat.mode, heat.getchannel("A").getbbox())


def test_the_colour_of_clear_pixels_does_not_count_but_their_alpha_does() -> None:
    before, after = Image.new("RGBA", SIZE, (255, 0, 0, 0)), Image.new("RGBA", SIZE, (0, 0, 255, 0))
    half = after.copy()
    half.putalpha(128)

    found = [masks.truth(saved(before), saved(each), painted()).worst for each in (after, half)]

    assert [0, 128] == found


def test_an_answer_of_another_size_is_brought_to_the_originals_and_said_so() -> None:
    before = Image.linear_gradient("L").resize(SIZE).convert("RGB")

    found = masks.truth(saved(before), saved(before.resize((240, 180))), painted())

    assert (True, True, SIZE) == (found.resampled, found.share_changed < 0.01, opened(found.heat).size)


def test_everything_painted_leaves_nothing_outside() -> None:
    found = masks.truth(saved(noise(1)), saved(noise(2)), Image.new("L", SIZE, 255))

    assert (0, 0.0, 0.0, 0) == (found.pixels, found.share_changed, found.mean, found.worst)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("seam", [0, 1, 8])
def test_outside_the_mask_every_pixel_is_the_originals_to_the_bit(mode: str, seam: int) -> None:
    before, after = noise(1, mode=mode), noise(2, mode=mode)

    kept = opened(masks.keep_outside(saved(before), saved(after), painted(), seam))

    outside = np.asarray(painted()) == 0
    deep = np.asarray(masks.shrink(painted(), seam + 2)) == 255
    assert (mode, SIZE) == (kept.mode, kept.size)
    assert np.array_equal(np.asarray(before)[outside], np.asarray(kept)[outside])
    assert np.array_equal(np.asarray(after)[deep], np.asarray(kept)[deep])


def test_the_seam_passes_evenly_from_one_to_the_other_inside_the_painted_side() -> None:
    paint = Image.new("L", SIZE)
    paint.paste(255, (40, 0, 120, 90))
    before, after = Image.new("RGB", SIZE, "black"), Image.new("RGB", SIZE, "white")

    kept = opened(masks.keep_outside(saved(before), saved(after), paint, 20)).convert("L")

    row = np.asarray(kept)[45].astype(int)
    steps = np.diff(row)
    assert ([0, 255], True, True) == (row[[39, 62]].tolist(), bool((steps >= 0).all()), bool(steps.max() < 26))


def test_a_clear_pixels_colour_does_not_bleed_into_the_seam() -> None:
    before, after = Image.new("RGBA", SIZE, (255, 0, 0, 0)), Image.new("RGBA", SIZE, (0, 0, 255, 255))

    kept = np.asarray(opened(masks.keep_outside(saved(before), saved(after), painted(), 12)))

    visible = kept[..., 3] > 0
    assert (0, 255) == (kept[visible][:, 0].max(), kept[visible][:, 2].min())


def test_photos_of_every_format_are_put_together_and_keep_their_profile() -> None:
    before = saved(noise(1), "JPEG", icc_profile=b"profile" * 100)

    kept = opened(masks.keep_outside(before, saved(noise(2, (60, 45)), "WEBP"), painted(), 4))

    assert ("PNG", SIZE, b"profile" * 100) == (kept.format, kept.size, kept.info["icc_profile"])


@pytest.mark.parametrize("original", [b"", b"words", saved(noise(1))[:500]])
def test_what_is_no_picture_is_refused(original: bytes) -> None:
    with pytest.raises(BadFile):
        masks.truth(original, saved(noise(1)), painted())


def test_a_mask_of_another_size_is_refused() -> None:
    with pytest.raises(BadFile):
        masks.keep_outside(saved(noise(1, (60, 60))), saved(noise(2)), painted())
