"""What `make flaky` repeats is repeated honestly: what is red there is a fault, not an answer from the time before."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.serving import ROOT

SHARED = """
import pytest

@pytest.fixture(scope="module")
def history():
    return []

@pytest.mark.parametrize("prompt", ["fox", "owl"])
def test_it_is_drawn_once(history, prompt):
    assert prompt not in history
    history.append(prompt)

def test_both_are_there(history):
    assert ["fox", "owl"] == history
"""


def test_each_time_begins_with_nothing_of_the_time_before(tmp_path: Path) -> None:
    file = tmp_path / "test_shared.py"
    file.write_text(SHARED)
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), "TIMES": "3"}

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.again", "-p", "no:cacheprovider", "-c", os.devnull, file],
        cwd=tmp_path,
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )

    assert re.search(r"\b9 passed\b", ran.stdout), ran.stdout
