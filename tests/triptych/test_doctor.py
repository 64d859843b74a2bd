"""What the doctor finds, and what it never says."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.serving import ROOT, answering, free_port
from tests.triptych.provenance.signing import Authority
from tests.triptych.store.drawn import entry
from triptych import cli
from triptych.doctor import Finding, examine
from triptych.store import Caps, Store
from triptych.store.db.tables import budgets
from triptych.store.ledger.books import recompute

CANARY = "sk-canary-0123456789abcdef"


def findings(monkeypatch: pytest.MonkeyPatch, **environment: str) -> dict[str, Finding]:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return {finding.topic: finding for finding in examine(ROOT)}


@contextmanager
def saying(status: int, body: bytes) -> Iterator[tuple[str, list[str | None]]]:
    """A server that always answers this; gives its address and the Authorization headers it was sent."""
    asked: list[str | None] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.headers["Authorization"])
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with answering(Handler) as address:
        yield f"{address}/v1", asked


def test_a_fresh_machine_is_well(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    found = findings(monkeypatch)

    assert [] == [str(finding) for finding in found.values() if not finding.ok]
    assert found["engine"].says.startswith("Demo (free, offline)")
    assert found["home"].says.startswith(f"{home} is writable")


def test_a_key_is_counted_and_never_shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with saying(200, b'{"data": [{"id": "gpt-image-2"}]}') as (address, asked):
        monkeypatch.setenv("OPENAI_API_KEY", CANARY)
        monkeypatch.setenv("OPENAI_BASE_URL", address)

        code = cli.main(["doctor"])

    output = "".join(capsys.readouterr())
    assert 0 == code
    assert f"set ({len(CANARY)} characters)" in output
    assert "answers and lists 1 model\n" in output
    assert "canary" not in output.replace(str(ROOT), "")
    assert [f"Bearer {CANARY}"] == asked


@pytest.mark.parametrize("key", [f"{CANARY}\nX-Evil: 1", f"{CANARY} {CANARY}", "sk-canary-ключ", "canary" * 200])
def test_a_key_that_cannot_be_one_is_broken_and_never_shown(
    key: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)

    code = cli.main(["doctor"])

    output = "".join(capsys.readouterr())
    assert 1 == code
    assert "OPENAI_API_KEY cannot be used" in output
    assert "canary" not in output.replace(str(ROOT), "")


def test_a_refused_key_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    with saying(401, b"{}") as (address, _):
        engine = findings(monkeypatch, OPENAI_API_KEY=CANARY, OPENAI_BASE_URL=address)["engine"]

    assert (False, f"{address} answers, but refuses the key (HTTP 401)") == (engine.ok, engine.says)


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (404, b"", "answers, but lists no models (HTTP 404)"),
        (307, b"", "answers, but lists no models (HTTP 307)"),
        (200, b"<html>", "answers and sends no model list"),
        (200, b"[]", "answers and sends no model list"),
    ],
)
def test_a_server_without_a_model_list_may_still_draw(
    monkeypatch: pytest.MonkeyPatch, status: int, body: bytes, says: str
) -> None:
    with saying(status, body) as (address, _):
        engine = findings(monkeypatch, OPENAI_BASE_URL=address)["engine"]

    assert (True, f"{address} {says}") == (engine.ok, engine.says)


def test_a_server_that_is_not_there_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = findings(monkeypatch, OPENAI_BASE_URL=f"http://127.0.0.1:{free_port()}/v1")["engine"]

    assert not engine.ok
    assert "cannot be reached" in engine.says


def test_an_address_that_is_none_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not findings(monkeypatch, OPENAI_BASE_URL="ftp://example.com")["engine"].ok


def test_a_home_that_cannot_be_written_is_broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    finding = findings(monkeypatch, TRIPTYCH_HOME=str(tmp_path / "file"))["home"]

    assert (False, True) == (finding.ok, "is not writable" in finding.says)


def test_the_list_of_known_issuers_is_counted_or_broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "trusted.pem"
    file.write_bytes(Authority().anchors * 2)
    assert "2 in TRIPTYCH_TRUST_LIST" == findings(monkeypatch, TRIPTYCH_TRUST_LIST=str(file))["issuers"].says

    file.write_bytes(b"none")

    assert not findings(monkeypatch)["issuers"].ok


def test_a_setting_out_of_range_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    finding = findings(monkeypatch, TRIPTYCH_MAX_CONCURRENCY="0")["settings"]

    assert (False, True) == (finding.ok, "max_concurrency" in finding.says)


def test_missing_pages_are_broken(tmp_path: Path) -> None:
    (pages,) = (finding for finding in examine(tmp_path) if finding.topic == "pages")

    assert not pages.ok


def test_the_kind_of_server_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = findings(monkeypatch, OPENAI_BASE_URL="http://127.0.0.1:9/v1", TRIPTYCH_SERVER_KIND="lemon")["engine"]

    assert (False, True) == (engine.ok, "TRIPTYCH_SERVER_KIND must be one of" in engine.says)


def test_the_server_is_asked_by_the_environments_own_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with saying(200, b'{"data": []}') as (proxy, asked):
        said = {"OPENAI_BASE_URL": "http://gateway.example/v1", "TRIPTYCH_PROXY": proxy.removesuffix("/v1")}
        engine = findings(monkeypatch, OPENAI_API_KEY=CANARY, **said)["engine"]

    assert (True, [f"Bearer {CANARY}"]) == (engine.ok, asked)
    assert "http://gateway.example/v1 answers and lists 0 models" == engine.says


def test_the_doctor_says_where_the_books_are_not_the_sum_of_the_runs(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    assert "no runs yet" == findings(monkeypatch)["books"].says
    assert not (home / "triptych.db").exists()
    store = Store(home / "images", caps=Caps())
    store.journal.open(entry("t"))
    store.journal.closed("t", "done", Decimal("0.015"))
    assert findings(monkeypatch)["books"].ok
    with store.database.write() as connection:
        connection.execute(update(budgets).where(budgets.c.kind == "run").values(spent=0, reserved=-20_000))

    found = findings(monkeypatch)["books"]

    assert not found.ok
    assert "the runs spent $0.015000 more, and hold $0.020000 more" in found.says
    with store.database.write() as connection:
        recompute(connection, store.caps)
    assert findings(monkeypatch)["books"].ok
    store.close()
