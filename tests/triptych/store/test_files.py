"""Bytes on disk: whole or absent, whatever fails and whenever the process is killed (TRUST.md D1, D2, D3, D6, F6)."""

import errno
import hashlib
import io
import os
import signal
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.triptych.client.raw import png
from tests.triptych.store.cradle import run
from tests.triptych.store.drawn import noted
from triptych.errors import NotSaved
from triptych.results import Picture
from triptych.store import Store
from triptych.store.files import folder as module
from triptych.store.files.images import Files

PICTURE = Picture(png(64), "png", 64, 64)
DIGEST = hashlib.sha256(PICTURE.data).hexdigest()
FACTS = noted(PICTURE, created="2026-11-23T10:00:00Z")
ERRORS = (errno.EIO, errno.ENOSPC, errno.EMFILE, errno.EACCES)
STEPS = ("mkdir", "open", "fdopen", "fsync", "rename", "stat", "close")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "images")


@contextmanager
def failing(root: Path, at: int, code: int) -> Iterator[list[str]]:
    """Let the ``at``-th step below ``root`` fail; gives the steps that were taken."""
    taken: list[str] = []
    real: dict[str, Callable[..., Any]] = {name: getattr(os, name) for name in STEPS}
    handles: set[int] = set()

    def step(name: str) -> Callable[..., Any]:
        def call(first: Any, *rest: Any, **more: Any) -> Any:
            ours = first in handles if isinstance(first, int) else str(first).startswith(str(root))
            if ours:
                taken.append(name)
                if len(taken) == at:
                    if name == "fdopen":
                        return Full(first, "wb")
                    if name == "close":
                        real["close"](first)
                    raise OSError(code, os.strerror(code))
            result = real[name](first, *rest, **more)
            if ours and name == "open":
                handles.add(result)
            return result

        return call

    for name in STEPS:
        setattr(os, name, step(name))
    try:
        yield taken
    finally:
        for name in STEPS:
            setattr(os, name, real[name])


class Full(io.FileIO):
    """A file on a full disk."""

    def write(self, _data: Any, /) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def kept(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_the_bytes_come_back_as_they_were(store: Store) -> None:
    stored = store.save(PICTURE)

    assert (DIGEST, "64x64", len(PICTURE.data)) == (stored.sha256, stored.size, stored.bytes)
    assert PICTURE.data == store.original(DIGEST, "png")


def test_the_same_bytes_are_kept_once(store: Store) -> None:
    store.save(PICTURE)
    store.save(PICTURE)

    assert 1 == len(kept(store.root))


@pytest.mark.parametrize("code", ERRORS, ids=errno.errorcode.get)
@pytest.mark.parametrize("noted", [False, True], ids=["picture", "sidecar"])
def test_whatever_step_fails_a_file_is_whole_or_absent(tmp_path: Path, code: int, *, noted: bool) -> None:
    def write(store: Store) -> None:
        if noted:
            store.note("t-0-0", FACTS)
        else:
            store.save(PICTURE)

    write(Store(tmp_path / "whole"))
    whole = kept(tmp_path / "whole")[0].read_bytes()
    for at in range(1, 100):
        store = Store(tmp_path / f"{at}")
        with failing(store.root, at, code) as taken, suppress(NotSaved):
            write(store)
        assert {whole} >= {path.read_bytes() for path in kept(store.root)}
        write(store)
        assert [whole] == [path.read_bytes() for path in kept(store.root)]
        if len(taken) < at:
            break

    assert {"mkdir", "open", "fdopen", "fsync", "rename"} <= set(taken)
    assert 8 <= at < 99


def test_files_and_folders_are_for_their_owner_only(store: Store) -> None:
    before = os.umask(0o022)
    try:
        store.save(PICTURE)
        store.note("t-0-0", FACTS)
    finally:
        os.umask(before)

    modes = {stat.S_IMODE(path.stat().st_mode) for path in (store.root, *store.root.rglob("*")) if path.is_dir()}
    assert {0o700} == modes
    assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in kept(store.root)}


@pytest.mark.parametrize("name", ["../../etc/passwd", "x" * 64, DIGEST.upper(), f"{DIGEST}/..", "", f"{DIGEST}\n"])
def test_a_name_that_is_no_digest_finds_nothing(store: Store, name: str) -> None:
    store.save(PICTURE)

    with pytest.raises(KeyError):
        store.original(name, "png")


def test_a_picture_that_is_gone_is_told(store: Store) -> None:
    with pytest.raises(KeyError):
        store.original(DIGEST, "png")


def test_a_full_disk_is_said_before_anything_is_paid_for(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SPARE", 1 << 62)

    with pytest.raises(NotSaved, match="are free on the image disk"):
        store.check()


def test_a_folder_that_is_a_file_is_said_before_anything_is_paid_for(tmp_path: Path) -> None:
    (tmp_path / "images").write_text("in the way")

    with pytest.raises(NotSaved, match="cannot be written"):
        Store(tmp_path / "images").check()


def test_checking_leaves_nothing_behind(store: Store) -> None:
    store.check()

    assert [] == kept(store.root)


WRITER = """
import sys, random
from datetime import UTC, datetime
from pathlib import Path
from tests.instants import Instants
from triptych.request import ImageRequest
from triptych.results import Picture
from triptych.sidecar import Sidecar
from triptych.store import Store
store, rng = Store(Path(sys.argv[1])), random.Random(int(sys.argv[2]))
at, asked = datetime(2026, 11, 23, 10, tzinfo=UTC), ImageRequest(model="gpt-image-2", prompt="a fox")
Instants(rng.randrange(1, 20_000))
while True:
    stored = store.save(Picture(rng.randbytes(rng.randrange(1, 400_000)), "png", 1, 1))
    told = Sidecar(sha256=stored.sha256, created=at, engine="demo", request=asked)
    store.note(f"{sys.argv[2]}-{stored.sha256}", told)
    print(stored.sha256, flush=True)
"""


def killed_while_writing(root: Path, seed: int) -> list[str]:
    """The digests a writer had reported when it was killed at a random instant."""
    ended = run(WRITER, str(root), str(seed))
    assert -signal.SIGKILL == ended.returncode
    return ended.stdout.split()


def torn(root: Path) -> list[Path]:
    """Files whose bytes are not what their name says; what was being written has a hidden name."""
    names = (path for path in (root / "originals").rglob("*") if path.is_file() and not path.name.startswith("."))
    return [path for path in names if hashlib.sha256(path.read_bytes()).hexdigest() != path.stem]


@pytest.mark.parametrize("kills", [4, pytest.param(200, marks=pytest.mark.trust)])
def test_a_process_killed_at_any_instant_loses_and_tears_nothing(tmp_path: Path, kills: int) -> None:
    reported = [digest for seed in range(kills) for digest in killed_while_writing(tmp_path, seed)]

    assert reported
    assert [] == torn(tmp_path)
    assert set(reported) <= {path.stem for path in (tmp_path / "originals").rglob("*.png")}
    assert len(set(reported)) <= len(list((tmp_path / "sidecars").rglob("[!.]*.json")))


def test_what_a_crash_left_half_done_is_put_in_order(tmp_path: Path) -> None:
    files = Files(tmp_path)
    whole, torn = b"a whole picture", b"half a pict"
    digest, other = hashlib.sha256(whole).hexdigest(), hashlib.sha256(b"half a picture").hexdigest()
    for name, data in ((digest, whole), (other, torn)):
        path = tmp_path / "originals" / name[:2] / f".{name}.png.x1y2"
        path.parent.mkdir(parents=True)
        path.write_bytes(data)

    assert ((0, 0), (1, 1)) == (files.tidy(), files.tidy(seconds=-1))

    assert [(f"originals/{digest[:2]}/{digest}.png", len(whole))] == list(files.place.names("originals"))
    assert [] == [path for path in tmp_path.rglob(".*") if path.is_file()]
