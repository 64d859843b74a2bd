"""What a tab keeps of the conversation it has open: where it stands, and what goes with the next message."""

from dataclasses import dataclass, field

from components.state.account import session
from components.state.services import services
from components.state.tab import tab
from components.state.widgets import THREAD
from triptych.conversation import Composed, Thread, Turn
from triptych.errors import Refused
from triptych.inputs import Attachment
from triptych.request import Problem


@dataclass(slots=True)
class Next:
    """What goes with the next message beside its words.

    ``images`` are sent with it; ``base`` is the image that it changes in place of the branch's last, ``masked`` the one
    whose painting becomes its ``mask`` at the click. ``after`` is the id of the turn it answers in place of the
    branch's last ("": it begins the thread anew), None where it goes on. ``by_image`` begins anew from the last image.
    """

    images: tuple[Attachment, ...] = ()
    files: dict[str, bytes] = field(default_factory=dict)  # by SHA-256, what the store may not have
    base: Attachment | None = None
    masked: Attachment | None = None
    mask: Attachment | None = None
    after: str | None = None
    by_image: bool = False


@dataclass(slots=True)
class Talk:
    """The conversation of a tab. ``last`` holds by thread the id of the turn at the end of the branch that is shown."""

    next: Next = field(default_factory=Next)
    last: dict[str, str] = field(default_factory=dict)
    earlier: int = 0  # how many turns before the last few are shown
    removed: str = ""  # the id of the thread that was thrown away last
    linked: str = ""  # the id that the address names, as this tab wrote it
    imports: int = 0  # how often a file was imported: each time the field begins again, empty
    running: frozenset[str] = frozenset()  # the ids of the turns that ran as the page began, which then says so
    sent: Composed | None = None  # the turn that was sent last, until its run has ended
    before: Next = field(default_factory=Next)  # and what went with it
    refused: Refused | None = None  # why the last message was not sent
    problem: Problem | None = None  # what must be settled before it can be


def talk() -> Talk:
    """This tab's."""
    return tab(Talk)


def open_thread(id: str) -> None:  # noqa: A002 - the records' own word
    """Show that thread, "" for a new one; what was to go with a message stays behind. In a callback, or before it is
    drawn."""
    here = talk()
    THREAD.put(id)
    here.next, here.earlier, here.refused, here.problem = Next(), 0, None, None


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


def newest_below(turns: tuple[Turn, ...], id: str) -> str:  # noqa: A002
    """The id of the newest turn that goes on from this one, over however many; its own where none does."""
    below = {id}
    for turn in turns:  # a turn is older than what answers it
        if turn.parent in below:
            below.add(turn.id)
    return next(turn.id for turn in reversed(turns) if turn.id in below)
