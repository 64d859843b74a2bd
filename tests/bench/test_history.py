"""History with ten thousand pictures beside one with a hundred: its page, searching, and turning pages."""

import gc
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from components.history.results import SIZE
from components.image.from_record import THUMBNAIL
from tests.bench.conftest import Table
from tests.bench.many import many
from tests.bench.test_pages import UNTIL
from tests.serving import playground
from triptych.store import Query, Store

FEW, MANY = 100, 10_000
PAIRS = 30
SEARCH_MS = 50.0
TURNS = 1_000
PAGES = 40  # that are turned to, again and again
OPENINGS = 6
# Milliseconds by the page's own clock from its being asked for until every picture on it is there.
SHOWN = """async count => {
  UNTIL
  const app = () => document.querySelector('[data-testid="stApp"]');
  const pictures = () => [...document.querySelectorAll('[data-testid="stImage"] img')];
  await until(() => app()?.dataset.testScriptState === 'notRunning'
    && pictures().filter(each => each.complete && each.naturalWidth).length === count);
  return performance.now();
}""".replace("UNTIL", UNTIL)
QUERIES = {
    "a word": Query(text="lantern 99"),
    "a word nobody wrote": Query(text="zebra"),
    "a word all wrote": Query(text="picture"),
    "a model": Query(models=("gpt-image-2",)),
    "the best": Query(sort="rating"),
    "the dearest": Query(sort="cost", cost_from=Decimal("0.01")),
    "a tag": Query(tags=("fox",)),
    "all at once": Query(text="fox", models=("gpt-image-2",), rating_from=3, favourite=True, tags=("fox",)),
}


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Store]]:
    small, large = (many(tmp_path_factory.mktemp(f"{count}"), count) for count in (FEW, MANY))
    yield small, large
    small.close()
    large.close()


def milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def test_the_page_of_ten_thousand_pictures_opens_within_twice_the_time_of_a_hundred(
    tmp_path: Path, browser: Browser, table: Table
) -> None:
    tab = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    with ExitStack() as servers:
        large, small = (
            servers.enter_context(playground(filled(tmp_path / f"{n}", n), is_cold=True)) for n in (MANY, FEW)
        )
        opened(tab, large), opened(tab, small)  # what each makes once, like previews
        pairs = [(opened(tab, large), opened(tab, small)) for _ in range(OPENINGS)]
    tab.context.close()

    ratio = table.add(
        "History page in Chromium: 10,000 pictures / 100", *map(list, zip(*pairs, strict=True)), bound=2.0
    )
    assert ratio <= 2.0


def filled(folder: Path, pictures: int) -> Path:
    """A folder whose home has so many pictures."""
    folder.mkdir()
    many(folder / "home", pictures).close()
    return folder


def opened(tab: Page, address: str) -> float:
    tab.goto(f"{address}/history", wait_until="commit")
    return float(tab.evaluate(SHOWN, SIZE))


def test_ten_thousand_pictures_open_within_twice_the_time_of_a_hundred(
    stores: tuple[Store, Store], table: Table
) -> None:
    small, large = stores

    def turn(store: Store) -> float:
        return milliseconds(lambda: (store.history.search("local", Query()), store.history.choices("local")))

    pairs = [(turn(large), turn(small)) for _ in range(PAIRS)]

    assert 2.0 >= table.add("history: a page of 10,000 to one of 100", *map(list, zip(*pairs, strict=True)), bound=2.0)


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_search_answers_within_fifty_milliseconds(
    stores: tuple[Store, Store], table: Table, query: Query, request: pytest.FixtureRequest
) -> None:
    taken = [milliseconds(lambda: stores[1].history.search("local", query)) for _ in range(PAIRS)]

    name = request.node.callspec.id
    assert 1.0 >= table.add(f"history: search 10,000 for {name}", taken, [SEARCH_MS] * PAIRS, bound=1.0)


def test_turning_a_thousand_pages_leaves_the_memory_as_it_was(stores: tuple[Store, Store], table: Table) -> None:
    store = stores[1]

    def turns(count: int) -> float:
        for page in range(count):
            for record in store.history.search("local", Query(), 1 + page % PAGES, SIZE).records:
                assert record.stored
                store.preview(record.stored, THUMBNAIL)
        gc.collect()
        return resident()

    before, after = turns(TURNS // 5), turns(TURNS)

    assert 1.05 >= table.add("history: memory after 1,000 pages", [after], [before], bound=1.05, unit="MB")


def resident() -> float:
    """Megabytes of this process that are in memory."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 1e6
