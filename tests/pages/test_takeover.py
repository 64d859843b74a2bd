"""What somebody made before owners were issuer and subject is offered to that person, and to nobody else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components.state.services import Services
from tests.logins import ISSUER, person, set_up
from tests.pages.made import drawn
from tests.serving import ROOT
from triptych.store import Query

PATIENCE = 60.0  # seconds
EMAIL = "ada@example.org"
OWNER = f"{ISSUER}#ada"


@pytest.fixture(autouse=True)
def login(tmp_path: Path, framed: None) -> Iterator[None]:
    """A login is set up, and every run draws the frame."""
    with set_up(tmp_path):
        yield


def tab(**user: object) -> AppTest:
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    page.user = user
    return page.run()


def is_offered(page: AppTest) -> bool:
    return "take_over" in {button.key for button in page.button}


@pytest.mark.parametrize("earlier", [EMAIL, f"{ISSUER} ada"])
def test_the_same_person_takes_them_over_and_is_asked_no_more(process: Services, earlier: str) -> None:
    drawn(process.store, "a red square", owner=earlier)
    page = tab(**person(email=EMAIL, email_verified=True))
    assert is_offered(page)

    page.button(key="take_over").click().run()

    assert not page.exception
    assert not is_offered(page)
    assert ["1 image is in your history\\."] == [toast.value for toast in page.toast]
    assert 1 == process.store.history.search(OWNER, Query()).total
    assert not is_offered(tab(**person(email=EMAIL, email_verified=True)))


NOT_THEIRS = {
    "an address that nobody verified": {"email": EMAIL},
    "somebody else's address": {"email": "bob@example.org", "email_verified": True},
    "the machine's name as an address": {"email": "local", "email_verified": True},
}


@pytest.mark.parametrize("claims", NOT_THEIRS.values(), ids=NOT_THEIRS)
def test_nobody_else_is_offered_them(process: Services, claims: dict[str, object]) -> None:
    drawn(process.store, owner=EMAIL)
    drawn(process.store, owner="local", colour=3)
    drawn(process.store, owner=f"{ISSUER} bob", colour=4)

    assert not is_offered(tab(**person(**claims)))
