"""What is imported is declared: another package's own dependency may leave with its next version."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = {"app", "components", "pages", "server", "tests", "tools", "triptych"}
TOLD = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
EXTRAS = TOLD["project"]["optional-dependencies"]
SHIPPED = [*TOLD["project"]["dependencies"], *(one for name in EXTRAS if name != "test" for one in EXTRAS[name])]


distributions = cache(packages_distributions)


def plain(requirement: str) -> str:
    """A distribution's name in the one way in which an index spells it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", requirement)[0]).lower()


def imported(source: str) -> Iterator[str]:
    """The packages that an import statement names, wherever in the file it stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def undeclared(sources: Iterable[str], declared: Iterable[str]) -> set[str]:
    """The packages of others that are imported although no declared distribution brings them."""
    brought, known = distributions(), set(map(plain, declared))
    theirs = {name for source in sources for name in imported(source)} - sys.stdlib_module_names - OURS
    return {name for name in theirs if known.isdisjoint(map(plain, brought.get(name, [])))}


def sources(*folders: str) -> list[str]:
    return [path.read_text("utf-8") for folder in folders for path in (ROOT / folder).rglob("*.py")]


def test_what_is_shipped_imports_only_what_is_declared() -> None:
    whole = [
        *sources("triptych", "components", "pages"),
        *((ROOT / f).read_text("utf-8") for f in ("app.py", "server.py")),
    ]

    assert set() == undeclared(whole, SHIPPED)


def test_what_tests_and_tools_import_is_declared_too() -> None:
    beside = {path.stem for path in (ROOT / "tests/bench/bare").iterdir()}  # scripts that find each other in one folder

    assert beside >= undeclared(sources("tests", "tools"), [*SHIPPED, *EXTRAS["test"]])


@pytest.mark.parametrize(
    "source", ["import attr", "def f():\n    from click.testing import CliRunner", "import no_such"]
)
def test_an_import_that_nobody_declares_is_found(source: str) -> None:
    assert 1 == len(undeclared([source], SHIPPED))
