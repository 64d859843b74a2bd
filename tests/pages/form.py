"""What tests of the Generate page read from it and do to it."""

from typing import Any

from streamlit.testing.v1 import AppTest

from components.state.account import Connection
from tests.pages.kept import kept
from triptych.engine.serve import Engine
from triptych.parameters import PARAMETERS
from triptych.servers import Account

PATIENCE = 60.0
TODAY = "2026-11-23"
KINDS = ("selectbox", "button_group", "slider", "number_input", "text_input", "text_area", "toggle", "checkbox")
FORM = {"model", "size", *PARAMETERS} - {"stream"}


def chosen(app: AppTest, **widgets: Any) -> AppTest:
    for key, value in widgets.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    return app


def widgets(app: AppTest) -> dict[str, Any]:
    """The form's widgets by key."""
    found = {widget.key: widget for kind in KINDS for widget in app.get(kind)}
    return {key: widget for key, widget in found.items() if key in FORM | {"width", "height"}}


def options(app: AppTest, key: str) -> list[str]:
    widget = widgets(app)[key]
    return [getattr(option, "content", option) for option in widget.options]


def values(app: AppTest) -> dict[str, Any]:
    return {key: widget.value for key, widget in widgets(app).items()}


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def captions(app: AppTest) -> str:
    return "\n".join(caption.value for caption in app.caption).replace("\\", "")


def warnings(app: AppTest) -> list[str]:
    return [warning.value.replace("\\", "") for warning in app.warning]


def refusals(app: AppTest) -> list[tuple[str, str]]:
    return [(error.proto.title, error.value.replace("\\", "")) for error in app.error]


def press(app: AppTest, key: str = "run") -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def on(app: AppTest, engine: Engine, server: Any) -> AppTest:
    """The tab draws on a server of this kind."""
    kept(app, Connection).account = Account(engine.base_url, engine.token, server=server, recognised=False)
    app.run()
    assert not app.exception
    return app


def more(app: AppTest, number: int = 0) -> AppTest:
    """Open what else can be done with an image of the gallery, by its place, from 0."""
    large = [str(button.key) for button in app.button if str(button.key).startswith("enlarge_")]
    app.session_state[large[number].replace("enlarge", "more")] = True
    return app.run()
