"""A process that sends rows as batches and is killed while it saves what came of them: `poller FOLDER URL TOKEN`."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from tests.triptych.batch.at_half import Process, mixed
from triptych.inputs import Attachment

DIES = 60  # when it is about to note so many images


class There:
    """The demo engine of the process that began this one."""

    def __init__(self, url: str, token: str) -> None:
        self.base_url = url
        self.token = token


def main(folder: Path, there: Any) -> None:
    """Send, follow, and die."""
    process = Process(folder, there)
    noted, finished = 0, process.store.journal.finished

    def dies(*arguments: Any) -> None:
        nonlocal noted
        noted += 1
        if noted == DIES:
            os.kill(os.getpid(), signal.SIGKILL)
        finished(*arguments)

    process.store.journal.finished = dies  # type: ignore[method-assign]
    data = (folder / "image").read_bytes()
    image = Attachment.of(data)
    process.submit(mixed(image), files={image.sha256: data})
    signal.pause()


if __name__ == "__main__":
    main(Path(sys.argv[1]), There(*sys.argv[2:]))
