"""What stands under an image of the demo: the things of the prompt that it could not draw."""

from streamlit.testing.v1 import AppTest

from components.state.account import Connection
from components.state.services import Services
from tests.pages.kept import kept
from tests.pages.test_generate_gallery import draw, texts
from triptych.engine.serve import Engine
from triptych.servers import LIKE_OPENAI, Account


def test_the_demo_says_under_the_image_what_it_does_not_know(app: AppTest, process: Services) -> None:
    draw(app, process, "a snail beside a teapot")

    assert "The demo does not know “snail”; it knows lighthouse, fox, teapot" in texts(app)


def test_another_server_is_never_said_to_know_less(app: AppTest, process: Services, engine: Engine) -> None:
    kept(app, Connection).account = Account(engine.base_url, engine.token, server=LIKE_OPENAI, recognised=False)

    draw(app, process, "a snail beside a teapot")

    assert "does not know" not in texts(app)
