"""What a visitor does on the Settings page, and what can be read of it."""

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from components.frame.notice import JOINER
from components.state.account import Connection
from tests.pages.kept import kept
from tests.serving import ROOT
from triptych.settings import settings

PATIENCE = 60.0  # seconds


def tab(page: str = "pages/settings.py") -> AppTest:
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE).switch_page(page).run()


def save(page: AppTest, **fields: str) -> AppTest:
    """Fill in what is given and press Save; the engine is chosen first, since the fields depend on it."""
    if engine := fields.pop("engine", None):
        page.button_group(key="engine").set_value(engine)
        page.run()
    for key, text in fields.items():
        (page.selectbox if key == "server_kind" else page.text_input)(key=key).set_value(text)
    return page.button(key="run").click().run()


def read(page: AppTest) -> AppTest:
    """Wait for the server's model list and draw the page with it."""
    if kept(page, Connection).reading:
        kept(page, Connection).reading.result(PATIENCE)
        page.run()
    return page


def words(page: AppTest) -> str:
    """Everything the page says, without the backslashes and joiners that keep Markdown out."""
    said = [element.value for kind in ("caption", "success", "error", "warning") for element in page.get(kind)]
    titles = [error.proto.title for error in page.error]
    return " ".join((*map(str, said), *titles)).replace("\\", "").replace(JOINER, "")


def engine_name(page: AppTest) -> str:
    shown = (caption.value.replace("\\", "") for caption in page.sidebar.caption)
    return next(value for value in shown if ":material/bolt:" in value)


def nodes(page: AppTest) -> Iterator[object]:
    """Every element and block of the page."""
    waiting = [page._tree]
    while waiting:
        node = waiting.pop()
        if hasattr(node, "children"):
            waiting.extend(node.children.values())
        if getattr(node, "proto", None) is not None:
            yield node


def environment(patch: pytest.MonkeyPatch, **variables: str) -> None:
    for name, value in variables.items():
        patch.setenv(name, value)
    settings.cache_clear()
