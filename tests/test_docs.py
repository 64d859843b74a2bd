"""The documentation that is written by hand keeps pace with what is generated."""

import pytest

from tests.serving import ROOT
from tools import docs

README = (ROOT / "README.md").read_text("utf-8")


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")


def test_the_generated_parts_are_current() -> None:
    assert docs.current(README) == README


@pytest.mark.parametrize("part", docs.PARTS)
def test_a_part_out_of_date_is_noticed(part: str) -> None:
    stale = f"<!-- {part} -->\nstale words\n<!-- /{part} -->"

    assert "stale words" not in docs.current(stale)


@pytest.mark.parametrize("part", docs.PARTS)
def test_every_part_has_its_place(part: str) -> None:
    assert f"<!-- {part} -->" in README


def test_every_page_is_described() -> None:
    titles = {page.stem.capitalize() for page in (ROOT / "pages").glob("*.py")}

    assert set() == {title for title in titles if f"| {title} |" not in README}
