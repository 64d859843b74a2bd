"""The table of ratios, and the servers that both sides of each ratio are measured against."""

import http.client
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.browser import conftest as in_browser
from tests.serving import PATIENCE, ROOT, free_port

# Its images are noise of about so many bytes, or 0 for compressed ones of 1.4 MB; the seconds before each answer.
ImageServer = Callable[[int, float], AbstractContextManager[str]]


@dataclass
class Table:
    """Rows of `make bench`: what was compared, ours and the other side's median, their ratio, and the bound."""

    rows: list[tuple[str, str, str, float, str, bool]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def add(self, what: str, ours: list[float], theirs: list[float], bound: float | None, unit: str = "ms") -> float:
        """Add pairs measured in turn; gives the median of their ratios, which has to stay at or below a `bound`."""
        ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
        mine, other = (f"{statistics.median(figures):,.1f} {unit}" for figures in (ours, theirs))
        kept = bound is None or ratio <= bound
        self.rows.append((what, mine, other, ratio, "" if bound is None else f"≤ {bound:.2f}", kept))
        return ratio

    def impossible(self, what: str, because: str) -> None:
        """Say below the table why a row has no bound although one was wished for."""
        self.reasons.append(f"{what}: impossible, because {because}")

    def text(self) -> str:
        heads = ("", "ours", "other", "ratio", "bound", "")
        cells = [heads] + [(a, b, c, f"{r:.3f}", e, "ok" if good else "OVER") for a, b, c, r, e, good in self.rows]
        widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
        lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells)
        return "\n".join([*lines, *self.reasons])


TABLE = pytest.StashKey[Table]()
browser_type_launch_args = in_browser.browser_type_launch_args  # the same Chromium


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TABLE] = Table()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.stash[TABLE].rows:
        terminalreporter.section("ratios, each measured in one run")
        terminalreporter.write_line(config.stash[TABLE].text())


@pytest.fixture
def table(request: pytest.FixtureRequest) -> Table:
    return request.config.stash[TABLE]


@contextmanager
def process(command: list[str], port: int, path: str, **options: object) -> Iterator[str]:
    """Runs a server of a process of its own until it answers `path`, and stops it again."""
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)  # type: ignore[call-overload]
    try:
        deadline = time.monotonic() + PATIENCE
        while not _answers(port, path):
            assert server.poll() is None, f"{command} ended"
            assert time.monotonic() < deadline, f"{command} does not answer"
            time.sleep(0.02)  # between two looks at what is awaited
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


@pytest.fixture
def image_server() -> ImageServer:
    @contextmanager
    def serve(size: int, delay: float) -> Iterator[str]:
        port = free_port()
        script = Path(__file__).with_name("image_server.py")
        with process(
            [sys.executable, str(script), str(port), str(size), str(delay)], port, "/v1/models", cwd=ROOT
        ) as url:
            yield f"{url}/v1"

    return serve
