"""What the tests that paint share: a hand on the canvas, what it should give by geometry, and an easel to try it on."""

import math
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import FloatRect, Page, WebSocket, expect

from tests.browser import drawing
from tests.browser.truth import Alpha, Sheet, Spot, alpha_of
from tests.serving import page_script

HINTS = {
    "Brush": "Paint over",
    "Eraser": "Erase paint",
    "Rectangle": "from corner to corner",
    "Ellipse": "from corner to corner",
    "Polygon": "point by point",
    "Line": "from end to end",
}
CANVAS = ".st-key-mask_box .upper-canvas"
MOST_MOVES = 8  # of the mouse from one spot to the next
DRAG = """(spots) => {
    const roots = [...document.querySelectorAll(".st-key-mask_box *")].map((host) => host.shadowRoot)
    const canvas = roots.map((root) => root?.querySelector(".upper-canvas")).find(Boolean)
    const does = (kind, made, [x, y], buttons) => canvas.dispatchEvent(new made(kind, {
        bubbles: true, composed: true, cancelable: true, clientX: x, clientY: y, button: 0, buttons, view: window,
        isPrimary: true,
    }))
    does("pointerdown", PointerEvent, spots[0], 1)
    does("mousedown", MouseEvent, spots[0], 1)
    for (const spot of spots.slice(1)) does("mousemove", MouseEvent, spot, 1)
    does("pointerup", PointerEvent, spots[0], 0)
    does("mouseup", MouseEvent, spots[0], 0)
}"""
BOX = ".st-key-mask_box"
VIEW = f"{BOX} .dc-scroll"
AT_REST = f'{BOX}[data-canvas="ready"][data-heavy="false"]'  # nothing is held or about to be baked
TOLD = """(box) => {
    const roots = [...box.querySelectorAll("*")].map((host) => host.shadowRoot)
    const bar = roots.map((root) => root?.querySelector(".dc-toolbar")).find(Boolean)
    window.told = false
    new MutationObserver(() => (window.told = true)).observe(bar, { subtree: true, attributes: true })
}"""


def easel(folder: Path, *more: str, port: int = 0) -> AbstractContextManager[str]:
    """Serves easel.py, which writes masks into ``folder``, with ``more`` options of Streamlit; gives its address."""
    return page_script(Path(__file__).with_name("easel.py"), folder, *more, port=port, EASEL=str(folder))


@pytest.fixture(scope="module")
def easel_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a module's easel writes masks; the module has it under the name `folder`."""
    return tmp_path_factory.mktemp("easel")


@pytest.fixture(scope="module")
def easel_address(folder: Path, port: int) -> Iterator[str]:
    """The address of a module's easel, which has the place of the playground: under the name `address`."""
    with easel(folder, port=port) as served:
        yield served


@dataclass
class Painter:
    """A hand on the canvas of the picture of ``size`` pixels."""

    page: Page
    size: tuple[int, int]

    def ready(self) -> "Painter":
        """Wait until the canvas is laid out, all of it in view: a mouse reaches nothing that is not."""
        expect(self.page.locator(CANVAS)).to_be_visible(timeout=drawing.PATIENCE)
        expect(self.page.locator(f"{BOX}[data-zoom]")).to_be_attached(timeout=drawing.PATIENCE)
        self.rests()
        self.page.locator(CANVAS).scroll_into_view_if_needed()
        return self

    def rests(self) -> None:
        """Wait until the canvas shows what it was given, and nothing of what it has sent waits to be baked."""
        expect(self.page.locator(AT_REST)).to_be_attached(timeout=drawing.PATIENCE)

    def steps(self) -> int:
        """How many steps undo can take back, as the server has said last."""
        return int(self.page.locator(BOX).get_attribute("data-steps") or 0)

    @contextmanager
    def taken(self, steps: int = 1) -> Iterator[None]:
        """Wait until the server has taken what is done here, which is so many ``steps``, and the canvas is at rest."""
        self.rests()
        wanted = self.steps() + steps
        yield
        expect(self.page.locator(BOX)).to_have_attribute("data-steps", str(wanted), timeout=drawing.PATIENCE)
        self.rests()
        assert self.steps() == wanted

    def says(self, words: str) -> None:
        expect(self.page.get_by_text(words)).to_be_visible(timeout=drawing.PATIENCE)

    def takes(self, tool: str) -> None:
        """Take a tool in hand, and wait until the canvas, which is told after the page, has it too."""
        self.rests()
        self.page.locator(BOX).evaluate(TOLD)
        self.page.get_by_role("radio", name=tool, exact=True).click()
        self.says(HINTS[tool])
        self.page.wait_for_function("() => window.told", timeout=drawing.PATIENCE)

    def zooms(self, name: str) -> None:
        """Look at the picture as ``name`` says, "Fit" or "200 %", which the canvas says in its own words."""
        self.page.get_by_label("Zoom", exact=True).and_(self.page.locator("select")).select_option(label=name)
        zoom = "fit" if name == "Fit" else str(int(name.split(maxsplit=1)[0]) // 100)
        expect(self.page.locator(BOX)).to_have_attribute("data-zoom", zoom, timeout=drawing.PATIENCE)
        self.rests()

    def wide(self) -> int:
        """How many pixels of the picture the brush is wide, by its label."""
        found = re.search(r"(\d+) px", self.page.locator(".st-key-brush_size").inner_text())
        assert found
        return int(found[1])

    def presses(self, key: str) -> None:
        """Click undo, redo or clear, and wait for what it does."""
        with self.taken(-1 if key == "undo" else 1):
            self.page.locator(f".st-key-mask_{key} button:visible").click()

    def strokes(self, *spots: Spot, steps: int | None = None) -> None:
        """Paint a stroke and wait until the server has taken it."""
        with self.taken():
            self.paints(*spots, steps=steps)

    def paints(self, *spots: Spot, steps: int | None = None) -> None:
        """Press at the first spot, go by way of the others over whole pixels of the page, and let go; wait for none."""
        left, top = self._corner()
        mouse = self.page.mouse
        mouse.move(left + spots[0][0], top + spots[0][1])
        mouse.down()
        for (ax, ay), (x, y) in pairwise(spots):
            mouse.move(left + x, top + y, steps=steps or _whole_steps(x - ax, y - ay))
        mouse.up()

    @contextmanager
    def pressed(self, *spots: Spot) -> Iterator[Callable[[Spot], None]]:
        """Press at the first spot and go by way of the others; what it gives goes on to a spot; let go at the end."""
        left, top = self._corner()
        mouse = self.page.mouse

        def goes(spot: Spot) -> None:
            mouse.move(left + spot[0], top + spot[1], steps=20)

        mouse.move(left + spots[0][0], top + spots[0][1])
        mouse.down()
        for spot in spots[1:]:
            goes(spot)
        yield goes
        mouse.up()

    def rubs(self, start: Spot, width: int, moves: int) -> None:
        """Rub to and fro from a line's right end, with more moves than a hand makes in an hour."""
        self._drags([(start[0] + abs(width - n % (2 * width)), start[1]) for n in range(moves)])

    def draws(self, start: Spot, end: Spot, moves: int) -> None:
        """Paint a line of so many moves, which need not be seen one by one, and wait until the server has taken it."""
        (ax, ay), (bx, by) = start, end
        with self.taken():
            self._drags([(ax + (bx - ax) * n / moves, ay + (by - ay) * n / moves) for n in range(moves + 1)])

    def scribbles(self, within: Spot, moves: int) -> None:
        """Throw the brush from one end of the canvas to the other, as no hand does."""
        self._drags([(n * 7919 % within[0], n * 104_729 % within[1]) for n in range(moves)])

    def _drags(self, spots: list[Spot]) -> None:
        """Drag faster than a mouse does."""
        left, top = self._corner()
        self.page.evaluate(DRAG, [(left + x, top + y) for x, y in spots])

    def clicks(self, *spots: Spot) -> None:
        for spot in spots:
            self.page.mouse.click(*self.place(spot))

    def place(self, spot: Spot) -> tuple[float, float]:
        """Where a spot of the canvas is on the page."""
        left, top = self._corner()
        return left + spot[0], top + spot[1]

    def _corner(self) -> tuple[int, int]:
        """The first whole pixel of the page where the canvas is in view: mice go by whole pixels."""
        box, view = self._box(), self.page.locator(VIEW).bounding_box()
        assert view
        return math.ceil(max(box["x"], view["x"])), math.ceil(max(box["y"], view["y"]))

    def _box(self) -> FloatRect:
        box = self.page.locator(CANVAS).bounding_box()
        assert box
        return box

    def sheet(self) -> Sheet:
        """What to hold against what is painted on the canvas as it is shown now."""
        box, (left, top) = self._box(), self._corner()
        scale = self.size[0] / box["width"], self.size[1] / box["height"]
        return Sheet(self.size, scale, (left - box["x"], top - box["y"]))


@dataclass
class Pupil(Painter):
    """A hand at the easel that writes masks into ``folder``.

    Once it ``listens``, ``moved`` is what goes over the WebSocket, both ways.
    """

    folder: Path
    moved: list[bytes] = field(default_factory=list)

    def listens(self) -> "Pupil":
        """Keep what is moved from the next page on."""
        self.page.on("websocket", self._listen)
        return self

    def open(self, address: str) -> "Pupil":
        place = f"{address}/?size={self.size[0]}x{self.size[1]}"
        if self.page.url != place:
            self.page.goto(place)
        self.ready()
        return self

    def _listen(self, socket: WebSocket) -> None:
        for way in ("framesent", "framereceived"):
            socket.on(way, lambda data: self.moved.append(data if isinstance(data, bytes) else data.encode()))

    def sent(self) -> Alpha:
        """The alpha of the mask that goes out with a click now."""
        target = self.folder / f"{self.size[0]}x{self.size[1]}.png"
        target.unlink(missing_ok=True)
        self.page.get_by_role("button", name="Send").click()
        drawing.until(self.page, target.exists)
        return alpha_of(target.read_bytes(), self.size)


def _whole_steps(across: float, down: float) -> int:
    """In how many steps a way can be gone by whole pixels, of those that are quickly gone."""
    common = math.gcd(int(across), int(down))
    return next(steps for steps in range(MOST_MOVES, 0, -1) if common % steps == 0)
