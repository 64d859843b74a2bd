"""Threads and their turns in the records."""

from triptych.conversation.composing import Composed
from triptych.conversation.thread import Thread, Turn
from triptych.inputs import Attachment
from triptych.store import Store


class Threads:
    """The owners' threads; another's does not exist (KeyError). Raises DatabaseDown as the journal does."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def all(self, owner: str, words: str = "", *, trashed: bool = False) -> tuple[Thread, ...]:
        """The owner's threads, the one written to last first; with ``words``: those that have all of them in the name
        or in a message."""
        raise NotImplementedError

    def get(self, owner: str, id: str) -> Thread | None:  # noqa: A002
        """The owner's thread of that id, also one in the trash."""
        raise NotImplementedError

    def begin(self, owner: str, name: str = "") -> Thread:
        """A new thread. Without a name it takes the first message's first words."""
        raise NotImplementedError

    def rename(self, owner: str, id: str, name: str) -> None:  # noqa: A002
        """Call it ``name``."""
        raise NotImplementedError

    def trash(self, owner: str, id: str) -> None:  # noqa: A002
        """Throw it away; its images stay in history. `restore` brings it back."""
        raise NotImplementedError

    def restore(self, owner: str, id: str) -> None:  # noqa: A002
        """Take it out of the trash."""
        raise NotImplementedError

    def pin(self, owner: str, id: str, style: str, reference: Attachment | None) -> None:  # noqa: A002
        """Set the style line and the reference image that go with every turn; empty and None: there is none."""
        raise NotImplementedError

    def turns(self, thread: Thread) -> tuple[Turn, ...]:
        """All turns of all branches, the oldest first, each as its run stands now."""
        raise NotImplementedError

    def add(self, thread: Thread, composed: Composed) -> None:
        """Write the turn down, before its order is given to the runs. Doing it again with one ticket changes nothing.

        Raises Duplicate where the same words go on from the same turn already and have no answer yet: of two sends at
        once (two tabs, a double click) one is sent.
        """
        raise NotImplementedError

    def forget(self, thread: Thread, composed: Composed) -> None:
        """Take a turn back whose order was refused before its run began."""
        raise NotImplementedError

    def export(self, thread: Thread) -> bytes:
        """The thread as a ZIP: Markdown to read, its images bit for bit, and what `take_in` needs."""
        raise NotImplementedError

    def take_in(self, owner: str, data: bytes) -> Thread:
        """A new thread from such a ZIP; raises BadFile for any other. Nothing is paid for or sent."""
        raise NotImplementedError
