"""A process that sends rows as batches and is killed in the middle: `poller WHEN FOLDER URL TOKEN`.

WHEN is "asked", once a batch has been made and before that is noted, or "saving", among the images that come of it.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from tests.triptych.batch.at_half import Process, mixed, rows
from triptych.client.batches import BatchApi
from triptych.inputs import Attachment

DIES = 60  # when it is about to note so many images


class There:
    """The demo engine of the process that began this one."""

    def __init__(self, url: str, token: str) -> None:
        self.base_url = url
        self.token = token


def die(*_: Any) -> None:
    """End as a process ends that is killed."""
    os.kill(os.getpid(), signal.SIGKILL)


def asked(process: Process) -> None:
    """Die as soon as the server has made a batch."""
    create = BatchApi.create

    async def dies(self: BatchApi, *arguments: Any) -> Any:
        die(await create(self, *arguments))

    BatchApi.create = dies  # type: ignore[method-assign]
    process.submit(rows(3))


def saving(process: Process, image: bytes) -> None:
    """Die among the images."""
    noted, finished = 0, process.store.journal.finished

    def dies(*arguments: Any) -> None:
        nonlocal noted
        noted += 1
        if noted == DIES:
            die()
        finished(*arguments)

    process.store.journal.finished = dies  # type: ignore[method-assign]
    one = Attachment.of(image)
    process.submit(mixed(one), files={one.sha256: image})


def main(when: str, folder: Path, there: Any) -> None:
    """Send, follow, and die."""
    process = Process(folder, there)
    asked(process) if when == "asked" else saving(process, (folder / "image").read_bytes())
    signal.pause()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), There(*sys.argv[3:]))
