"""Variations on the Edit page: by an edit in words, or by the endpoint that OpenAI retired where it is still served."""

import io

import pytest
from PIL import Image
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.testing.v1 import AppTest

from components.state.account import Connection
from components.state.services import Services
from tests.pages.edit_tab import edit, errors, look, newest, png, upload
from tests.pages.form import captions, chosen, warnings
from tests.pages.kept import kept
from tests.pages.tabs import read, save
from tests.posts import Form, Post
from triptych.engine.serve import Engine
from triptych.prompts import STRENGTHS

pytestmark = pytest.mark.usefixtures("framed")
SAID = "This server has the variations endpoint, so it is used"


class Lemonade:
    """ASGI middleware of the engine: lists a model as Lemonade does."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        listing = JSONResponse(
            {"object": "list", "data": [{"id": "SD-Turbo", "object": "model", "image_defaults": {}}]}
        )
        asked = scope["type"] == "http" and scope["path"] == "/v1/models"
        await (listing if asked else self.app)(scope, receive, send)


@pytest.fixture
def forms(engine: Engine) -> list[Form]:
    found: list[Form] = []
    engine.app.add_middleware(Post, forms=found)
    return found


@pytest.fixture
def lemonade(engine: Engine, forms: list[Form], app: AppTest) -> AppTest:
    """A tab that draws on a server which is recognised as Lemonade."""
    engine.app.add_middleware(Lemonade)
    settings = app.switch_page("pages/settings.py").run()
    page = read(save(settings, engine="compatible", base_url=engine.base_url, api_key=engine.token))
    assert "Lemonade" == kept(page, Connection).account.server.label
    return page


def posted(engine: Engine) -> list[str]:
    return [entry.path for entry in engine.log if entry.method == "POST"]


def test_a_server_that_still_has_the_endpoint_gets_one_square_png_and_its_picture_is_shown(
    lemonade: AppTest, engine: Engine, forms: list[Form], process: Services
) -> None:
    square = png((512, 512))
    tab = chosen(upload(look(lemonade), square), edit_mode="Variations")
    assert SAID in captions(tab)

    edit(tab, "")

    assert "" == errors(tab)
    assert ["/v1/images/variations"] == posted(engine)
    [form] = forms
    assert (square, {"prompt", "mask"} & set(form)) == (form["image"], set())
    stored = newest().stored
    assert stored
    drawn = Image.open(io.BytesIO(process.store.original(stored.sha256, stored.format)))
    assert ("PNG", drawn.width) == (drawn.format, drawn.height)
    assert "continue" in [button.key for button in tab.button]  # the result stands on the stage


def test_a_square_of_another_size_is_varied_at_a_size_that_the_endpoint_has(
    lemonade: AppTest, engine: Engine, forms: list[Form]
) -> None:
    tab = chosen(upload(look(lemonade), png((768, 768))), edit_mode="Variations")

    edit(tab, "")

    assert [] == warnings(tab)
    assert (["/v1/images/variations"], b"512x512") == (posted(engine), forms[0]["size"])


def test_a_picture_that_is_not_square_is_not_sent_there_and_said_so(lemonade: AppTest, engine: Engine) -> None:
    tab = chosen(upload(look(lemonade), png((768, 512))), edit_mode="Variations")

    assert "A variation is made from a square PNG; this is a png of 768x512." in warnings(tab)
    assert tab.button(key="run").disabled
    assert [] == posted(engine)


def test_on_the_demo_variations_are_an_edit_in_words(app: AppTest, engine: Engine, forms: list[Form]) -> None:
    tab = chosen(upload(look(app), png()), edit_mode="Variations")
    assert SAID not in captions(tab)

    edit(tab, "")

    assert ["/v1/images/edits"] == posted(engine)
    assert STRENGTHS["moderate"] == forms[0]["prompt"].decode()
