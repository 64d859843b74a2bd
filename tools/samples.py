"""Makes the images of the empty Generate page anew, with the demo engine."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from components.run.empty_page import EDGE, FOLDER, SAMPLES
from triptych.engine.artist import Order, paint
from triptych.engine.encode import encode

COMPRESSION = 80  # of webp: sharp at this size, and every file below 20 kB
DRAWN = 1024  # pixels, from which it is scaled down

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, prompt in SAMPLES.items():
        image = paint(Order(prompt, DRAWN, DRAWN)).resize((EDGE, EDGE))
        FOLDER.joinpath(f"{name}.webp").write_bytes(encode(image, "webp", COMPRESSION))
