"""The empty pages Compare and Batch: one click makes what they show."""

from streamlit.testing.v1 import AppTest

from components.state.account import Connection
from tests.pages.batch_tab import column, opened
from tests.pages.compare_tab import sheet, states
from tests.pages.kept import kept
from tests.pages.tabs import has, label, press, ran, words
from triptych.engine.serve import Engine
from triptych.servers import LIKE_OPENAI, Account


def posts(engine: Engine) -> int:
    return sum(entry.method == "POST" for entry in engine.log)


def paying(app: AppTest, engine: Engine) -> None:
    kept(app, Connection).account = Account(engine.base_url, engine.token, server=LIKE_OPENAI, recognised=False)


def test_an_example_of_compare_is_one_click_on_the_demo_and_sends_nothing_where_it_is_charged(
    app: AppTest, engine: Engine
) -> None:
    ran(app.switch_page("pages/compare.py"))
    demo = kept(app, Connection).account
    paying(app, engine)
    press(ran(app), "compare_example")
    assert ["low", "medium"] == sheet(app)["columns"]
    assert (["missing"] * 4, 0) == (states(app), posts(engine))
    assert "4 images · about $0.12–0.14" in words(app)

    kept(app, Connection).account = demo
    press(ran(app), "compare_example")
    assert (["done"] * 4, 4) == (states(app), posts(engine))
    assert not has(app, "compare_example")  # the comparison came in its place


def test_an_example_of_batch_is_one_click_on_the_demo_and_sends_nothing_where_it_is_charged(
    app: AppTest, engine: Engine
) -> None:
    opened(app)
    demo = kept(app, Connection).account
    paying(app, engine)
    press(ran(app), "batch_example")
    assert "A fox, product photo, morning light" == column(app, "Prompt", "Quality")[0]
    assert label(app).startswith("Run batch · 4 rows · about $")
    assert "4 rows · about $0.16–0.21" in words(app)
    assert 0 == posts(engine)

    kept(app, Connection).account = demo
    press(ran(app), "batch_example")
    assert ["Done"] * 4 == column(app, "State")
    assert 4 == posts(engine)
    assert not has(app, "batch_example")  # the rows came in its place
