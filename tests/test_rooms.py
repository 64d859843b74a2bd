"""The rooms of `components`: what each may import, and by which names a tab's state goes."""

import ast
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.test_architecture import PAGE, ROOT, imported

# The rooms of `components`. A room may import only rooms before it, and a page's own room none of another page's.
SHARED = ("state", "frame", "form", "image", "run", "mask", "inputs")
ROOMS = (*SHARED, "edit", "compare", "batch", "converse", "history", "spending", "provenance", "models", "settings")


def rooms(path: str, tree: ast.AST) -> Iterator[str]:
    """A module of `components` outside of any room, and what a room may not import."""
    _, *folders, name = path.split("/")
    if not folders and name == "__init__.py":
        return
    me = folders[0] if folders else ""
    if me not in ROOMS:
        yield "it stands in no room of ROOMS"
        return
    for other in sorted({name.split(".")[1] for name in imported(tree) if name.startswith("components.")} - {me}):
        if other not in ROOMS:
            yield f"components.{other} is no room"
        elif ROOMS.index(other) > ROOMS.index(me):
            yield f"{me} must not import {other}, which comes after it"
        elif other not in SHARED:
            yield f"{me} must not import {other}, another page's room"


KEYED = {"put", "begin", "overwrite"}  # what takes widgets and their values


def string_keys(path: str, tree: ast.AST) -> Iterator[str]:
    """What a tab keeps under a name that only a string holds: a `Widget` or a class of the room has it instead."""
    for node in ast.walk(tree):
        if path.startswith("components/state/") or not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
        if called == "value" and isinstance(node.func, ast.Attribute) and node.args:
            yield f"line {node.lineno}: {ast.unparse(node)} asks for a value by its key"
        keys = [key for arg in node.args if isinstance(arg, ast.Dict) for key in arg.keys]
        if called in KEYED and any(isinstance(key, ast.Constant | ast.JoinedStr) for key in keys):
            yield f"line {node.lineno}: {called} sets a value by its key"


def widgets(tree: ast.AST) -> Iterator[str]:
    """The keys of the widgets that a module declares."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split("[")[0] == "Widget":
            yield from (arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant))


def raw_html(path: str, tree: ast.AST) -> Iterator[str]:
    """`st.html` draws a file of the frame's and nothing else: a stylesheet, never what somebody wrote or said."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "st.html":
            if not path.startswith("components/frame/"):
                yield f"line {node.lineno}: st.html belongs to components/frame"
            elif any(isinstance(arg, ast.Constant | ast.JoinedStr) for arg in node.args):
                yield f"line {node.lineno}: st.html takes the Path of a file"


def violations(path: str, source: str) -> list[str]:
    """What is wrong with the component or page at `path`, relative to the checkout."""
    tree = ast.parse(source)
    found = [*string_keys(path, tree), *raw_html(path, tree)]
    if path.startswith("components/"):
        found += rooms(path, tree)
    return [f"{path}: {problem}" for problem in found]


def test_the_rooms_keep_their_rules() -> None:
    files = [*(ROOT / "components").rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "app.py"]

    found = [problem for f in files for problem in violations(f.relative_to(ROOT).as_posix(), f.read_text("utf-8"))]

    assert [] == found


def test_no_two_widgets_have_the_same_key() -> None:
    modules = (ROOT / "components").rglob("*.py")

    found = Counter(key for f in modules for key in widgets(ast.parse(f.read_text("utf-8"))))

    assert "prompt" in found
    assert {} == {key: count for key, count in found.items() if count > 1}


BAD = {
    "a module of components without a room": ("components/x.py", '"""X."""'),
    "a room that is not in the order": ("components/attic/x.py", '"""X."""'),
    "a room that looks up": ("components/image/x.py", '"""X."""\nfrom components.run.slots import slots'),
    "a room that looks up in a function": ("components/frame/x.py", '"""X."""\ndef f():\n    import components.run'),
    "a page's room that imports another's": ("components/history/x.py", '"""X."""\nimport components.edit.modes'),
    "a room that imports what is none": ("components/run/x.py", '"""X."""\nfrom components.session import session'),
    "a value asked for by its key": ("components/run/x.py", '"""X."""\nsession().value("size")'),
    "a value asked for by a key in a constant": ("components/run/x.py", '"""X."""\nsession().value(SIZE)'),
    "a value set by its key": ("components/run/x.py", '"""X."""\nput({"size": "auto"})'),
    "a value set by a key that is put together": ("components/run/x.py", '"""X."""\nhere.put({f"tags_{id}": ()})'),
    "a value set by its key among others": ("components/run/x.py", '"""X."""\noverwrite({SIZE: "auto", "n": 1})'),
    "HTML outside of the frame": ("components/run/x.py", '"""X."""\nst.html(STYLE)'),
    "HTML on a page": ("pages/x.py", PAGE + "st.html(STYLE)"),
    "HTML in a string": ("components/frame/x.py", '"""X."""\nst.html("<b>")'),
}

GOOD = {
    "a room that imports those before it": (
        "components/edit/x.py",
        '"""X."""\nfrom components.edit.modes import mode\nfrom components.inputs.inputs import inputs',
    ),
    "widgets by their names": ("components/run/x.py", '"""X."""\nput({SIZE: "auto", **more})\nSIZE.put("auto")'),
    "the stylesheet": ("components/frame/x.py", '"""X."""\nst.html(Path(__file__).with_name("style.css"))'),
    "a session key in the state": ("components/state/x.py", '"""X."""\nput({"size": "auto"})'),
    "the marker of all rooms": ("components/__init__.py", ""),
}


@pytest.mark.parametrize(("path", "source"), BAD.values(), ids=BAD)
def test_a_rule_catches(path: str, source: str) -> None:
    assert 1 == len(violations(path, source))


@pytest.mark.parametrize(("path", "source"), GOOD.values(), ids=GOOD)
def test_the_rules_allow(path: str, source: str) -> None:
    assert [] == violations(path, source)
