"""What a visitor does on the Edit page, and what can be read of it."""

import io
import struct
import zlib

from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from components.inputs.inputs import Inputs
from components.mask.easels import Easels
from components.state.services import services
from tests.pages.kept import kept
from triptych.inputs import Attachment
from triptych.masks.painting import Easel, Painting
from triptych.request import ImageRequest
from triptych.store import Query, Record

PATIENCE = 60.0
LARGE = (1024, 1024)  # pixels, where the size says something


def png(size: tuple[int, int] = (512, 512), colour: str = "teal", form: str = "PNG") -> bytes:
    """A picture with something in it."""
    image = Image.new("RGB", size, colour)
    ImageDraw.Draw(image).ellipse((size[0] // 4, size[1] // 4, size[0] // 2, size[1] // 2), "white")
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of a few bytes that claims to have 3,600 megapixels."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return png()[:8] + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head)) + png()[33:]


def look(app: AppTest) -> AppTest:
    """Open the page."""
    page = app.switch_page("pages/edit.py").run()
    assert not page.exception
    return page


def upload(page: AppTest, *files: bytes | tuple[str, bytes], key: str = "images") -> AppTest:
    named = [file if isinstance(file, tuple) else (f"{number}.png", file) for number, file in enumerate(files, 1)]
    page.file_uploader(key=key).set_value([(name, data, "image/png") for name, data in named]).run()
    assert not page.exception
    return page


def inputs(page: AppTest) -> tuple[Attachment, ...]:
    return kept(page, Inputs).held or ()


def paint(page: AppTest, box: tuple[int, int, int, int], level: int = 255) -> Image.Image:
    """Paint a rectangle on the first picture as the canvas would; right and lower edges are painted too."""
    first = inputs(page)[0]
    layer = Image.new("L", (first.width, first.height), 0)
    ImageDraw.Draw(layer).rectangle(box, level)
    kept(page, Easels).held = {first.sha256: Easel.of(layer.size).put(Painting.of(layer))}
    page.run()
    assert not page.exception
    return layer


def painted(page: AppTest) -> Image.Image:
    """What is painted on the first picture."""
    return kept(page, Easels).held[inputs(page)[0].sha256].now.paint()


def edit(page: AppTest, prompt: str = "a red boat", key: str = "run") -> AppTest:
    """Fill in the prompt, click, and wait for the picture."""
    page.text_area(key="prompt").set_value(prompt)
    page.button(key=key).click().run()
    assert not page.exception
    services().jobs.drain(PATIENCE)
    page.run()
    assert not page.exception
    return page


def newest() -> Record:
    found = services().store.history.search("local", Query()).records
    return next(record for record in found if record.engine != "local")


def derived() -> Record:
    """The newest picture that was made on this machine."""
    return services().store.history.search("local", Query(engines=("local",))).records[0]


def sent() -> ImageRequest:
    """The newest request that was sent."""
    return newest().request


def errors(page: AppTest) -> str:
    return " ".join(f"{error.proto.title} {error.value}" for error in page.error).replace("\\", "")
