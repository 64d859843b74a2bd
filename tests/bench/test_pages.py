"""The pages beside bare Streamlit pages, in real Chromium."""

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.bench.conftest import ImageServer, Table, process
from tests.serving import free_port, playground

BARE = Path(__file__).with_name("bare")
FLAGS = (
    "--server.headless=true",
    "--server.address=127.0.0.1",
    "--browser.gatherUsageStats=false",
    "--server.fileWatcherType=none",
    "--client.toolbarMode=viewer",
)
Serve = Callable[[], AbstractContextManager[str]]
SCREEN: ViewportSize = {"width": 1440, "height": 900}
DRAWN = 0  # of the image server: what the API gives, 1024 x 1024 pixels, compressed

# Each gives milliseconds by the page's own clock, sampled once a frame.
UNTIL = """const late = performance.now() + 30000;
  const until = f => new Promise((go, no) => {
    const look = () => f() ? go() : performance.now() > late ? no(Error('late')) : requestAnimationFrame(look);
    look();
  });"""
FINISHED = """async () => {
  UNTIL
  const app = () => document.querySelector('[data-testid="stApp"]');
  const button = () => [...document.querySelectorAll('button')].some(b => b.innerText.includes('Generate'));
  await until(() => app()?.dataset.testScriptState === 'notRunning' && button());
  return performance.now();
}""".replace("UNTIL", UNTIL)
# Armed before a real key or click, asked after it: from the event itself to what it should bring about.
RUN = re.compile("^Generate( · .*)?$")  # ours says what it costs; a sample's begins with "Generate:"
ARMED = """([event, what]) => {
  UNTIL
  const metric = () => document.querySelector('[data-testid="stMain"] [data-testid="stMetricValue"]').innerText;
  // Not the grey place where it will stand, which is a data URL.
  const images = () => [...document.querySelectorAll('[data-testid="stImage"] img:not([src^="data:"])')];
  const pictures = () => images().filter(i => i.complete && i.naturalWidth).map(i => i.src);
  const price = what === 'metric' ? metric() : '', before = new Set(pictures());
  const done = {metric: () => metric() !== price, picture: () => pictures().some(src => !before.has(src))}[what];
  window.measured = new Promise((go, no) => document.addEventListener(event, () => {
    const start = performance.now();
    until(done).then(() => go(performance.now() - start), no);
  }, {capture: true, once: true}));
}""".replace("UNTIL", UNTIL)


@contextmanager
def opened(browser: Browser, url: str) -> Iterator[Page]:
    """A page of a fresh browser profile, once it has finished."""
    context = browser.new_context(viewport=SCREEN)
    page = context.new_page()
    page.goto(url)
    page.evaluate(FINISHED)
    yield page
    context.close()


def finished(browser: Browser, url: str) -> tuple[float, float]:
    """A page in a fresh profile, and the same asked for again, when the browser has its files."""
    context = browser.new_context(viewport=SCREEN)
    page = context.new_page()
    milliseconds = []
    for _ in range(2):
        page.goto(url, wait_until="commit")
        milliseconds.append(float(page.evaluate(FINISHED)))
    context.close()
    return milliseconds[0], milliseconds[1]


@pytest.fixture
def bare(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., AbstractContextManager[str]]:
    @contextmanager
    def serve(name: str, **environment: str) -> Iterator[str]:
        port = free_port()
        command = [sys.executable, "-m", "streamlit", "run", str(BARE / name), f"--server.port={port}", *FLAGS]
        folder = tmp_path_factory.mktemp("bare")
        with process(command, port, "/_stcore/health", cwd=folder, env={**os.environ, **environment}) as url:
            yield url

    return serve


@pytest.fixture
def ours(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., AbstractContextManager[str]]:
    return lambda **environment: playground(tmp_path_factory.mktemp("ours"), is_cold=True, **environment)


def test_the_first_page_after_a_start_comes_soon_and_later_ones_sooner(
    table: Table, browser: Browser, ours: Callable[..., Serve], bare: Callable[..., Serve]
) -> None:
    """Each widget's own files make a page with this form slower than an empty one, whoever writes it."""
    first: list[list[float]] = [[], [], []]
    later: list[list[float]] = [[], [], []]
    for _ in range(5):
        for side, serve in enumerate((ours(), bare("page.py"), bare("widgets.py"))):
            with serve as url:
                first[side].append(finished(browser, url)[0])
                later[side].append(finished(browser, url)[0])
    at_first = table.add("first page after a start, fresh browser / bare page", first[0], first[1], 1.5)
    beside = table.add("first page after a start / bare page with as many widgets", first[0], first[2], 1.0)
    afterwards = table.add("later pages, fresh browser / bare page", later[0], later[1], 1.5)
    then = table.add("later pages, fresh browser / bare page with as many widgets", later[0], later[2], 1.1)
    assert (at_first <= 1.5, beside <= 1.0, afterwards <= 1.5, then <= 1.1) == (True,) * 4


def test_a_page_whose_files_the_browser_has_comes_about_as_soon_as_its_widgets_can(
    table: Table, browser: Browser, ours: Callable[..., Serve], bare: Callable[..., Serve]
) -> None:
    with ours() as mine, bare("widgets.py") as other:
        finished(browser, mine), finished(browser, other)
        figures = [(finished(browser, mine)[1], finished(browser, other)[1]) for _ in range(6)]
    again = table.add(
        "page asked for again / bare page with as many widgets", *map(list, zip(*figures, strict=True)), 1.5
    )
    assert again <= 1.5


def test_a_widget_change_takes_hardly_longer_than_a_bare_pages(
    table: Table, browser: Browser, ours: Callable[..., Serve], bare: Callable[..., Serve]
) -> None:
    with (
        ours() as mine,
        bare("widgets.py") as other,
        opened(browser, mine) as ourselves,
        opened(browser, other) as them,
    ):
        figures = [(page_change(ourselves), page_change(them)) for _ in range(8)]
    assert table.add("one widget change / bare page with as many", *map(list, zip(*figures, strict=True)), 1.3) <= 1.3


def page_change(page: Page) -> float:
    page.evaluate(ARMED, ["keydown", "metric"])
    page.get_by_role("group", name="Number of images").get_by_role("slider").press("ArrowRight")
    milliseconds = float(page.evaluate("() => window.measured"))
    page.evaluate(FINISHED)
    return milliseconds


@pytest.mark.parametrize("size", [1_500_000, DRAWN])
def test_a_click_becomes_a_picture_as_fast_as_in_a_script(  # noqa: PLR0917 - fixtures
    size: int,
    table: Table,
    browser: Browser,
    ours: Callable[..., Serve],
    bare: Callable[..., Serve],
    image_server: ImageServer,
) -> None:
    with (
        image_server(size, 0.0) as base_url,
        ours(OPENAI_BASE_URL=base_url) as mine,
        bare("draw.py", OPENAI_BASE_URL=base_url) as other,
        bare("widgets.py", OPENAI_BASE_URL=base_url) as full,
        opened(browser, mine) as ourselves,
        opened(browser, other) as them,
        opened(browser, full) as as_many,
    ):
        pages = (ourselves, them, as_many)
        figures = [[click(page, number) for page in pages] for number in range(8)]
    here, alone, beside = map(list, zip(*figures[1:], strict=True))
    what = f"click to {'picture' if size else '1.4 MB of PNG'} / the SDK in the script"
    with_widgets = table.add(f"{what} of a page with as many widgets", here, beside, 1.2)
    assert (table.add(what, here, alone, 1.3) <= 1.3, with_widgets <= 1.2) == (True, True)


def test_the_first_click_in_a_new_tab_becomes_a_picture_as_fast_as_in_a_script(
    table: Table,
    browser: Browser,
    ours: Callable[..., Serve],
    bare: Callable[..., Serve],
    image_server: ImageServer,
) -> None:
    with (
        image_server(DRAWN, 0.0) as base_url,
        ours(OPENAI_BASE_URL=base_url) as mine,
        bare("draw.py", OPENAI_BASE_URL=base_url) as other,
        closing(browser.new_context(viewport=SCREEN)) as window,
    ):

        def first_click(url: str, number: int) -> float:
            with closing(window.new_page()) as tab:
                tab.goto(url)
                tab.evaluate(FINISHED)
                return click(tab, number)

        first_click(mine, 0), first_click(other, 0)
        figures = [(first_click(mine, number), first_click(other, number)) for number in range(1, 8)]
    what = "first click in a new tab to 1.4 MB of PNG / the SDK in the script"
    assert table.add(what, *map(list, zip(*figures, strict=True)), 1.3) <= 1.3


def test_twenty_images_leave_the_process_hardly_larger_than_one(
    table: Table, browser: Browser, ours: Callable[..., Serve], image_server: ImageServer
) -> None:
    with (
        image_server(DRAWN, 0.0) as base_url,
        ours(OPENAI_BASE_URL=base_url) as mine,
        opened(browser, mine) as page,
    ):
        click(page, 1)
        one = megabytes(mine)
        for number in range(2, 21):
            click(page, number)
        twenty = megabytes(mine)
    assert table.add("memory of the process after 20 images / after one", [twenty], [one], 1.3, "MB") <= 1.3


def megabytes(url: str) -> float:
    """What the process that serves ``url`` has in memory."""
    wanted = f"--port={urlsplit(url).port}".encode()
    (process,) = (each for each in Path("/proc").glob("[0-9]*") if wanted in _command(each))
    (held,) = (line for line in process.joinpath("status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(held.split()[1]) / 1024


def _command(process: Path) -> list[bytes]:
    with suppress(OSError):  # it has ended
        return process.joinpath("cmdline").read_bytes().split(b"\0")
    return []


def click(page: Page, number: int) -> float:
    """Milliseconds from the click to an image that is decoded, of a prompt that was not asked before."""
    page.get_by_label("Prompt", exact=True).fill(f"a lighthouse, number {number}")
    page.get_by_label("Prompt", exact=True).blur()
    page.wait_for_timeout(1000)  # the page settles; the clock starts at the click
    page.evaluate(ARMED, ["click", "picture"])
    page.get_by_role("button", name=RUN).click()
    return float(page.evaluate("() => window.measured"))
