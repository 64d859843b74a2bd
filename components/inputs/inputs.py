"""The pictures to be edited: taking them in, their order, their bytes, and what a reload brings back."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from components.form.fields import ask_for, follow
from components.frame.news import tell
from components.image.protocol import Shown
from components.run.submit import on_stage
from components.state.account import session
from components.state.returning import Identity, returns
from components.state.runs import EDIT
from components.state.services import services
from components.state.tab import tab
from triptych.errors import BadFile, Refused
from triptych.inputs import MOST_IMAGES, Attachment, admit
from triptych.jobs import Job
from triptych.request import ImageRequest

MOST_TOGETHER = 200 << 20  # bytes of all inputs of a tab, which are in memory until they are sent


@returns
@dataclass(slots=True)
class Inputs:
    """What a tab keeps of the pictures to be edited."""

    held: tuple[Attachment, ...] = ()  # the one with the mask first
    files: dict[str, bytes] = field(default_factory=dict)  # by SHA-256, as far as the store may not have them
    of: str = ""  # the name of the tab when they were set or looked for last: a reload brings the tab's own name later
    uploads: int = 0  # how often files have been taken in: each time the uploader begins again, empty
    restored: Job | None = None  # the last edit, as long as they are what a reload brought back of it
    replaced: tuple[Attachment, ...] = ()  # what was brought back, and an upload has just taken the place of
    before: tuple[Attachment, ...] = ()  # what was edited until the last change took a picture of it away
    lost: dict[str, bytes] = field(default_factory=dict)  # the bytes of what it took away, as in ``files``
    waiting: ImageRequest | None = None  # the last edit, whose way of editing the Edit page has yet to take up

    @property
    def weight(self) -> int:
        """Bytes of the pictures."""
        return sum(one.weight for one in self.held)

    def again(self) -> "Inputs":
        """What is edited, for the tab after its reload; whether it is what the last edit was made of is seen there."""
        return Inputs(self.held, dict(self.files))

    def hold(self, order: tuple[Attachment, ...], restored: Job | None = None) -> None:
        """Have these be what is edited; the bytes of others are kept for Undo until the next change."""
        needed = {one.sha256 for one in order}
        takes_away = not set(self.held) <= set(order)
        self.before = self.held if takes_away else ()
        self.lost = {sha256: data for sha256, data in self.files.items() if sha256 not in needed} if takes_away else {}
        self.held, self.of = order, tab(Identity).name
        self.restored, self.replaced = restored, ()
        self.files = {sha256: data for sha256, data in self.files.items() if sha256 in needed}


def inputs() -> tuple[Attachment, ...]:
    """The pictures to be edited, the one with the mask first; after a reload those there were, else the last edit's."""
    kept = tab(Inputs)
    return _restored() if kept.of != tab(Identity).name else kept.held


def read(one: Attachment) -> bytes:
    """The bytes of an input. KeyError: gone."""
    held = tab(Inputs).files.get(one.sha256)
    return held if held is not None else services().store.attached(one.sha256, one.format, session().owner)


def take_in(files: Iterable[tuple[str, bytes]]) -> None:
    """Add pictures by name and bytes; what cannot be taken is said in words, and the others are kept."""
    troubles = [trouble for name, data in files if (trouble := _taken(name, data))]
    if troubles:
        tell(BadFile(" ".join(troubles)))


def upload(files: Iterable[tuple[str, bytes]]) -> None:
    """Take them in: in place of what a reload has brought back and nobody has touched since, else beside the others."""
    kept = tab(Inputs)
    before, job = inputs(), kept.restored
    if job is None or not _is_untouched(job):
        take_in(files)
        return
    kept.hold(())
    take_in(files)
    if kept.held:
        kept.replaced = before
    else:  # none could be taken
        kept.hold(before, job)


def keep_both() -> None:
    """Bring back what the last upload took the place of, before it."""
    kept = tab(Inputs)
    _set(tuple(dict.fromkeys((*kept.replaced, *kept.held)))[:MOST_IMAGES])


def undo() -> None:
    """Edit again what was edited before the last change took a picture away."""
    kept = tab(Inputs)
    _set(kept.before, dict(kept.lost))


def replace_first(data: bytes) -> None:
    """Make a picture the one that is edited, in place of the first. Raises BadFile."""
    one, clean = admit(data)
    others = tuple(each for each in inputs()[1:] if each.sha256 != one.sha256)
    _set((one, *others), {one.sha256: clean})


def continue_from(shown: Shown) -> None:
    """Edit a picture next, in place of the first; where it cannot be, say so."""
    try:
        replace_first(shown.original())
    except KeyError:
        tell(f"{shown.file_name} is missing.")
    except Refused as error:
        tell(error)


def only(data: bytes) -> None:
    """Make a picture the only one that is edited. Raises BadFile."""
    one, clean = admit(data)
    _set((one,), {one.sha256: clean})


def again(request: ImageRequest) -> int:
    """Edit what ``request`` was made of, as a person gave it, and paint its mask; how many of its pictures are still
    here.
    """
    given = _given(request)
    found = tuple(one for one in given if is_there(one))
    tab(Inputs).hold(found)
    if request.mask and not request.extension and found[:1] == given[:1]:
        _paint(found[0], request.mask, over=True)
    return len(found)


def come_back() -> ImageRequest | None:
    """The last edit, if a reload has just brought its inputs back, for who puts the rest of it right; once."""
    inputs()
    kept = tab(Inputs)
    found, kept.waiting = kept.waiting, None
    return found


def remove_missing() -> None:
    """Take out the pictures whose files are gone."""
    _set(tuple(one for one in inputs() if is_there(one)))


def remove(sha256: str) -> None:
    """Take a picture out."""
    _set(tuple(one for one in inputs() if one.sha256 != sha256))


def move(sha256: str, by: int) -> None:
    """Move a picture by so many places towards the end."""
    order = list(inputs())
    place = next((number for number, one in enumerate(order) if one.sha256 == sha256), None)
    if place is not None and 0 <= place + by < len(order):
        order.insert(place + by, order.pop(place))
        _set(tuple(order))


def _taken(name: str, data: bytes) -> str | None:
    """Add one picture at the end; why it cannot be added, else None."""
    held = inputs()
    if len(held) >= MOST_IMAGES:
        return f"{name} can't be added: an edit takes at most {MOST_IMAGES} images."
    if len(data) + sum(one.weight for one in held) > MOST_TOGETHER:
        return f"{name} can't be added: all images together may have {MOST_TOGETHER >> 20} MB."
    try:
        one, clean = admit(data)
    except Refused as error:
        return f"{name}: {error.message}"
    if one.sha256 not in {each.sha256 for each in held}:
        _set((*held, one), {one.sha256: clean})
    return None


def _set(order: tuple[Attachment, ...], files: dict[str, bytes] | None = None) -> None:
    before, held = inputs(), tab(Inputs)
    held.files.update(files or {})
    held.hold(order)
    if order and order[:1] != before[:1]:
        follow(order[0].width, order[0].height)


def _restored() -> tuple[Attachment, ...]:
    """Take in again what the last edit was made of, its size and what was painted; not over anything else."""
    job = on_stage(EDIT)
    given = _given(job.request) if job else ()
    found, kept = tuple(one for one in given if is_there(one)), tab(Inputs)
    if kept.held and kept.held != given:
        kept.of = tab(Identity).name
        return kept.held
    kept.hold(found, job if found else None)
    if job and found:
        kept.waiting = job.request
        if not job.request.extension:
            ask_for(job.request.size)
            if job.request.mask and found == given:
                _paint(found[0], job.request.mask, over=False)
    return found


def _given(request: ImageRequest) -> tuple[Attachment, ...]:
    """The pictures of an edit as a person gave them: of an extended one its original."""
    first = (request.extension.original,) if request.extension else request.images[:1]
    return (*first, *request.images[1:])


def _is_untouched(job: Job) -> bool:
    """Whether what is edited is as the reload brought it back of ``job``, and nothing was sent since."""
    from components.mask.easels import current_painting  # heavy, and Compare needs none of it
    from triptych.masks import decode

    newest = on_stage(EDIT)
    first, mask = tab(Inputs).held[0], job.request.mask
    if newest is None or newest.ticket != job.ticket:
        return False
    painting = current_painting(first)
    if mask is None or job.request.extension or painting.empty:
        return painting.empty
    return is_there(mask) and painting.paint().tobytes() == decode(read(mask), (first.width, first.height)).tobytes()


def _paint(first: Attachment, mask: Attachment, *, over: bool) -> None:
    """Paint the ``mask`` that was sent with ``first``; where something is painted already only if ``over`` it."""
    from components.mask.easels import current_painting, put_painting  # heavy, and Compare needs none of it
    from triptych.masks import decode
    from triptych.masks.painting import Painting

    if (over or current_painting(first).empty) and is_there(mask):
        try:
            put_painting(first, Painting.of(decode(read(mask), (first.width, first.height))))
        except Refused as error:
            tell(error)


def is_there(one: Attachment) -> bool:
    """Whether the bytes of an input are here."""
    return one.sha256 in tab(Inputs).files or services().store.holds(one, session().owner)
