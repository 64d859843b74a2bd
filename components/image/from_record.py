"""One picture of the history as the pages hand it around, like one just drawn."""

from dataclasses import dataclass

from components.image.derived import made_here
from components.state.services import services
from triptych import store
from triptych.inputs import format_of
from triptych.request import ImageRequest
from triptych.store import Record, Stored
from triptych.store.files.previews import is_whole
from triptych.store.sidecars import sidecar_of

SQUARE = 1024  # pixels, the edges of an svg that names none
THUMBNAIL = 384  # pixels, the longer edge of a picture among others


@dataclass(frozen=True)
class RecordImage:
    """The picture of ``record``, which has one."""

    record: Record

    @property
    def stored(self) -> Stored:
        """Where its bytes are. Raises KeyError for a drawing of which no picture came."""
        if self.record.stored is None:
            raise KeyError(self.record.id)
        return self.record.stored

    @property
    def key(self) -> str:
        """What makes the keys of its widgets unique."""
        return self.record.id

    @property
    def alt(self) -> str:
        """Its text for who does not see it: how it was made here, and its prompt, cut at 100 characters."""
        made, prompt = made_here(self.record), self.record.request.prompt
        words = f"{made}: {prompt}" if made and prompt else made or prompt
        return words[:100] or "An image without a prompt"

    @property
    def asked(self) -> ImageRequest:
        """What was asked for, as the form had it."""
        return self.record.request

    @property
    def sha256(self) -> str:
        """The SHA-256 of its bytes, in hex."""
        return self.stored.sha256

    @property
    def format(self) -> str:
        """png, jpeg, webp, gif or svg, as its bytes say."""
        return self.stored.format

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height as its bytes say; a square where an svg names none."""
        return (self.stored.width or SQUARE, self.stored.height or SQUARE)

    @property
    def media_type(self) -> str:
        """Like image/png."""
        return format_of(self.format).media_type

    @property
    def file_name(self) -> str:
        """The name under which it is downloaded."""
        return store.file_name(self.record.request.prompt, self.stored.sha256, self.format)

    @property
    def sidecar_name(self) -> str:
        """The name of its sidecar."""
        return f"{self.file_name.rpartition('.')[0]}.json"

    def sidecar(self) -> str:
        """Its sidecar's text."""
        return store.sidecar_text(sidecar_of(self.record))

    def original(self) -> bytes:
        """The bytes as they came. KeyError: gone."""
        return services().store.original(self.stored.sha256, self.format)

    def thumbnail(self) -> bytes:
        """A small copy for the page. KeyError: gone; ValueError: undecodable."""
        return services().store.preview(self.stored, THUMBNAIL)

    def full(self) -> bytes:
        """Its own bytes where the page can show them as they are, else a copy as large. Raises like thumbnail."""
        data = self.original()
        if self.format in {"svg", "gif"} or (self.format in {"png", "jpeg"} and is_whole(data)):
            return data
        return services().store.preview(self.stored, max(self.pixels))
