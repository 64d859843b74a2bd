"""How pictures were made that no server drew: what was done on this machine, in words."""

from triptych.store import Record
from triptych.store.values import LOCAL

MASK = "mask"
MOST = 60  # characters of words that are not ours
KNOWN = {
    MASK: "Mask",
    "upscaled 2x": "Upscaled 2×",
    "upscaled 4x": "Upscaled 4×",
    "kept outside the mask": "Pixels outside the mask kept",
}
ENGINES = {LOCAL: "This machine", "demo": "Demo", "openai": "OpenAI", "import": "Imported"}


def made_here(record: Record) -> str | None:
    """What was done on this machine to make it; None for what a server drew."""
    if record.engine != LOCAL:
        return None
    how = str(record.got.get("derived", "made here"))[:MOST]
    return KNOWN.get(how, how.capitalize())


def is_mask(record: Record) -> bool:
    """Whether it is a mask that was kept: nothing to edit or draw again."""
    return record.engine == LOCAL and record.got.get("derived") == MASK


def engine_name(engine: str) -> str:
    """What an engine is called on the page."""
    return ENGINES.get(engine, engine)
