"""What people read is in American spelling, wherever the code has its own."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import ROOT

BRITISH = re.compile(r"(?i)\b(cancell(ed|ing)|\w*colour\w*|favourites?|grey|centred?|behaviours?|(recog|orga)nis\w+)\b")
HEARD = ("triptych/engine", "triptych/prompts")  # what they read is a person's words


def sentences(path: Path) -> Iterator[str]:
    """Texts of more than one word in the module, but for its docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield from [node.value] if " " in node.value.strip() else []


@pytest.mark.parametrize("folder", ["components", "pages", "triptych"])
def test_no_sentence_is_in_british_spelling(folder: str) -> None:
    files = [one for one in (ROOT / folder).rglob("*.py") if not one.relative_to(ROOT).as_posix().startswith(HEARD)]
    assert files

    assert [] == [f"{one.name}: {said}" for one in files for said in sentences(one) if BRITISH.search(said)]
