"""What a stroke on the canvas moves over the WebSocket, beside what is allowed, whatever the picture's size."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.bench.conftest import Table
from tests.browser.painter import Pupil, easel

MOST_MOVED = 150.0  # kB with one stroke, both ways
STROKES, POINTS = 30, 120


@pytest.mark.parametrize("size", [(1024, 1024), (3840, 2160)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_each_of_thirty_strokes_moves_little(
    browser: Browser, tmp_path: Path, table: Table, size: tuple[int, int]
) -> None:
    with easel(tmp_path) as address:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        painter = Pupil(page, size, tmp_path).listens().open(address)
        moved = []
        for number in range(STROKES):
            painter.moved.clear()
            painter.strokes((40, 20 + 17 * number), (520, 20 + 17 * number), steps=POINTS)
            moved.append(sum(map(len, painter.moved)) / 1000)
        page.close()

    what = f"stroke of {POINTS} points on {size[0]}×{size[1]}, heaviest of {STROKES}, beside what is allowed"
    assert table.add(what, [max(moved)], [MOST_MOVED], 1.0, "kB") <= 1.0
