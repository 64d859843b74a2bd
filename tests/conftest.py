"""The order of the tests and the surroundings they share."""

import gc
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest

from tests import books, disks, sketches, statements, tables
from tests.serving import playground
from triptych.engine.serve import Engine
from triptych.settings import settings

every_test_keeps_its_books = books.books  # a fixture that each of them uses
HERE = Path(__file__).parent
and_has_its_tables_soon = tables.tables  # another
and_its_images_too = sketches.sketches  # a third
and_a_process_its_statements = statements.statements  # a fourth
Serve = Callable[..., str]

# Nobody's own key, address, home or proxy may reach a test.
FOREIGN = (
    "OPENAI_",
    "TRIPTYCH_",
    "STREAMLIT_",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
)

# What is paid counts for the day and the month it was sent in. Wherever a test is run and whenever, its midnight is
# twelve hours away and more.
os.environ["TZ"] = "UTC" if datetime.now(UTC).hour < 12 else "Etc/GMT-12"
time.tzset()

# Before a conftest further in makes an image: two that are alike are packed alike.
sketches.pack(soon=True)


def pytest_configure() -> None:
    # No example is judged by its time, which is that of the machine.
    hypothesis.settings.register_profile("any machine", deadline=None)
    hypothesis.settings.load_profile("any machine")
    for name in [name for name in os.environ if name.startswith(FOREIGN)]:
        del os.environ[name]
    gc.disable()  # nothing of what is collected is garbage, and looking for some took a third of its time


def pytest_collection_finish(session: pytest.Session) -> None:
    gc.enable()
    gc.freeze()
    if any("bench" in item.path.parts for item in session.items):
        sketches.pack(soon=False)
    else:
        disks.hurry()


MOST_NAMED = 20  # bytes that are their own name

# Files that take longest come first: one that begins last keeps the other processes waiting at the end. Those that
# mostly wait, for the demo's pace or for a server that says nothing, stand apart, so that the others have work.
LONG = (
    "triptych/gateway/test_old_programs.py",
    "triptych/test_export.py",
    "pages/test_edit_tools.py",
    "triptych/store/test_recovery.py",
    "pages/test_compare.py",
    "pages/test_edit.py",
    "pages/test_converse.py",
    "triptych/masks/test_raster.py",
    "test_cookbook.py",
    "triptych/store/test_streams.py",
    "triptych/store/test_processes.py",
    "triptych/engine/test_edits.py",
    "triptych/store/test_race.py",
    "triptych/test_kill.py",
    "triptych/batch/test_half_price.py",
    "pages/test_key_canary.py",
    "triptych/store/test_leases.py",
    "triptych/store/test_history.py",
    "test_deploy.py",
    "triptych/gateway/test_idempotency.py",
    "triptych/store/test_backups.py",
    "triptych/gateway/test_exposure.py",
    "pages/test_batch_half_price.py",
    "triptych/test_export_turns.py",
    "pages/test_generate.py",
    "pages/test_generate_form.py",
    "triptych/vision/test_letters.py",
    "triptych/provenance/test_verdicts.py",
    "test_access.py",
    "pages/test_provenance.py",
    "triptych/provenance/test_reading.py",
    "triptych/store/test_receipts.py",
    "triptych/store/test_journal.py",
    "triptych/gateway/test_replicas.py",
    "pages/test_prompt.py",
    "pages/test_kept_answers.py",
    "test_readiness.py",
    "triptych/gateway/test_caps.py",
    "pages/test_edit_restored.py",
    "triptych/client/test_redaction.py",
    "triptych/client/test_bounds.py",
    "pages/test_spending.py",
    "pages/test_generate_gallery.py",
    "triptych/engine/test_generations.py",
    "pages/test_models.py",
    "browser/test_accessibility.py",
    "browser/test_canvas.py",
    "browser/test_holds.py",
    "browser/test_edit.py",
    "browser/test_bad_windows.py",
    "browser/test_gallery.py",
    "browser/test_batch.py",
    "browser/test_compare.py",
    "browser/test_hands.py",
    "browser/test_shutdown.py",
    "browser/test_history.py",
    "browser/test_layout.py",
    "browser/test_stage.py",
    "browser/test_converse.py",
    "browser/test_prompt.py",
    "browser/test_journey.py",
    "browser/test_looking.py",
    "browser/test_provenance.py",
    "browser/test_page_keys.py",
)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name a file by its length: made by code it may hold the time, and each process must find the same tests."""
    return f"{len(val)} bytes" if isinstance(val, bytes) and len(val) > MOST_NAMED else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files come first, then those of most tests.

    The browser's files come behind all others: its event loop stays in the main thread, where no async test could run
    after it.
    """
    tests = Counter(item.path for item in items)
    place = {HERE / name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: (place.get(item.path, len(place)), -tests[item.path], item.path))
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker("browser")
        if "bench" in item.path.parts:
            item.add_marker("bench")
    items.sort(key=lambda item: "browser" in item.path.parts or "browser" in getattr(item, "fixturenames", ()))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """A test that is green has left the books the sum of the runs."""
    yield
    assert [] == books.unbalanced(is_away=item.get_closest_marker("database_away") is not None)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home folder of the test's own, and a working directory without anybody's .env."""
    folder = tmp_path / "home"
    monkeypatch.setenv("TRIPTYCH_HOME", str(folder))
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    yield folder
    settings.cache_clear()


@pytest.fixture(scope="session")
def running() -> Iterator[Engine]:
    """One demo engine that draws as fast as it can."""
    engine = Engine.start(pace=0)
    yield engine
    engine.stop()


@pytest.fixture
def engine(running: Engine) -> Engine:
    """The engine with no fault planned and an empty log."""
    running.faults.clear()
    running.log.clear()
    return running


@pytest.fixture
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Starts servers of the test's own: `serve("--agent-api", OPENAI_BASE_URL="…")` gives the address."""
    with ExitStack() as servers:
        yield lambda *arguments, **environment: servers.enter_context(
            playground(tmp_path_factory.mktemp("server"), *arguments, **environment)
        )


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one server on the demo engine, shared by the tests that leave it as it was."""
    with playground(tmp_path_factory.mktemp("server")) as address:
        yield address
