"""A history of thousands of pictures, made quickly."""

import io
import os
import uuid
from pathlib import Path

from PIL import Image

from triptych.request import ImageRequest
from triptych.store import Caps, Entry, Store
from triptych.store.db.rows import COPIED, drawing_row
from triptych.store.db.tables import drawings, parts, records, tags
from triptych.store.db.units import now, stamp
from triptych.store.files.names import original_place

WORDS = ("fox", "snow", "harbour", "lantern", "gouache", "mountain", "teapot", "forest", "neon", "portrait")
MODELS = ("gpt-image-2", "gpt-image-2.5-flare", "gpt-image-2.6-flare", "gpt-image-2.6-sunburst")


def many(root: Path, pictures: int) -> Store:
    """A store of so many pictures, which have each a file of its own name, but all the same bytes."""
    store = rows_of(root, pictures)
    _link(store.root, pictures)
    return store


def rows_of(root: Path, runs: int) -> Store:
    """A store of so many runs of one image each, without the files."""
    store, at, caps = Store(root / "images", caps=Caps()), now(), Caps()
    made = [_rows(number, stamp(at) - number * 60_000_000, caps) for number in range(runs)]
    with store.database.write() as connection:
        for table, rows in zip((drawings, parts, records, tags), zip(*made, strict=True), strict=True):
            connection.execute(table.insert(), list(rows))
    return store


def _link(root: Path, pictures: int) -> None:
    out = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((512, 512)).save(out, "PNG")
    first = root / original_place(f"{0:064x}", "png")
    first.parent.mkdir(parents=True)
    first.write_bytes(out.getvalue())
    for number in range(1, pictures):
        os.link(first, root / original_place(f"{number:064x}", "png"))


def _rows(number: int, created: int, caps: Caps) -> tuple[dict[str, object], ...]:
    ticket = f"{number}"
    style = " ".join(WORDS[(number * step) % len(WORDS)] for step in range(1, 30))
    request = ImageRequest(model=MODELS[number % 4], prompt=f"picture {number} of a {style}", quality="low")
    entry = Entry(ticket=ticket, request=request, engine="openai")
    drawing = {**drawing_row(entry, now(), caps.keys(now(), ticket), 0, process=""), "created": created}
    drawing |= {"status": "done", "dollars": 15_000, "low": 10_000, "high": 20_000, "closed": created, "seconds": 9.5}
    record = {
        **{name: drawing[name] for name in COPIED},
        "id": uuid.uuid4().hex,
        "status": "done",
        "part": 0,
        "position": 0,
        "sha256": f"{number:064x}",
        "format": "png",
        "width": 1024,
        "height": 1024,
        "bytes": 1,
        "dollars": 15_000,
        "seconds": 9.5,
        "rating": number % 6,
        "favourite": number % 7 == 0,
    }
    part = {"ticket": ticket, "part": 0, "pictures": 1, "got": "{}", "usage": '{"output_tokens": 9}', "seconds": 9.5}
    return drawing, part, record, {"record": record["id"], "tag": WORDS[number % 10], "owner": "local"}
