"""Files are sent while they are made, to their owner alone, from the address that a page shows."""

import gc
import http.client
import io
import itertools
import zipfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from streamlit.testing.v1 import AppTest

from components.frame import streamed
from components.frame.streamed import GONE, Offer, Pieces, offered
from components.state.services import Services
from server import BYTES_POLICY, Guard
from tests.logins import ISSUER, cookie, person, set_up
from tests.pages.batch_tab import column, opened, wrote
from tests.pages.compare_tab import compared
from tests.pages.history_tab import look, pick
from tests.pages.made import drawn
from tests.pages.tabs import press
from tests.serving import in_thread
from tests.test_server import ask
from triptych.errors import DatabaseDown, InvalidRequest

MB = 1 << 20
PATIENCE = 60.0  # seconds
BUFFERS = 32  # MB: more than two sockets and the server hold of what nobody has read yet


@pytest.fixture
def address(process: Services) -> Iterator[str]:
    """Where the downloads of this test are served, behind the same guard as the pages."""
    assert process
    streamed.begin("")
    with in_thread(Starlette(routes=[streamed.route("")], middleware=[Middleware(Guard)])) as found:
        yield found


def of(*pieces: bytes) -> Pieces:
    """A file of these pieces."""

    def made() -> Generator[bytes, None, None]:
        yield from pieces

    return made


def offer(pieces: Pieces, owner: str = "local", name: str = "foxes.zip") -> Offer:
    return offered(Offer(owner, name, pieces))


def path_of(one: Offer) -> str:
    return f"{streamed.PATH}{one.token}"


@contextmanager
def reading(address: str, one: Offer) -> Iterator[http.client.HTTPResponse]:
    """The answer to somebody who reads as slowly as they like, and leaves at the end."""
    url = urlsplit(address)
    connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=PATIENCE)
    connection.request("GET", path_of(one))
    try:
        with connection.getresponse() as answer:
            yield answer
    finally:
        connection.close()


def link(app: AppTest) -> str:
    """The address behind the page's only link to a file."""
    (found,) = [one.proto.url for one in app.get("link_button") if streamed.PATH in one.proto.url]
    return str(found)


def names(address: str, path: str) -> list[str]:
    """What is in the ZIP there, each entry read and its checksum looked at."""
    status, _, body = ask(address, path)
    assert 200 == status
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        return archive.namelist()


def test_the_images_of_a_batch_come_whole_with_sidecars_and_by_the_pattern(app: AppTest, address: str) -> None:
    press(wrote(opened(app), "a fox", "a hare", quality="low"))
    assert ["Done", "Done"] == column(app, "State")
    first = link(app)
    assert {"001-a-fox.png", "001-a-fox.json", "002-a-hare.png", "002-a-hare.json"} <= {*names(address, first)}

    app.text_input(key="batch_pattern").set_value("{prompt}").run()

    assert first == link(app)
    assert {"a-fox.png", "a-hare.json"} <= {*names(address, first)}
    _, headers, _ = ask(address, first)
    assert "attachment; filename*=utf-8''" in headers["content-disposition"]
    assert ".zip" in headers["content-disposition"]


def test_the_images_of_a_comparison_come_the_same_way(app: AppTest, address: str) -> None:
    press(compared(app))

    assert [".json", ".png"] == sorted({Path(name).suffix for name in names(address, link(app))})


def test_what_is_picked_in_history_comes_the_same_way(app: AppTest, process: Services, address: str) -> None:
    one, _ = drawn(process.store, "a red square", colour=1), drawn(process.store, "a blue square", colour=2)
    page = pick(look(app), one)

    found = names(address, link(page))

    assert 2 == len(found)
    assert all("red" in name for name in found)


def test_what_was_spent_comes_the_same_way_as_a_table(app: AppTest, process: Services, address: str) -> None:
    drawn(process.store, "a red square", dollars="0.02")
    app.switch_page("pages/spending.py").run()

    status, headers, body = ask(address, link(app))

    assert (200, "text/csv; charset=utf-8") == (status, headers["content-type"])
    assert "a red square" == body.decode("utf-8-sig").splitlines()[1].rpartition(",")[2]


def test_where_nobody_answers_the_button_hands_out_the_whole(app: AppTest) -> None:
    press(wrote(opened(app), "a fox", quality="low"))

    assert "Images as ZIP" in [one.proto.label for one in app.get("download_button")]
    assert not app.get("link_button")


def test_it_is_named_never_kept_and_runs_nothing(address: str) -> None:
    one = offer(of(b"PK", b"12"), name="Füchse 1.zip")

    status, headers, body = ask(address, path_of(one))

    assert (200, b"PK12") == (status, body)
    assert "attachment; filename*=utf-8''F%C3%BCchse%201.zip" == headers["content-disposition"]
    assert ("no-store", "no") == (headers["cache-control"], headers["x-accel-buffering"])
    assert "application/zip" == headers["content-type"]
    assert (BYTES_POLICY, "nosniff") == (headers["content-security-policy"], headers["x-content-type-options"])


def test_anothers_link_leads_nowhere(address: str, tmp_path: Path) -> None:
    ada, grown = offer(of(b"PK"), owner=f"{ISSUER}#ada"), offer(of(b"PK"))
    with set_up(tmp_path):
        own, others, strangers = (
            ask(address, path_of(ada), **headers)
            for headers in ({"Cookie": cookie(person())}, {"Cookie": cookie(person("bob"))}, {})
        )
        nobodys = ask(address, path_of(grown), Cookie=cookie(person()))

    assert (200, b"PK") == (own[0], own[2])
    assert (404, GONE.encode()) == (others[0], others[2]) == (nobodys[0], nobodys[2])
    assert (403, b"Log in first.") == (strangers[0], strangers[2])


def test_a_link_ends_with_its_tab(address: str) -> None:
    path = path_of(offer(of(b"PK")))
    gc.collect()

    assert 404 == ask(address, path)[0]


def test_a_foreign_host_is_refused_here_too(address: str) -> None:
    one = offer(of(b"PK"))

    assert 403 == ask(address, path_of(one), Host="rebound.example", Origin="http://evil.example")[0]


def test_a_reader_that_leaves_ends_it_and_no_more_is_made_than_is_read(address: str) -> None:
    ended, made = Event(), itertools.count()

    def endless() -> Generator[bytes, None, None]:
        try:
            while True:
                next(made)
                yield bytes(MB)
        finally:
            ended.set()

    one = offer(endless)
    with reading(address, one) as answer:
        assert 8 * MB == len(answer.read(8 * MB))
        assert not ended.is_set()

    assert ended.wait(PATIENCE)
    assert next(made) <= 8 + BUFFERS


def test_others_are_answered_while_a_piece_is_being_made(address: str) -> None:
    asked, go = Event(), Event()

    def slow() -> Generator[bytes, None, None]:
        yield b"PK"
        asked.set()
        assert go.wait(PATIENCE)
        yield b"12"

    one = offer(slow)
    with reading(address, one) as answer:
        assert asked.wait(PATIENCE)
        assert 404 == ask(address, f"{streamed.PATH}nothing")[0]
        go.set()
        assert b"PK12" == answer.read()


@pytest.mark.parametrize(
    ("error", "status"), [(InvalidRequest("A file name has no {sku}."), 409), (DatabaseDown("It is away."), 503)]
)
def test_what_cannot_begin_says_so_in_words(address: str, error: InvalidRequest | DatabaseDown, status: int) -> None:
    def refused() -> Generator[bytes, None, None]:
        raise error
        yield b""

    one = offer(refused)
    assert (status, error.message.encode()) == ask(address, path_of(one))[::2]


def test_what_breaks_in_the_middle_is_no_whole_file(address: str) -> None:
    def torn() -> Generator[bytes, None, None]:
        yield b"PK"
        raise DatabaseDown("It is away.")

    one = offer(torn)
    with reading(address, one) as answer, pytest.raises(http.client.IncompleteRead):
        answer.read()
