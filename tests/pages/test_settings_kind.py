"""What kind of server it is: recognised, said by the environment, or said right where recognising failed."""

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from components.state.account import Connection
from components.state.services import Services
from tests.pages.kept import kept
from tests.pages.servers import Stub, listing
from tests.pages.tabs import environment, read, save, tab, words
from triptych.servers import Account, Server

pytestmark = pytest.mark.usefixtures("framed")
MADE = 1677610602  # when LiteLLM says that all its models were made


@pytest.fixture
def unlisted() -> Iterator[Stub]:
    """A server without a model list."""
    with listing(status=404) as stub:
        yield stub


def account(page: AppTest) -> Account:
    found: Account = kept(page, Connection).account
    return found


def kind(page: AppTest) -> Server:
    return account(page).server


def asked(page: AppTest) -> bool:
    return "told_kind" in [box.key for box in page.selectbox]


def test_a_server_without_a_model_list_is_told_its_kind_right_there(process: Services, unlisted: Stub) -> None:
    page = read(save(tab(), engine="compatible", base_url=unlisted.base_url))

    told = page.selectbox(key="told_kind").set_value("localai").run()

    assert ("localai", False) == (kind(told).id, account(told).recognised)
    assert "Treated as LocalAI, as you chose." in words(told)
    assert "localai" == told.selectbox(key="server_kind").value


def test_a_kind_that_was_said_can_be_taken_back(process: Services, unlisted: Stub) -> None:
    page = read(save(tab(), engine="compatible", base_url=unlisted.base_url))

    page.selectbox(key="told_kind").set_value("litellm").run()
    page.selectbox(key="told_kind").set_value("").run()

    assert ("generic", True) == (kind(page).id, account(page).recognised)
    assert "as you chose" not in words(page)


def test_a_said_kind_stays_when_the_account_is_saved_again(process: Services, unlisted: Stub) -> None:
    page = read(save(tab(), engine="compatible", base_url=unlisted.base_url))
    page.selectbox(key="told_kind").set_value("litellm").run()

    page = read(save(page))

    assert "litellm" == kind(page).id


def test_a_server_whose_list_shows_what_it_is_is_not_asked_about(process: Services) -> None:
    with listing({"id": "paint", "object": "model", "created": MADE, "owned_by": "openai"}) as litellm:
        page = read(save(tab(), engine="compatible", base_url=litellm.base_url))

        assert "Kind of server: LiteLLM proxy, detected." in words(page)
        assert not asked(page)


def test_a_list_that_shows_nothing_brings_the_question(process: Services) -> None:
    with listing({"id": "mystery"}) as server:
        page = read(save(tab(), engine="compatible", base_url=server.base_url))

        assert "The kind of server could not be detected." in words(page)
        assert asked(page)


def test_litellm_is_recognised_by_the_headers_of_its_list(process: Services) -> None:
    with listing({"id": "gpt-image-2"}, headers={"x-litellm-version": "1.99.0"}) as server:
        page = read(save(tab(), engine="compatible", base_url=server.base_url))

        assert "LiteLLM proxy" == kind(page).label


def test_the_environment_says_the_kind(process: Services, unlisted: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    environment(monkeypatch, OPENAI_BASE_URL=unlisted.base_url, TRIPTYCH_SERVER_KIND="lemonade")

    page = read(tab())

    assert ("lemonade", False) == (kind(page).id, account(page).recognised)


def test_a_kind_that_is_none_is_told_on_the_page(
    process: Services, unlisted: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment(monkeypatch, OPENAI_BASE_URL=unlisted.base_url, TRIPTYCH_SERVER_KIND="lemon")

    page = tab()

    assert "TRIPTYCH_SERVER_KIND must be one of like-openai, azure, localai" in words(page)
