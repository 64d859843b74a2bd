"""One process holds the home folder, for as long as it lives and no longer."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from triptych.home import home_id, is_holder, locked

HOLDS = """
import sys, time
from pathlib import Path
from triptych.home import locked
lock = locked(Path(sys.argv[1]))
print("held" if lock else "taken", flush=True)
sys.stdin.read()
"""


def process(home: Path) -> "subprocess.Popen[str]":
    """Another process that holds the home folder, if it can, until it is ended."""
    command = [sys.executable, "-c", HOLDS, str(home)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def said(child: "subprocess.Popen[str]") -> str:
    assert child.stdout
    return child.stdout.readline().strip()


def test_a_home_held_by_another_process_is_free_as_soon_as_that_is_killed(tmp_path: Path) -> None:
    with process(tmp_path) as child:
        assert "held" == said(child)
        assert (None, False) == (locked(tmp_path), is_holder(tmp_path))

        child.send_signal(signal.SIGKILL)
        child.wait()

    lock = locked(tmp_path)
    assert lock is not None
    assert is_holder(tmp_path)
    lock.release()


def test_what_this_process_holds_no_other_one_gets_and_a_second_try_here_neither(tmp_path: Path) -> None:
    lock = locked(tmp_path)

    assert lock is not None
    assert locked(tmp_path) is None
    with process(tmp_path) as child:
        assert "taken" == said(child)
        child.communicate()
    assert is_holder(tmp_path)
    lock.release()


def test_a_child_that_is_forked_is_no_holder(tmp_path: Path) -> None:
    lock = locked(tmp_path)
    assert lock is not None

    (tmp_path / "lock.pid").write_text(str(os.getppid()))

    assert not is_holder(tmp_path)
    lock.release()


def test_files_of_the_lock_are_its_owners_alone(tmp_path: Path) -> None:
    lock = locked(tmp_path / "home")
    assert lock is not None

    assert 0o600 == (tmp_path / "home" / "lock").stat().st_mode & 0o777
    assert 0o700 == (tmp_path / "home").stat().st_mode & 0o777
    lock.release()


def test_a_home_has_one_name_as_long_as_it_lives_and_a_copy_another(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()

    assert home_id(first) == home_id(first)
    assert home_id(first) != home_id(second)
