"""The next turn of a thread as what is ordered of the studio."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from triptych.conversation.thread import Thread, Turn
from triptych.inputs import Attachment
from triptych.request import ImageRequest
from triptych.servers import Account
from triptych.studio import Order

PAGE = "converse"


@dataclass(frozen=True)
class Composed:
    """What to order for a turn, and what to say before it costs (``note``): how it differs from what one expects."""

    order: Order
    parent: str | None
    note: str | None = None


def compose(
    thread: Thread,
    branch: Sequence[Turn],
    message: str,
    settings: ImageRequest,
    account: Account,
    *,
    ticket: str,
    attachments: Sequence[Attachment] = (),
    mask: Attachment | None = None,
    base: Attachment | None = None,
    files: Mapping[str, bytes] | None = None,
    by_image: bool = False,
    any_price: bool = False,
) -> Composed:
    """The turn that says ``message`` after the last of ``branch`` (as `path` gives it; empty: the first turn).

    ``settings`` is what the sidebar holds: the image tool's parameters, and in its ``turn`` the text model, effort,
    rewriting, action and whether the tool is forced. ``attachments`` go in as images, after the pinned reference;
    ``files`` holds bytes that the store has not, by SHA-256. ``mask`` lies over ``base``, or over the branch's last
    image. ``by_image`` starts anew from the last image, as a thread that is too long, or that the server has forgotten,
    has to. Where the server stores nothing, has no Responses API, or another account answered before, it is the last
    image that goes in, and the note says so. Nothing is sent, and nothing is written: hand it to `Threads.add`.
    """
    raise NotImplementedError
