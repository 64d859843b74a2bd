"""Enlarging on this machine, with the real weights."""

import io
import threading

import numpy as np
import pytest
from PIL import Image

from triptych.errors import InvalidRequest, NeverSent
from triptych.vision import enlarge, upscale
from triptych.vision.enlarge import CORE, Times


def png(picture: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", **options)
    return out.getvalue()


def picture(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as found:
        found.load()
        return found


def nearness(one: Image.Image, other: Image.Image) -> float:
    """Peak signal to noise, in dB: each 6 dB halve the difference."""
    error = np.asarray(one, np.float64) - np.asarray(other, np.float64)
    return float(10 * np.log10(255**2 / np.square(error).mean()))


@pytest.mark.parametrize("times", [2, 4])
def test_an_enlarged_picture_is_the_same_picture_with_more_in_it(lighthouse: Image.Image, times: Times) -> None:
    small = lighthouse.resize((512 // times, 512 // times), Image.Resampling.LANCZOS)

    large = picture(upscale(png(small), times))

    assert ("PNG", "RGB", (512, 512)) == (large.format, large.mode, large.size)
    assert nearness(large.resize(small.size, Image.Resampling.BOX), small) > 40
    assert nearness(large, lighthouse) > nearness(small.resize((512, 512), Image.Resampling.LANCZOS), lighthouse) + 1


def test_tiles_leave_no_seams(lighthouse: Image.Image, monkeypatch: pytest.MonkeyPatch) -> None:
    part = png(lighthouse.crop((60, 60, 60 + 200, 60 + 180)))
    tiled = np.asarray(picture(upscale(part, 2)), np.int16)
    monkeypatch.setattr(enlarge, "CORE", 200)

    whole = np.asarray(picture(upscale(part, 2)), np.int16)

    assert np.abs(tiled - whole).max() <= 1


def test_a_lone_last_row_and_column_are_enlarged_too(lighthouse: Image.Image) -> None:
    strip = lighthouse.crop((0, 0, CORE + 1, 9))

    large = picture(upscale(png(strip), 2))

    assert (2 * CORE + 2, 18) == large.size
    assert nearness(large.resize(strip.size, Image.Resampling.BOX), strip) > 35


def test_transparency_is_enlarged_with_its_picture(apple: Image.Image) -> None:
    small = apple.resize((128, 128), Image.Resampling.LANCZOS)

    large = picture(upscale(png(small), 4))

    assert ("RGBA", (512, 512)) == (large.mode, large.size)
    alpha, truth = np.asarray(large.getchannel("A")) > 127, np.asarray(apple.getchannel("A")) > 127
    assert (alpha & truth).sum() / (alpha | truth).sum() > 0.97
    assert 0 == large.getpixel((2, 2))[3]


def test_no_dark_rim_grows_from_what_cannot_be_seen() -> None:
    disc = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    disc.paste((250, 240, 230, 255), (16, 16, 48, 48))

    large = np.asarray(picture(upscale(png(disc), 2)))

    seen = large[large[:, :, 3] > 40][:, :3]
    assert seen.min() > 215


def test_the_colour_profile_goes_along() -> None:
    data = png(Image.new("RGB", (8, 8), (10, 20, 30)), icc_profile=b"a profile")

    assert b"a profile" == picture(upscale(data, 2)).info["icc_profile"]


def test_progress_is_heard_after_each_tile(lighthouse: Image.Image) -> None:
    heard: list[float] = []

    upscale(png(lighthouse.crop((0, 0, CORE + 20, CORE + 20))), 2, heard.append)

    assert [0.25, 0.5, 0.75, 1.0] == [round(share, 6) for share in heard]


def test_a_stop_ends_it_within_a_tile(lighthouse: Image.Image) -> None:
    stop, heard = threading.Event(), []

    def hear(share: float) -> None:
        heard.append(share)
        stop.set()

    with pytest.raises(NeverSent, match="nothing was kept"):
        upscale(png(lighthouse), 4, hear, stop)
    assert 1 == len(heard)


@pytest.mark.parametrize(("edges", "times"), [((2100, 2100), 4), ((4200, 4200), 2)])
def test_a_result_too_large_to_hold_is_refused_in_words(edges: tuple[int, int], times: Times) -> None:
    with pytest.raises(InvalidRequest, match="8400x8400, more than 67 million pixels"):
        upscale(png(Image.new("L", edges)), times)


def test_another_factor_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="2 or 4 times"):
        upscale(png(Image.new("RGB", (8, 8))), 3)  # type: ignore[arg-type]


def test_two_at_once_do_not_disturb_each_other(lighthouse: Image.Image, apple: Image.Image) -> None:
    jobs = [png(one.convert("RGB").resize((96, 96))) for one in (lighthouse, apple)]
    alone = [upscale(job, 2) for job in jobs]
    together: dict[int, bytes] = {}

    def work(index: int) -> None:
        together[index] = upscale(jobs[index], 2)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert alone == [together[0], together[1]]
