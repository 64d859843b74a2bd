"""What can go wrong, by what the user does next.

TriptychError
├── Refused                before anything was sent; nothing was paid
│   ├── InvalidRequest     change the request
│   │   └── InputMissing   add the image again
│   ├── InvalidSetting     change a setting (key, address, file)
│   ├── NotSaved           make room or make the folder writable
│   ├── Duplicate          look at the drawing this click began already
│   ├── OverBudget         wait for the cap to renew, or raise it
│   ├── UnknownPrice       say that an unknown price is fine, or choose another model
│   ├── SpentUnknown       rebuild or confirm what was spent
│   ├── DatabaseDown       bring the database back
│   ├── NotInstalled       install what is missing
│   ├── NotAdministrator   ask an administrator
│   └── BadFile            choose another file
│       └── BadSidecar     the same: a sidecar that does not fit
├── Rejected               the server answered no; nothing was drawn
│   ├── KeyRejected        change the key
│   ├── NotVerified        verify the organisation
│   ├── NotAllowed         ask for access
│   ├── ModelUnavailable   choose another model
│   ├── WrongAddress       change the server's address
│   │   └── NoResponsesApi the same; a turn is sent as an edit instead
│   ├── NothingStored      nothing; the turn is sent again as one that is not stored
│   ├── ThreadForgotten    send the image again
│   ├── ThreadTooLong      go on from the last image
│   ├── RequestRejected    change the request
│   ├── Blocked            change the prompt
│   │   └── PictureBlocked try again, or change the prompt; it may have been charged
│   ├── NoCredit           add credit
│   └── RateLimited        wait
├── Unreachable            nothing was sent; check address and network
├── ServerFailed           the server failed and said so; try again
├── OutcomeUnknown         it was sent and may have been charged
│   └── BadAnswer          an answer came that holds no picture
└── Cancelled              the user stopped it; it may have been charged
    └── NeverSent          the user stopped it before it was sent
        ├── GivenBack      another process has given its money back
        └── Interrupted    its process ended before it was sent; send it now
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar


@dataclass(eq=False)
class TriptychError(Exception):
    """Something went wrong and the user can do something about it.

    ``message`` says what happened, ``next_move`` what to do; neither ever holds a key. ``request_id`` is the
    server's ``x-request-id``, ``code`` its error code, ``status`` the HTTP status, each None where there is none.
    ``may_be_charged`` says whether the server may have billed the request.
    """

    message: str
    request_id: str | None = None
    code: str | None = None
    status: int | None = None
    param: str | None = None
    retry_after: float | None = None
    stage: str | None = None
    categories: tuple[str, ...] = ()

    next_move: ClassVar[str] = "Try again"
    link: ClassVar[str | None] = None
    may_be_charged: ClassVar[bool] = False

    def __str__(self) -> str:
        return f"{self.next_move}: {self.message}"


class Refused(TriptychError):
    """Nothing was sent."""


class InvalidRequest(Refused):
    """The request breaks a rule that is known here."""

    next_move = "Change the request"


class InputMissing(InvalidRequest):
    """The file of an image that goes with the request is gone."""

    next_move = "Add the image again"


class InvalidSetting(Refused):
    """A setting cannot be used as it is."""

    next_move = "Change the setting"


class NotSaved(Refused):
    """The disk would not take it."""

    next_move = "Make room or make the folder writable"


class Duplicate(Refused):
    """This ticket has been opened before; its drawing runs or has run."""

    next_move = "Look at the run you already started"


@dataclass(eq=False)
class OverBudget(Refused):
    """It would cost more than a cap leaves: the dollars ``left`` of it, and when it ``renews`` (None for a run's).

    Of several drawings the first ``fits`` would have fitted.
    """

    cap: str = ""
    left: Decimal = Decimal(0)
    renews: datetime | None = None
    fits: int = 0

    next_move: ClassVar[str] = "Wait for the cap to renew, or raise it"


class UnknownPrice(Refused):
    """What it costs cannot be known, so no cap can hold it."""

    next_move = "Run without a price estimate, or choose a priced model"


class SpentUnknown(Refused):
    """The record of what was spent is lost, so no cap can be kept."""

    next_move = "Rebuild spending from the images, or confirm it"


class DatabaseDown(Refused):
    """The records cannot be reached, or not by this version."""

    next_move = "Restore the database connection"


class NotInstalled(Refused):
    """What an optional package does cannot be done without it."""

    next_move = "Install what is missing"


class NotAdministrator(Refused):
    """It would change what belongs to everybody who shares the records."""

    next_move = "Ask an administrator"


class BadFile(Refused):
    """A file that was handed in cannot be taken, and nothing of it was."""

    next_move = "Choose another file"


class BadSidecar(BadFile):
    """A sidecar is none of ours, or is damaged; ``param`` is the part of it that does not fit."""

    def __init__(self, field: str) -> None:
        sentence = f"This sidecar is damaged or not one of Triptych's: its field “{field}” is not valid."
        super().__init__(sentence, param=field)


class Rejected(TriptychError):
    """The server answered no."""


class KeyRejected(Rejected):
    next_move = "Change the key in Settings"


class NotVerified(Rejected):
    next_move = "Verify your organization"
    link = "https://platform.openai.com/settings/organization/general"


class NotAllowed(Rejected):
    next_move = "Ask for access to this model"


class ModelUnavailable(Rejected):
    next_move = "Choose another model"


class WrongAddress(Rejected):
    """Something answered that is no Images API: no such page, or a redirect, which is not followed."""

    next_move = "Check the server's address in Settings"


class NoResponsesApi(WrongAddress):
    """The server has no Responses API: what it is sent is an edit, or a new image."""


class NothingStored(Rejected):
    """The server keeps no answers for this account: what it is sent must not ask for that."""


class ThreadForgotten(Rejected):
    """The server does not know the turn that this one goes on from: it is too old, or another key's."""

    next_move = "Send the last image again"


class ThreadTooLong(Rejected):
    """The thread is longer than what the text model can read."""

    next_move = "Go on from the last image"


class RequestRejected(Rejected):
    next_move = "Change the request"


class Blocked(Rejected):
    """Moderation said no to the prompt."""

    next_move = "Change the prompt"
    advice: ClassVar[str] = "The prompt was blocked. Reword it, or set moderation to low."


class PictureBlocked(Blocked):
    """Moderation said no to the picture that was drawn. Whether that is billed is not documented: it may be."""

    next_move = "Try again, or change the prompt"
    advice = "The image was blocked, not the prompt. Another try may pass."
    may_be_charged = True


class NoCredit(Rejected):
    next_move = "Add credit on the billing page"
    link = "https://platform.openai.com/settings/organization/billing/overview"


class RateLimited(Rejected):
    next_move = "Wait and try again"


class Unreachable(TriptychError):
    next_move = "Check the server's address and the network"


class ServerFailed(TriptychError):
    next_move = "Try again in a moment"


class OutcomeUnknown(TriptychError):
    """It was sent, no usable answer came; it is never sent again by itself."""

    next_move = "Check whether it was charged before trying again"
    may_be_charged = True


class BadAnswer(OutcomeUnknown):
    """An answer came, but it holds no picture."""


class Cancelled(TriptychError):
    next_move = "Run it again when you like"
    may_be_charged = True


class NeverSent(Cancelled):
    may_be_charged = False


class Interrupted(NeverSent):
    """Its process ended while it was queued. Nobody sends it unasked; by these words the records find it again."""

    next_move = "Send it when you like"


class GivenBack(NeverSent):
    """Its run is not this process's to send any more: another one took this one for gone, or this one is ending."""
