"""What a tab keeps of the conversation it has open: where it stands, and what goes with the next message."""

from dataclasses import dataclass, field

from components.state.account import session
from components.state.services import services
from components.state.tab import tab
from components.state.widgets import THREAD
from triptych.conversation import Thread, Turn
from triptych.inputs import Attachment


@dataclass(slots=True)
class Next:
    """What goes with the next message beside its words.

    ``images`` are sent with it; ``base`` is the image that it changes in place of the branch's last, ``masked`` the one
    whose painting is its mask. ``after`` is the id of the turn it answers in place of the branch's last ("": it begins
    the thread anew), None where it goes on. ``by_image`` begins anew from the last image.
    """

    images: tuple[Attachment, ...] = ()
    files: dict[str, bytes] = field(default_factory=dict)  # by SHA-256, what the store may not have
    base: Attachment | None = None
    masked: Attachment | None = None
    after: str | None = None
    by_image: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether nothing but the words is sent."""
        return self == Next()


@dataclass(slots=True)
class Talk:
    """The conversation of a tab. ``last`` holds by thread the id of the turn at the end of the branch that is shown."""

    next: Next = field(default_factory=Next)
    last: dict[str, str] = field(default_factory=dict)
    earlier: int = 0  # how many turns before the last few are shown
    removed: str = ""  # the id of the thread that was thrown away last
    resent: tuple[str, str] = ("", "")  # the id of a turn that was taken back, and its words


def talk() -> Talk:
    """This tab's."""
    return tab(Talk)


def open_thread(id: str) -> None:  # noqa: A002 - the records' own word
    """Show that thread, "" for a new one; what was to go with a message stays behind. In a callback, or before it is
    drawn."""
    here = talk()
    THREAD.put(id)
    here.next, here.earlier = Next(), 0


def opened() -> Thread | None:
    """The open thread; None for one that has not begun, or is not the owner's."""
    if not THREAD.value or not services().begun:
        return None
    found = services().threads.get(session().owner, THREAD.value)
    return found if found and not found.trashed else None


def last_of(thread: Thread, turns: tuple[Turn, ...]) -> str | None:
    """The id of the turn at the end of the branch that is shown; the newest until another is chosen."""
    chosen = talk().last.get(thread.id)
    return chosen if chosen in {turn.id for turn in turns} else turns[-1].id if turns else None
