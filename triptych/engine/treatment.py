"""What a style does to a painted picture: paper, brush, grain, glow, pixels."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageEnhance, ImageFilter

Field = NDArray[np.float32]


def noise(width: int, height: int, cells: int, seed: int) -> Image.Image:
    """A smooth random field in mode L, with about `cells` hills along the shorter edge."""
    per = max(min(width, height) / cells, 1)
    chance = np.random.default_rng(seed)
    small = chance.integers(0, 256, (max(int(height / per), 2) + 1, max(int(width / per), 2) + 1), dtype=np.uint8)
    return Image.fromarray(small, "L").resize((width, height), Image.Resampling.BICUBIC)


def treat(picture: Image.Image, style: str, seed: int, detail: int) -> Image.Image:
    """The picture in its style's materials; RGB in and out, more texture with more detail (1 to 5)."""
    if style == "pixel":
        return _pixels(picture, detail)
    if style == "photo":
        picture = _lens(picture)
    if style == "neon":
        picture = _bloom(picture)
    if style in {"oil", "gouache", "watercolour", "woodcut"} and detail > 1:
        picture = _brushed(picture, seed, {"oil": 0.003, "watercolour": 0.0012}.get(style, 0.0006))
    if style == "watercolour":
        picture = _washed(picture, seed)
    return _grained(picture, style, seed, detail)


def _pixels(picture: Image.Image, detail: int) -> Image.Image:
    width, height = picture.size
    grid = 72 + 18 * detail
    step = min(width, height) / grid
    small = picture.resize((round(width / step), round(height / step)), Image.Resampling.BOX)
    flat = small.quantize(16 + 8 * detail, dither=Image.Dither.NONE).convert("RGB")
    return flat.resize((width, height), Image.Resampling.NEAREST)


def _lens(picture: Image.Image) -> Image.Image:
    """Bloom of the lights and a darker rim."""
    bright = picture.reduce(4).point(lambda v: max(v - 150, 0) * 2)
    bloom = bright.filter(ImageFilter.GaussianBlur(min(picture.size) / 90)).resize(
        picture.size, Image.Resampling.BILINEAR
    )
    lit = ImageChops.screen(picture, bloom.point(lambda v: v // 3))
    rim = (
        Image.radial_gradient("L")
        .point(lambda v: max(255 - max(v - 110, 0), 120))
        .resize(picture.size, Image.Resampling.BILINEAR)
    )
    return ImageEnhance.Contrast(ImageChops.multiply(lit, Image.merge("RGB", (rim, rim, rim)))).enhance(1.12)


def _bloom(picture: Image.Image) -> Image.Image:
    small = ImageEnhance.Color(picture.reduce(4)).enhance(1.8)
    glow = small.point(lambda v: max(v - 70, 0)).filter(ImageFilter.GaussianBlur(min(picture.size) / 130))
    return ImageChops.screen(picture, glow.resize(picture.size, Image.Resampling.BILINEAR))


def _brushed(picture: Image.Image, seed: int, reach: float) -> Image.Image:
    """Edges wander as a brush's do: every pixel is fetched from a little beside itself."""
    width, height = picture.size
    by = reach * min(width, height) / 64
    across, down = (np.asarray(noise(width, height, 70, seed + k), dtype=np.float32) for k in (1, 2))
    x = np.arange(width, dtype=np.float32)[None, :] + (across - 128) * by
    y = np.arange(height, dtype=np.float32)[:, None] + (down - 128) * by
    rows = np.clip(y, 0, height - 1).astype(np.intp)
    columns = np.clip(x, 0, width - 1).astype(np.intp)
    pixels = np.asarray(picture)
    return Image.fromarray(pixels[rows, columns])


def _washed(picture: Image.Image, seed: int) -> Image.Image:
    """Watercolour: pigment pools at edges, the wash varies, the paper shows."""
    width, height = picture.size
    soft = picture.filter(ImageFilter.GaussianBlur(min(width, height) / 300))
    rim = ImageChops.difference(soft, soft.filter(ImageFilter.GaussianBlur(min(width, height) / 160))).convert("L")
    pooled = ImageChops.subtract(soft, Image.merge("RGB", (rim,) * 3).point(lambda v: v * 3 // 4))
    pools = noise(width, height, 7, seed + 3).point(lambda v: 196 + v * 59 // 255)
    blooms = noise(width, height, 40, seed + 4).point(lambda v: 226 + v * 29 // 255)
    wash = ImageChops.multiply(pools, blooms)
    paper = Image.new("RGB", picture.size, (252, 249, 242))
    return Image.composite(pooled, paper, wash)


def _grained(picture: Image.Image, style: str, seed: int, detail: int) -> Image.Image:
    """Fine grain: it hides the steps of gradients, and it is what paper and film have."""
    strength = {
        "photo": 5.0,
        "noir": 8.0,
        "vintage": 8.0,
        "watercolour": 7.0,
        "oil": 7.0,
        "woodcut": 6.0,
        "gouache": 3.4,
    }.get(style, 1.2)
    if detail == 1 or style in {"flat", "blueprint"}:
        return picture
    width, height = picture.size
    chance = np.random.default_rng(seed + 5)
    tile = chance.normal(0, strength * (0.75 + 0.08 * detail), (256, 256, 1)).astype(np.int16)
    grain = np.tile(tile, (height // 256 + 1, width // 256 + 1, 1))[:height, :width]
    return Image.fromarray(np.clip(np.asarray(picture).astype(np.int16) + grain, 0, 255).astype(np.uint8))
