"""Makes the images of the empty pages Generate, Edit, Compare and Batch anew, with the demo engine."""

import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

sys.path.insert(0, str(Path(__file__).parents[1]))

from components.batch import empty_page as batch_page
from components.compare import empty_page as compare_page
from components.edit import empty_page as edit_page
from components.image.samples import EDGE
from components.mask.tool_bar import COLOR, OPACITY
from components.run.empty_page import FOLDER, SAMPLES
from components.state.widgets import MODEL
from triptych.engine.artist import Order, paint
from triptych.engine.encode import encode
from triptych.engine.retouch import edited
from triptych.request import ImageRequest
from triptych.servers import DEMO

QUALITY = 88  # of JPEG, which Streamlit gives out as it is: sharp at this size
DRAWN = 1024  # pixels, from which it is scaled down
WATER = (580, 640, 900, 930)  # pixels of the picture of Edit, where the boat is added: left, top, right, bottom
SOFT, ROUND = 3, 90  # pixels, of its edge and its corners


def edits() -> tuple[Image.Image, Image.Image, Image.Image]:
    """A picture, the same with a place on the water painted, and what came of it."""
    before = paint(Order(edit_page.PICTURE, DRAWN, DRAWN))
    mask = Image.new("L", before.size)
    ImageDraw.Draw(mask).rounded_rectangle(WATER, ROUND, 255)
    mask = mask.filter(ImageFilter.GaussianBlur(SOFT))
    color = Image.new("RGB", before.size, COLOR.first)
    painted = Image.composite(color, before, mask.point(lambda level: level * OPACITY.first // 100))
    after = edited(Order(edit_page.EXAMPLE, DRAWN, DRAWN), [before], mask, faithful=False)
    return before, painted, after


def compared() -> Iterator[tuple[str, Image.Image]]:
    """One prompt by each model at each quality."""
    for model, quality in product(compare_page.MODELS, compare_page.QUALITIES):
        yield f"{model}-{quality}", paint(Order(compare_page.EXAMPLE, DRAWN, DRAWN, model, quality=quality))


def batched() -> Iterator[tuple[str, Image.Image]]:
    """An image of each row, as the form of a new tab has it made."""
    for row, request in zip(
        batch_page.ROWS,
        batch_page.example(ImageRequest(model=MODEL.first, prompt="")).plan(DEMO).requests.values(),
        strict=True,
    ):
        yield row.split()[-1], paint(Order(request.prompt, DRAWN, DRAWN, request.model))


def write(folder: Path, name: str, image: Image.Image) -> None:
    folder.mkdir(exist_ok=True)
    folder.joinpath(f"{name}.jpg").write_bytes(encode(image.resize((EDGE, EDGE)), "jpeg", QUALITY))


if __name__ == "__main__":
    for name, prompt in SAMPLES.items():
        write(FOLDER, name, paint(Order(prompt, DRAWN, DRAWN)))
    for name, image in zip(edit_page.STEPS, edits(), strict=True):
        write(edit_page.FOLDER, name, image)
    for folder, images in ((compare_page.FOLDER, compared()), (batch_page.FOLDER, batched())):
        for name, image in images:
            write(folder, name, image)
