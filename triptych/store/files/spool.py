"""Answers as they came: on the local disk before anything interprets them, and there until their images are saved."""

import logging
import os
import shutil
import threading
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from triptych.errors import NotSaved
from triptych.store.files import folder
from triptych.store.files.kept_answer import Answer, answer_of

log = logging.getLogger(__name__)

FOLDER = "spool"
SYNCS = 8  # files and folders that are seen onto the disk at a time, beside those that wait for it


@dataclass(frozen=True)
class Load:
    """How many answers are kept, how many bytes they take, and when the oldest was asked for (None: there is none)."""

    answers: int
    bytes: int
    oldest: datetime | None


class Spool:
    """A folder with a body and a small head for each answer: files 0600, the folder 0700, and one process at a time.

    It takes no more of the disk than it leaves free.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._busy: set[str] = set()  # what a run that this process follows may still put here
        self._lock = threading.RLock()
        self.syncs = ThreadPoolExecutor(SYNCS, "sync")

    def check(self) -> None:
        """Raise NotSaved where an answer could not be kept, before anything is paid for."""
        try:
            self._made()
            free, room = shutil.disk_usage(self.root).free, self.room()
        except OSError as error:
            raise NotSaved(f"The folder that keeps answers cannot be written: {error.strerror}.") from None
        if free < folder.SPARE:
            needed = f"{folder.SPARE >> 20} MB are needed"
            raise NotSaved(f"Only {free >> 20:,} MB are free on the disk that keeps answers; {needed}.")
        if room <= 0:
            raise NotSaved("The kept answers take half of the free disk. Read them again or remove them in History.")

    def answers(self, owner: str | None = None) -> tuple[Answer, ...]:
        """The ``owner``'s answers (None: everybody's) that no run of this process waits for, the oldest first."""
        with self._lock:
            busy = set(self._busy)
        found = (self.read(name) for name in self._names() if name not in busy)
        kept = (one for one in found if one and (owner is None or one.asked.owner == owner))
        return tuple(sorted(kept, key=lambda one: (one.sent, one.name)))

    def get(self, owner: str, name: str) -> Answer | None:
        """The ``owner``'s answer of this name."""
        return next((one for one in self.answers(owner) if one.name == name), None)

    def read(self, name: str) -> Answer | None:
        """The answer of this name, whoever waits for it; None where its head is damaged or not a byte of it came."""
        try:
            answer, body = answer_of(self.head(name).read_bytes()), self.body(name).stat()
            if answer is None:
                log.warning("the head of the kept answer %s cannot be read", name)
            elif body.st_size:
                took = max(body.st_mtime - answer.sent.timestamp(), 0.0)
                return replace(answer, weight=body.st_size, seconds=round(took, 2))
        except FileNotFoundError:
            return None
        except OSError as error:  # the disk is away
            log.warning("the kept answer %s cannot be read: %s", name, error)
        return None

    def data(self, answer: Answer) -> bytes:
        """The bytes as they came; raises KeyError where they are gone, or their disk is."""
        try:
            return self.body(answer.name).read_bytes()
        except OSError:
            raise KeyError(answer.name) from None

    def put(self, answer: Answer) -> None:
        """Write down how the answer stands; raises NotSaved."""
        head = self.head(answer.name)
        beside = head.with_name(f".{head.name}")
        try:
            with self._lock, os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(answer.to_json())
                file.flush()
                os.fsync(file.fileno())
                beside.replace(head)
        except OSError as error:
            raise NotSaved(f"An answer could not be kept: {error.strerror}.") from None

    def begin(self, answer: Answer) -> Path:
        """Make place for its bytes, in place of an earlier attempt's; raises NotSaved."""
        with self._lock:
            self._busy.add(answer.name)
        try:
            self._begun(answer)
        except OSError as error:
            raise NotSaved(f"An answer could not be kept: {error.strerror}.") from None
        return self.body(answer.name)

    def _begun(self, answer: Answer) -> None:
        """The head first: whatever bytes a crash leaves behind, it is known whose they are."""
        head = self.head(answer.name)
        try:
            handle = os.open(head, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except (FileNotFoundError, FileExistsError):
            self._made()
            self.remove(answer.name)
            handle = os.open(head, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, answer.to_json())
        finally:
            os.close(handle)

    def let_go(self, names: Collection[str]) -> None:
        """No run of this process waits for these any more."""
        with self._lock:
            self._busy -= set(names)

    def remove(self, name: str) -> None:
        """Remove an answer: its images are saved, or a person says so. Raises NotSaved where that cannot be done."""
        try:
            self.body(name).unlink(missing_ok=True)
            self.head(name).unlink(missing_ok=True)
        except OSError as error:
            raise NotSaved(f"A kept answer could not be removed: {error.strerror}.") from None

    def sweep(self) -> None:
        """Remove what a crash left of answers of which not a byte came."""
        try:
            with self._lock:
                for name in set(self._names()) - self._busy:
                    if not self.body(name).exists() or not self.body(name).stat().st_size:
                        self.remove(name)
                for path in self.root.glob(".*.json"):
                    path.unlink(missing_ok=True)
        except (OSError, NotSaved) as error:  # they stand in nobody's way
            log.warning("the folder of kept answers cannot be swept: %s", error)

    def hand_over(self, before: str, owner: str) -> None:
        """Give the answers of the owner ``before`` to ``owner``; raises NotSaved."""
        for answer in self.answers(before):
            self.put(replace(answer, asked=replace(answer.asked, owner=owner)))

    def files(self) -> Iterator[tuple[str, Path]]:
        """Every file as a name like ``spool/…`` and its path, for a backup."""
        for path in sorted(self.root.glob("[!.]*")):
            yield f"{FOLDER}/{path.name}", path

    def load(self) -> Load:
        """What is kept, of all owners, with what is being received."""
        names = self._names()
        known = [one.sent for name in names if (one := self.read(name))]
        return Load(len(names), self._used(), min(known, default=None))

    @contextmanager
    def synced(self, *paths: Path, at_once: bool = True) -> Iterator[None]:
        """See these onto the disk ``at_once``, beside what is done within; else, or at the interpreter's end, after it.

        A disk takes what it is given together in the time of one. Raises OSError.
        """
        ends: list[Callable[[], object]] = [partial(folder.sync, path) for path in paths]
        with suppress(RuntimeError):
            ends = [self.syncs.submit(end).result for end in ends] if at_once else ends
        yield
        for end in ends:
            end()

    def room(self) -> int:
        """Bytes that may still come: with them it takes half of what would be free without it. Raises OSError."""
        return (shutil.disk_usage(self.root).free - self._used()) // 2

    def head(self, name: str) -> Path:
        """The small file that says whose it is."""
        return self.root / f"{name}.json"

    def body(self, name: str) -> Path:
        """The file of its bytes."""
        return self.root / f"{name}.body"

    def _names(self) -> tuple[str, ...]:
        return tuple(path.stem for path in self.root.glob("[!.]*.json"))

    def _used(self) -> int:
        with suppress(OSError), os.scandir(self.root) as files:  # for each answer anew: anybody may put a file here
            return sum(map(_size, files))
        return 0

    def _made(self) -> None:
        if self.root.exists():
            return
        missing = [each for each in (self.root, *self.root.parents) if not each.exists()]
        for each in reversed(missing):  # one by one: mkdir gives its mode to the last one only
            each.mkdir(mode=0o700, exist_ok=True)


def _size(file: "os.DirEntry[str]") -> int:
    """Its bytes, none where it is gone: within a sum this takes a third less time than to suppress the error."""
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
