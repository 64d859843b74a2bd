"""The folder of kept answers: whole or clearly partial, one place an answer, nothing of it for anybody else."""

import json
import os
import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from triptych.client.spool import Head
from triptych.doctor import answers_kept
from triptych.errors import BadAnswer, Cancelled, NotSaved, RequestRejected
from triptych.request import ImageRequest
from triptych.store import Asked, Desk, Spool

ASKED = Asked(
    ticket="../t/1",
    owner="ann",
    page="generate",
    engine="like-openai@localhost",
    base_url="http://localhost/v1",
    server="like-openai",
    public_only=False,
    request=ImageRequest(model="gpt-image-2", prompt="a red square"),
)
HEAD = Head(200, "application/json", "req_1")
PATIENCE = 60.0  # seconds a test waits for anything


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


def received(spool: Spool, data: bytes = b"{}", part: int = 0, asked: Asked = ASKED) -> Desk:
    """An answer that came whole and that a run still waits for."""
    desk = Desk(spool, asked)
    body = desk.open(part, HEAD)
    body.write(data)
    body.close()
    return desk


def left(spool: Spool, data: bytes = b"{}", part: int = 0, asked: Asked = ASKED) -> None:
    """An answer whose run has ended and which could not be read."""
    desk = received(spool, data, part, asked)
    desk.failed(part, BadAnswer("It holds no image."))
    desk.leave({part})


def test_an_answer_is_known_by_its_ticket_and_part_whatever_text_the_ticket_is(spool: Spool) -> None:
    left(spool, b"some bytes")

    (answer,) = spool.answers("ann")
    assert (ASKED, 0, 200, "application/json", "req_1") == (
        answer.asked,
        answer.part,
        answer.status,
        answer.media_type,
        answer.request_id,
    )
    assert ("unreadable", "It holds no image.", (0,), 10) == (
        answer.state,
        answer.reason,
        answer.unsettled,
        answer.weight,
    )
    assert b"some bytes" == spool.data(answer)
    assert {spool.root} == {path.parent for _, path in spool.files()}


def test_an_answer_that_a_run_waits_for_is_nobody_elses_yet(spool: Spool) -> None:
    desk = received(spool)
    assert () == spool.answers()

    desk.leave(())

    assert 1 == len(spool.answers())


def test_what_a_process_leaves_behind_is_there_for_the_next(spool: Spool) -> None:
    body = Desk(spool, ASKED).open(0, HEAD)
    body.write(b'{"data": [')

    (answer,) = Spool(spool.root).answers("ann")

    assert ("coming", None, b'{"data": [') == (answer.state, answer.unsettled, Spool(spool.root).data(answer))
    body.close()


def test_a_head_without_a_byte_of_its_answer_is_swept_away(spool: Spool) -> None:
    body = Desk(spool, ASKED).open(0, HEAD)
    next_one = Spool(spool.root)
    assert () == next_one.answers()

    next_one.sweep()

    assert [] == list(next_one.files())
    body.close()


def test_a_later_attempts_answer_takes_a_former_ones_place(spool: Spool) -> None:
    desk = received(spool, b"first")
    desk.open(0, HEAD).close()
    assert [] == [path for _, path in spool.files() if path.stat().st_size == len(b"first")]

    body = desk.open(0, HEAD)
    body.write(b"second")
    body.close()
    desk.leave({0})

    assert [b"second"] == [spool.data(answer) for answer in spool.answers()]


def test_a_refusal_goes_and_a_cancelled_answer_is_read_once_more(spool: Spool) -> None:
    desk = received(spool)
    desk.failed(0, RequestRejected("No."))
    assert [] == list(spool.files())

    desk = received(spool)
    desk.failed(0, Cancelled("You stopped it."))
    desk.leave({0})

    assert ["cancelled"] == [answer.state for answer in spool.answers()]


def test_an_answer_that_would_take_more_than_its_share_is_not_kept_and_said_so(spool: Spool) -> None:
    left(spool, part=1)
    free = shutil.disk_usage(spool.root).free
    body = Desk(spool, ASKED).open(0, HEAD)
    with (spool.root / "other.body").open("wb") as file:
        file.truncate(2 * free)  # a hole: it takes no room, and counts
    late = Desk(spool, replace(ASKED, ticket="late")).open(0, HEAD)

    body.write(b"had room when it began")
    with pytest.raises(NotSaved, match="half of the free disk"):
        late.write(b"x")

    body.close()
    assert not late.is_safe
    assert {"ann"} == {answer.asked.owner for answer in Spool(spool.root).answers()}
    assert 2 == len(Spool(spool.root).answers())


@pytest.mark.parametrize(
    "change",
    [b"", b"[]", b"{", b'{"triptych": 2}', {"state": "lost"}, {"part": "0"}, {"asked": {}}, {"sent": "x"}, {"more": 1}],
    ids=str,
)
def test_a_damaged_head_hides_no_other_answer_and_is_counted(spool: Spool, change: bytes | dict[str, object]) -> None:
    left(spool)
    left(spool, part=1)
    (_, damaged) = spool.answers()
    told = json.loads(spool.head(damaged.name).read_bytes())
    spool.head(damaged.name).write_bytes(change if isinstance(change, bytes) else json.dumps(told | change).encode())

    assert [0] == [answer.part for answer in spool.answers()]
    assert 2 == spool.load().answers


def test_answers_go_with_their_owner_to_another_name(spool: Spool) -> None:
    left(spool)

    spool.hand_over("ann", "issuer ann")

    assert () == spool.answers("ann")
    assert 1 == len(spool.answers("issuer ann"))


def test_the_doctor_counts_what_is_kept(tmp_path: Path) -> None:
    assert "all answers are saved" in answers_kept(tmp_path).says
    left(Spool(tmp_path / "spool"), bytes(3 << 20))

    found = answers_kept(tmp_path)

    assert found.ok
    assert found.says.startswith("1 not saved or not readable, 3.1 MB, the oldest of 20")


def test_an_answer_its_head_and_its_folder_are_seen_onto_the_disk_at_once(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_three, fsync = threading.Barrier(3), os.fsync

    def together(handle: int) -> None:
        all_three.wait(PATIENCE)
        fsync(handle)

    body = Desk(spool, ASKED).open(0, HEAD)
    body.write(b"{}")
    monkeypatch.setattr(os, "fsync", together)
    body.close()

    assert body.is_safe


def test_an_answer_is_seen_onto_the_disk_while_the_interpreter_goes_down(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, fsync = list[os.stat_result](), os.fsync
    body = Desk(spool, ASKED).open(0, HEAD)
    body.write(b"{}")
    monkeypatch.setattr(os, "fsync", lambda handle: (seen.append(os.fstat(handle)), fsync(handle)))
    spool.syncs.shutdown()  # as the interpreter does it
    body.close()

    assert body.is_safe
    assert {path.stat().st_ino for path in (spool.root, *spool.root.iterdir())} == {one.st_ino for one in seen}


def test_an_answer_that_nobody_waits_for_is_seen_onto_the_disk_by_one_thread(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, fsync = list[tuple[int, int]](), os.fsync
    body = Desk(spool, ASKED, in_haste=False).open(0, HEAD)
    body.write(b"{}")
    here = threading.get_ident()
    monkeypatch.setattr(
        os, "fsync", lambda handle: (seen.append((os.fstat(handle).st_ino, threading.get_ident())), fsync(handle))
    )
    body.close()

    assert body.is_safe
    assert {(path.stat().st_ino, here) for path in (spool.root, *spool.root.iterdir())} == set(seen)


@pytest.mark.parametrize("broken", ["body", "json", "folder"])
def test_an_answer_of_which_a_part_is_not_on_the_disk_is_not_safe(
    spool: Spool, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    body, fsync = Desk(spool, ASKED).open(0, HEAD), os.fsync
    body.write(b"{}")
    (path,) = [spool.root] if broken == "folder" else spool.root.glob(f"*.{broken}")
    bad = path.stat().st_ino

    def fails(handle: int) -> None:
        if os.fstat(handle).st_ino == bad:
            raise OSError(5, "Input/output error")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", fails)
    body.close()

    assert not body.is_safe
