"""What a visitor does on the Batch page, and what can be read of it."""

from typing import Any

from streamlit.testing.v1 import AppTest

from tests.pages.tabs import PATIENCE, ran
from tests.serving import ROOT


def opened(app: AppTest) -> AppTest:
    return ran(app.switch_page("pages/batch.py"))


def new_tab() -> AppTest:
    return opened(AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE).run())


def wrote(app: AppTest, *prompts: str, **widgets: Any) -> AppTest:
    """The page with these prompts, and these widgets."""
    app.text_area(key="prompts").set_value("\n".join(prompts))
    for name, value in widgets.items():
        app.session_state[name] = value
    return ran(app)


def column(app: AppTest, name: str, key: str = "State") -> list[Any]:
    """A column of the table on the page that has it beside ``key``."""
    frame = next(one.value for one in app.dataframe if {name, key} <= {*one.value.columns})
    return list(frame[name])
