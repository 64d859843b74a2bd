"""What the canvas's tests share: a server with nothing but the canvas, a hand that paints, and what it should give."""

import io
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page, WebSocket, expect

from tests.serving import PATIENCE, ROOT, free_port

Spot = tuple[float, float]  # pixels from the canvas's upper left corner, on the page
Truth = NDArray[np.bool_]
HINTS = {
    "Brush": "Paint over",
    "Eraser": "Take paint away",
    "Rectangle": "from corner to corner",
    "Ellipse": "box around the ellipse",
    "Polygon": "point by point",
    "Line": "from end to end",
}
CANVAS = ".st-key-mask_box .upper-canvas"
SETTLES = 300  # milliseconds in which a stroke has come to the server and its answer is drawn


@contextmanager
def easel(folder: Path) -> Iterator[str]:
    """Serves easel.py, which writes masks into ``folder``; gives its address."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(Path(__file__).with_name("easel.py"))]
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), "TRIPTYCH_HOME": str(folder), "EASEL": str(folder)}
    with (folder / "easel.log").open("wb") as log:
        options = [f"--server.port={port}", "--server.headless=true"]
        process = subprocess.Popen([*command, *options], cwd=ROOT, env=surroundings, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        waiting = 0.0
        while not _answers(address):
            assert process.poll() is None, (folder / "easel.log").read_text()
            assert waiting < PATIENCE
            process_wait(process, 0.1)
            waiting += 0.1
        yield address
    finally:
        process.terminate()
        process.wait(PATIENCE)


def process_wait(process: "subprocess.Popen[bytes]", seconds: float) -> None:
    """Wait ``seconds``, less if the process ends before."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


@dataclass
class Painter:
    """A hand on the canvas of the picture of ``size`` pixels; ``moved`` counts bytes over the WebSocket, both ways."""

    page: Page
    size: tuple[int, int]
    folder: Path
    moved: list[int] = field(default_factory=list)

    def open(self, address: str) -> "Painter":
        self.page.on("websocket", self._listen)
        self.page.goto(f"{address}/?size={self.size[0]}x{self.size[1]}")
        expect(self.page.locator(CANVAS)).to_be_visible(timeout=30_000)
        self.says("shown at")
        self.settle()
        return self

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda data: self.moved.append(len(data)))
        socket.on("framereceived", lambda data: self.moved.append(len(data)))

    def settle(self) -> None:
        self.page.wait_for_timeout(SETTLES)
        expect(self.page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=30_000)

    def says(self, words: str) -> None:
        expect(self.page.get_by_text(words)).to_be_visible(timeout=30_000)

    def takes(self, tool: str) -> None:
        self.page.get_by_role("radio", name=tool, exact=True).click()
        self.says(HINTS[tool])
        self.settle()

    def presses(self, key: str) -> None:
        self.page.locator(f".st-key-mask_{key} button").click()
        self.settle()

    def strokes(self, *spots: Spot, steps: int = 12) -> None:
        """Press at the first spot, go by way of the others, and let go."""
        left, top = self._corner()
        mouse = self.page.mouse
        mouse.move(left + spots[0][0], top + spots[0][1])
        mouse.down()
        for x, y in spots[1:]:
            mouse.move(left + x, top + y, steps=steps)
        mouse.up()

    def clicks(self, *spots: Spot) -> None:
        left, top = self._corner()
        for x, y in spots:
            self.page.mouse.click(left + x, top + y)

    def _corner(self) -> Spot:
        box = self.page.locator(CANVAS).bounding_box()
        assert box
        assert (box["x"], box["y"]) == (int(box["x"]), int(box["y"]))  # mice go by whole pixels
        return box["x"], box["y"]

    def scale(self) -> float:
        """Pixels of the picture to one of the page."""
        box = self.page.locator(CANVAS).bounding_box()
        assert box
        return self.size[0] / box["width"]

    def sent(self) -> Truth:
        """Which pixels the mask asks to change that goes out with a click now."""
        target = self.folder / f"{self.size[0]}x{self.size[1]}.png"
        target.unlink(missing_ok=True)
        self.page.get_by_role("button", name="Send").click()
        for _ in range(300):
            if target.exists():
                break
            self.page.wait_for_timeout(100)
        with Image.open(io.BytesIO(target.read_bytes())) as mask:
            assert (self.size, "PNG", "RGBA") == (mask.size, mask.format, mask.mode)
            alpha = np.asarray(mask)[..., 3]
        assert 0.98 < np.isin(alpha, (0, 255)).mean()  # only the edges are soft
        return np.asarray(alpha < 127)  # more than half painted


class Sheet:
    """What should be painted on a picture of ``size`` pixels, by geometry alone; ``scale`` as the painter's."""

    def __init__(self, size: tuple[int, int], scale: float) -> None:
        self.scale = scale
        self.painted: Truth = np.zeros((size[1], size[0]), dtype=bool)
        self.x, self.y = np.meshgrid(np.arange(size[0]) + 0.5, np.arange(size[1]) + 0.5, sparse=True)

    def line(self, start: Spot, end: Spot, width: float, *, round_ends: bool = True) -> Truth:
        """The pixels within half of ``width`` pixels of the picture of a line."""
        (ax, ay), (bx, by) = ((x * self.scale, y * self.scale) for x, y in (start, end))
        dx, dy = bx - ax, by - ay
        along = ((self.x - ax) * dx + (self.y - ay) * dy) / (dx * dx + dy * dy)
        inside = (along >= 0) & (along <= 1)
        along = np.clip(along, 0, 1)
        near = (self.x - ax - along * dx) ** 2 + (self.y - ay - along * dy) ** 2 <= width * width / 4
        return np.asarray(near if round_ends else near & inside)

    def box(self, corner: Spot, other: Spot) -> Truth:
        (ax, ay), (bx, by) = ((x * self.scale, y * self.scale) for x, y in (corner, other))
        return np.asarray((self.x >= ax) & (self.x < bx) & (self.y >= ay) & (self.y < by))

    def ellipse(self, corner: Spot, other: Spot) -> Truth:
        (ax, ay), (bx, by) = ((x * self.scale, y * self.scale) for x, y in (corner, other))
        across, down = (self.x - (ax + bx) / 2) / (bx - ax), (self.y - (ay + by) / 2) / (by - ay)
        return np.asarray(across**2 + down**2 <= 1 / 4)

    def triangle(self, *corners: Spot) -> Truth:
        """The pixels inside three corners that go clockwise."""
        inside = np.ones_like(self.painted)
        spots = [(x * self.scale, y * self.scale) for x, y in corners]
        for (ax, ay), (bx, by) in zip(spots, spots[1:] + spots[:1], strict=True):
            inside &= (bx - ax) * (self.y - ay) - (by - ay) * (self.x - ax) >= 0
        return inside


def overlap(one: Truth, other: Truth) -> float:
    """Intersection over union."""
    return float((one & other).sum() / (one | other).sum())
