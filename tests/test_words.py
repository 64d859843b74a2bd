"""What people read: one word for one thing, in American spelling, as far as a list of words can say it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# What the API makes is an image, which is generated; and how England writes.
STRANGE = re.compile(
    r"\b(pictures?|drawings?|drawn|draws?|colours?|coloured|grey\w*|cancelled|cancelling|"
    r"favourites?|centred?|catalogue\w*|\w+isation|organis\w+|recognis\w+|optimis\w+|labelled|behaviour|licence)\b",
    re.IGNORECASE,
)
# What is read by machines only: patterns over prompts and over what servers say, the demo's own, and the log.
NOT_READ = ("triptych/engine/", "triptych/prompts/patterns.py", "triptych/client/dialects.py")
READ_OTHERWISE = ("A guide is drawn on the image",)  # by a hand, on the canvas


def sentences(tree: ast.AST) -> Iterator[str]:
    """Its texts of several words, but no docstrings and nothing that is logged."""
    passed = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("log."):
            passed |= {each for each in ast.walk(node) if isinstance(each, ast.expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value and node not in passed:
            yield node.value


def strange(source: str) -> list[str]:
    found = (text for text in sentences(ast.parse(source)) if not any(part in text for part in READ_OTHERWISE))
    return [text for text in found if STRANGE.search(text)]


def test_what_people_read_says_image_and_is_spelled_in_american() -> None:
    paths = [path for folder in ("components", "pages", "triptych") for path in (ROOT / folder).rglob("*.py")]
    read = {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in paths}
    found = {path: strange(text) for path, text in read.items() if not path.startswith(NOT_READ)}

    assert {} == {path: texts for path, texts in found.items() if texts}
    library = (ROOT / "triptych/prompts/library").glob("*.toml")
    assert [] == [text for path in library for text in re.findall(r"\w*grey\w*|\w*colour\w*", path.read_text("utf-8"))]


@pytest.mark.parametrize("said", ["The picture is scaled.", "Cancelled after 3 s", "a colour of it"])
def test_the_rule_catches(said: str) -> None:
    assert [said] == strange(f"def says():\n    st.caption({said!r})\n")


def test_the_rule_allows_what_nobody_reads() -> None:
    assert [] == strange('def keeps():\n    """Keep the picture."""\n    log.info("a picture is kept")\n')
