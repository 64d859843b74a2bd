"""One picture of a drawing as the pages hand it around: its bytes, its names, what was asked and what was got."""

from collections.abc import Iterator
from dataclasses import dataclass

from components.state.services import services
from triptych import store
from triptych.inputs import format_of
from triptych.jobs import Job
from triptych.request import ImageRequest
from triptych.results import Picture
from triptych.store import Stored
from triptych.store.files.previews import MOST_OWN, is_its_own, is_whole
from triptych.studio import Piece, Saved

SQUARE = 1024  # pixels, the edges of an svg that names none


@dataclass(frozen=True)
class Pictured:
    """Picture number ``index`` of the answer ``saved`` of ``job``."""

    job: Job
    saved: Saved
    index: int

    @property
    def piece(self) -> Piece:
        """The picture as the studio gave it."""
        return self.saved.pieces[self.index]

    @property
    def key(self) -> str:
        """What makes the keys of its widgets unique."""
        return f"{self.job.ticket}_{self.saved.part}_{self.index}"

    @property
    def request(self) -> ImageRequest:
        """What was asked for in the call that brought it."""
        return self.job.request.parts()[self.saved.part]

    @property
    def asked(self) -> ImageRequest:
        """What was asked for, as the form had it."""
        return self.job.request

    @property
    def alt(self) -> str:
        """Its text for who does not see it: its prompt, cut at 100 characters."""
        return self.asked.prompt[:100]

    @property
    def sha256(self) -> str:
        """The SHA-256 of its bytes, in hex."""
        return self.piece.sidecar.sha256

    @property
    def format(self) -> str:
        """png, jpeg, webp, gif or svg, as its bytes say."""
        return self._kept.format

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height as its bytes say; a square where an svg names none."""
        return (self._kept.width or SQUARE, self._kept.height or SQUARE)

    @property
    def weight(self) -> int:
        """How many bytes it has."""
        return self._kept.bytes if isinstance(self._kept, Stored) else len(self._kept.data)

    @property
    def _kept(self) -> Stored | Picture:
        kept = self.piece.stored or self.piece.picture
        if kept is None:
            raise KeyError(self.sha256)
        return kept

    @property
    def media_type(self) -> str:
        """Like image/png."""
        return format_of(self.format).media_type

    @property
    def file_name(self) -> str:
        """The name under which it is downloaded."""
        return store.file_name(self.job.request.prompt, self.sha256, self.format)

    @property
    def sidecar_name(self) -> str:
        """The name of its sidecar."""
        return f"{self.file_name.rpartition('.')[0]}.json"

    def sidecar(self) -> str:
        """Its sidecar's text."""
        return store.sidecar_text(self.piece.sidecar)

    def original(self) -> bytes:
        """The bytes as they came, from disk or, where they could not be saved, from memory. KeyError: gone."""
        if isinstance(self._kept, Picture):
            return self._kept.data
        return services().store.original(self._kept.sha256, self._kept.format)

    def preview(self, edge: int = store.PREVIEW_EDGE) -> bytes:
        """A copy of at most ``edge`` pixels an edge for the page. KeyError: gone; ValueError: undecodable."""
        if isinstance(self._kept, Picture):
            return store.preview(self._kept.data, self._kept.format, edge)
        return services().store.preview(self._kept, edge)

    def own(self) -> bytes:
        """Its bytes where they are its own preview, which shows every pixel as it is; none where not, or gone."""
        if self.format not in {"png", "jpeg"} or self.weight > MOST_OWN:
            return b""
        try:
            data = self.original()
        except KeyError:
            return b""
        return data if is_its_own(data) else b""

    def full(self) -> bytes:
        """Its own bytes where the page can show them as they are, else a copy of its own size. Raises like preview."""
        data = self.original()
        if self.format in {"svg", "gif"} or (self.format in {"png", "jpeg"} and is_whole(data)):
            return data
        return self.preview(max(self.pixels))


def pictures(job: Job) -> Iterator[Pictured]:
    """Every picture of ``job`` that has come, in the order of the calls and their answers."""
    for saved in job.saved:
        for index in range(len(saved.pieces)):
            yield Pictured(job, saved, index)
