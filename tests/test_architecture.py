"""The rules of the house: which module may import which, and how long things may be."""

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# The order in which to read `triptych`. A module may import only modules before it, so there are no cycles.
ORDER = (
    "errors",
    "once",
    "settings",
    "home",
    "networks",
    "ranges",
    "parameters",
    "model",
    "catalog",
    "text_models",
    "servers",
    "capabilities",
    "keys",
    "accounts",
    "inputs",
    "request",
    "prompts",
    "results",
    "sidecar",
    "pricing",
    "timing",
    "masks",
    "vision",
    "provenance",
    "fonts",
    "export",
    "wire",
    "engine",
    "client",
    "store",
    "budget",
    "studio",
    "jobs",
    "experience",
    "past_runs",
    "many",
    "experiment",
    "batch",
    "conversation",
    "gateway",
    "doctor",
    "cli",
)

OURS = {"app", "server", "pages", "components", "triptych", "tools", "tests"}
MAY_IMPORT = {
    "app": ("components.frame.drawing", "components.frame.navigation"),
    "server": (
        "components.frame.bundle",
        "components.frame.notice",
        "components.frame.lifecycle",
        "components.frame.streamed",
        "components.state.services",
        "components.state.access",
        "triptych",
    ),
    "pages": ("components", "triptych"),
    "components": ("components", "triptych"),
    "triptych": ("triptych",),
}
MAX_LINES = {"app": 20, "pages": 60}
MAX_MODULE, MAX_FUNCTION = 300, 40

Functions = ast.FunctionDef | ast.AsyncFunctionDef


@lru_cache(maxsize=1)  # one rule after the other looks at the same module
def walked(tree: ast.AST) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree))


def imported(tree: ast.AST) -> Iterator[str]:
    """Every dotted name an import statement mentions; `from a import b` is `a.b`."""
    for node in walked(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield from (f"{base}.{alias.name}" for alias in node.names)


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def neighbours(place: str, tree: ast.AST) -> Iterator[str]:
    """Imports of ours that this part of the house may not make."""
    for name in imported(tree):
        if name.startswith("."):
            yield f"relative import {name}: say where it comes from"
        elif name.split(".")[0] in OURS and not any(within(name, allowed) for allowed in MAY_IMPORT[place]):
            yield f"{place} must not import {name}"


def upward(path: str, tree: ast.AST) -> Iterator[str]:
    """Imports inside `triptych` that point down the reading order."""
    me = path.removeprefix("triptych/").removesuffix(".py").split("/")[0]
    if me == "__init__":
        return
    if me not in ORDER:
        yield f"{me} has no place in ORDER"
        return
    for name in imported(tree):
        other = name.split(".")[1] if name.startswith("triptych.") else me
        if other in ORDER and ORDER.index(other) > ORDER.index(me):
            yield f"{me} must not import {other}, which comes after it"


def foreign(path: str, place: str, tree: ast.AST) -> Iterator[str]:
    """Imports of other people's packages in the wrong place."""
    names = list(imported(tree))
    banned = {"openai"} if not within(path.removesuffix(".py").replace("/", "."), "triptych.client") else set()
    if place == "triptych" and path != "triptych/cli.py":
        banned.add("streamlit")
    if place in {"pages", "components"}:
        banned |= {"PIL", "sqlalchemy"}
    yield from (f"{path} must not import {name}" for name in names for package in banned if within(name, package))


def session_state(path: str, tree: ast.AST) -> Iterator[str]:
    if not path.startswith("components/state/") and any(
        isinstance(node, ast.Attribute) and node.attr == "session_state" for node in walked(tree)
    ):
        yield "session_state belongs to components/state"
    if "streamlit.session_state" in imported(tree):
        yield "session_state is used as st.session_state, so that it can be found"


def manners(tree: ast.AST) -> Iterator[str]:
    for node in walked(tree):
        if isinstance(node, ast.Global):
            yield f"line {node.lineno}: global"
        if isinstance(node, ast.keyword) and node.arg == "unsafe_allow_html":
            yield f"line {node.value.lineno}: unsafe_allow_html"


OPENERS = ("triptych/inputs/opening.py", "triptych/engine/")  # the second reads as a server does, by rules of its own
OWN_PNGS = ("triptych/masks/painting.py", "triptych/masks/screen.py")  # what was painted, written here
CHUNKS = ("triptych/store/transfer/imports.py",)  # what a PNG tells before its pixels, none of which is decoded


def opens_images(path: str, tree: ast.AST) -> Iterator[str]:
    """Images from outside are decoded in one place, where their size and their damage are dealt with."""
    if path.startswith((*OPENERS, *OWN_PNGS, *CHUNKS)):
        return
    for node in walked(tree):
        if isinstance(node, ast.Attribute) and node.attr == "open" and ast.unparse(node) == "Image.open":
            yield f"line {node.lineno}: Image.open belongs to triptych/inputs/opening.py"


def page_shape(tree: ast.Module) -> Iterator[str]:
    """A page is a script: no definitions, and its first act is to make sure it stands in the frame."""
    if any(isinstance(node, Functions | ast.ClassDef | ast.Lambda) for node in walked(tree)):
        yield "a page defines nothing"
    acts = [node for node in tree.body[1:] if not isinstance(node, ast.Import | ast.ImportFrom)]
    if not acts or ast.unparse(acts[0]) != "require_app()":
        yield "a page begins with require_app()"


def sizes(place: str, tree: ast.Module, source: str) -> Iterator[str]:
    lines, most = len(source.splitlines()), MAX_LINES.get(place, MAX_MODULE)
    if lines > most:
        yield f"{lines} lines, at most {most}"
    for node in walked(tree):
        length = (node.end_lineno or node.lineno) - node.lineno + 1 if isinstance(node, Functions) else 0
        if length > MAX_FUNCTION:
            yield f"a function of {length} lines, at most {MAX_FUNCTION}"
    if ast.get_docstring(tree) is None and source.strip():
        yield "a module says in one sentence what it is for"


def violations(path: str, source: str) -> list[str]:
    """What is wrong with the file at `path`, relative to the checkout."""
    tree, place = ast.parse(source), path.removesuffix(".py").split("/")[0]
    found = [*sizes(place, tree, source), *manners(tree)]
    if place in MAY_IMPORT:
        found += [*neighbours(place, tree), *foreign(path, place, tree), *session_state(path, tree)]
    if place == "triptych":
        found += [*upward(path, tree), *opens_images(path, tree)]
    if place == "pages":
        found += page_shape(tree)
    return [f"{path}: {problem}" for problem in found]


def files() -> list[Path]:
    folders = ("triptych", "components", "pages", "tests", "tools")
    return [*ROOT.glob("*.py"), *(f for folder in folders for f in (ROOT / folder).rglob("*.py"))]


def test_the_house_keeps_its_rules() -> None:
    found = [problem for f in files() for problem in violations(f.relative_to(ROOT).as_posix(), f.read_text("utf-8"))]

    assert [] == found


def test_the_order_names_what_there_is() -> None:
    here = ROOT / "triptych"
    there = {path.stem for path in here.glob("*.py")} | {path.parent.name for path in here.glob("*/__init__.py")}

    assert there - {"__init__"} == set(ORDER)


PAGE = '"""Draw."""\nfrom components.frame.navigation import require_app\nrequire_app()\n'

BAD = {
    "a page that defines a function": ("pages/x.py", PAGE + "def f(): pass"),
    "a page with a lambda": ("pages/x.py", PAGE + "f = lambda: 1"),
    "a page outside the frame": ("pages/x.py", '"""Draw."""\nimport streamlit as st\nst.title("x")'),
    "a page that names a session key": ("pages/x.py", PAGE + "st.session_state.x = 1"),
    "a page that opens pictures": ("pages/x.py", PAGE + "from PIL import Image"),
    "a page that imports a page": ("pages/x.py", PAGE + "import pages.edit"),
    "a page of 61 lines": ("pages/x.py", PAGE + "x = 1\n" * 58),
    "a component that calls the API": ("components/run/x.py", '"""X."""\nimport openai'),
    "a component that asks the database": ("components/run/x.py", '"""X."""\nfrom sqlalchemy.orm import Session'),
    "a component that names a session key": ("components/run/x.py", '"""X."""\nst.session_state["x"]'),
    "a session state without its name": ("components/run/x.py", '"""X."""\nfrom streamlit import session_state'),
    "a component that imports the server": ("components/run/x.py", '"""X."""\nimport server'),
    "a domain module that opens images": ("triptych/jobs.py", '"""X."""\nfrom PIL import Image\nImage.open("x")'),
    "a domain module that draws": ("triptych/masks.py", '"""X."""\nimport streamlit as st'),
    "a domain module that calls the API": ("triptych/pricing/images.py", '"""X."""\nfrom openai import OpenAI'),
    "a domain module that looks down": ("triptych/errors.py", '"""X."""\nfrom triptych import catalog'),
    "an import hidden in a function": ("triptych/errors.py", '"""X."""\ndef f():\n    import triptych.client'),
    "a file in a package that looks down": ("triptych/engine/app.py", '"""X."""\nfrom triptych.jobs import Job'),
    "a domain module that knows components": ("triptych/jobs.py", '"""X."""\nfrom components import session'),
    "a module without a place in the order": ("triptych/helpers.py", '"""X."""'),
    "a relative import": ("triptych/request.py", '"""X."""\nfrom . import catalog'),
    "an app that skips the navigation": ("app.py", '"""X."""\nfrom components import session'),
    "a server that draws pages": ("server.py", '"""X."""\nfrom components.run.gallery import gallery'),
    "a global": ("triptych/jobs.py", '"""X."""\ndef f():\n    global x\n    x = 1'),
    "raw HTML": ("components/run/x.py", '"""X."""\nst.markdown("<b>", unsafe_allow_html=True)'),
    "a module of 301 lines": ("components/run/x.py", '"""X."""\n' + "x = 1\n" * 300),
    "a function of 41 lines": ("triptych/jobs.py", '"""X."""\ndef f():\n' + "    x = 1\n" * 40),
    "an async function of 41 lines": ("triptych/jobs.py", '"""X."""\nasync def f():\n' + "    x = 1\n" * 40),
    "a module that does not say what it is for": ("triptych/jobs.py", "x = 1"),
}

GOOD = {
    "a page": ("pages/x.py", PAGE + "request = form()\nprice_tag(request)\n"),
    "the client": ("triptych/client.py", '"""X."""\nimport openai\nfrom triptych import errors'),
    "a file of the client": ("triptych/client/stream.py", '"""X."""\nimport openai'),
    "the command": ("triptych/cli.py", '"""X."""\nimport streamlit'),
    "files of one package": ("triptych/engine/app.py", '"""X."""\nfrom triptych.engine.palette import palette'),
    "the session": ("components/state/account.py", '"""X."""\nst.session_state["x"] = 1'),
    "the version": ("triptych/errors.py", '"""X."""\nfrom triptych import __version__'),
    "an empty marker": ("components/__init__.py", ""),
}


@pytest.mark.parametrize(("path", "source"), BAD.values(), ids=BAD)
def test_a_rule_catches(path: str, source: str) -> None:
    assert 1 == len(violations(path, source))


@pytest.mark.parametrize(("path", "source"), GOOD.values(), ids=GOOD)
def test_the_rules_allow(path: str, source: str) -> None:
    assert [] == violations(path, source)
