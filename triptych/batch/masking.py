"""Makes the masks that rows ask for, in a thread of its own: of a photo's subject it takes some 0.4 s."""

import logging
import threading
import weakref
from collections.abc import Mapping

from triptych.batch.images import Images, Pair, Wanted
from triptych.errors import Refused

log = logging.getLogger(__name__)
_one_at_a_time = threading.Lock()  # of all tabs: each mask takes a processor


class Masking:
    """Makes the ``wanted`` masks, into ``images``, from now until all are there or nobody holds this any more.

    What of them is refused may be asked for again: then `Images.make` says why.
    """

    def __init__(self, images: Images, wanted: Mapping[Pair, Wanted]) -> None:
        self.images = images
        self.wanted = dict(wanted)
        self.done = 0
        self.ended = threading.Event()
        thread = threading.Thread(
            target=_make_all, args=(weakref.ref(self), self.ended, tuple(self.wanted.values())), daemon=True
        )
        thread.start()

    @property
    def finds_subjects(self) -> bool:
        """Whether it looks for subjects, and not only scales a mask file."""
        return any(one.word for one in self.wanted.values())


def _make_all(masking: "weakref.ref[Masking]", ended: threading.Event, wanted: tuple[Wanted, ...]) -> None:
    try:
        for one in wanted:
            with _one_at_a_time:
                if (here := masking()) is None:
                    return
                try:
                    here.images.make(one)
                except Refused as refused:
                    log.info("a mask is not made: %s", refused)
                here.done += 1
                del here
    finally:
        ended.set()
