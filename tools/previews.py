"""Draw the small images of the prompt library's styles and templates with the demo engine."""

import argparse
import io
from pathlib import Path

from PIL import Image

from triptych.engine.artist import Order, paint
from triptych.prompts import STYLES, TEMPLATES, fill

FOLDER = Path(__file__).parent.parent / "triptych" / "prompts" / "library" / "previews"
EDGE = 160  # pixels: twice what the page shows
PAINTED = 480  # pixels: strokes and grain are of this size
# What the styles of a medium are shown on: things that the demo knows and that are told apart when they are small.
SUBJECTS = (
    "a fox in a meadow",
    "a lighthouse by the sea",
    "a teapot and a lemon",
    "a red boat at dusk",
    "an owl and a pine",
)


def preview(prompt: str) -> bytes:
    """The image of a prompt as JPEG, which Streamlit gives out as it is."""
    image = paint(Order(prompt, PAINTED, PAINTED, quality="medium")).convert("RGB")
    out = io.BytesIO()
    image.resize((EDGE, EDGE), Image.Resampling.LANCZOS).save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    FOLDER.mkdir(exist_ok=True)
    prompts = {style.id: f"{SUBJECTS[n % len(SUBJECTS)]}, {style.text}" for n, style in enumerate(STYLES)}
    prompts |= {template.id: fill(template, {}) for template in TEMPLATES}
    for path in FOLDER.glob("*.jpg"):
        if path.stem not in prompts:
            path.unlink()
    for name, prompt in prompts.items():
        (FOLDER / f"{name}.jpg").write_bytes(preview(prompt))


if __name__ == "__main__":
    main()
