"""What a visitor does on the Compare page, and what can be read of it."""

import json
from typing import Any

from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.testing.v1 import AppTest

from tests.pages.tabs import nodes, ran

PROMPT = "a red square"
TWO = ("gpt-image-2", "gpt-image-2.5-flare")


def compared(app: AppTest, **widgets: Any) -> AppTest:
    """The Compare page with these widgets; two models at low unless others are named."""
    chosen = {"prompt": PROMPT, "compare_values_model": list(TWO), "compare_values_quality": ["low"]} | widgets
    if "compare_vary" not in app.session_state:
        app.switch_page("pages/compare.py").run()
    for name, value in chosen.items():
        app.session_state[name] = value
    return ran(app)


def table(app: AppTest) -> Any:
    """The table of pictures as the page sends it."""
    protos = (getattr(node, "proto", None) for node in nodes(app))
    return next(proto for proto in protos if getattr(proto, "component_name", "").endswith("compare_matrix"))


def sheet(app: AppTest) -> dict[str, Any]:
    """What it shows."""
    return dict(json.loads(table(app).json))


def shots(app: AppTest) -> list[dict[str, Any]]:
    """Its places, row by row."""
    return [shot for row in sheet(app)["cells"] for cell in row for shot in cell]


def states(app: AppTest) -> list[str]:
    return [str(shot["state"]) for shot in shots(app)]


def act(app: AppTest, what: str, key: str) -> AppTest:
    """Click in the table of pictures: what its script then sends, of which AppTest knows nothing."""
    states = app._tree.get_widget_states()
    told = {"event": "act", "value": {"what": what, "key": key}}
    states.widgets.add(id=_make_trigger_id(table(app).id, "events"), json_trigger_value=json.dumps([told]))
    app._run(states)
    assert not app.exception
    return app
