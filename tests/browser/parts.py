"""What the browser asks of parts of a page, which a test keeps back from the server or loses on its way."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, WebSocketRoute
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


class Parts:
    """What the browser asks of parts of the page (``every``: of all of it), which can be kept back: it would stop their
    runs for the page's."""

    def __init__(self, page: Page, *, every: bool = False) -> None:
        self._every = every
        self.ended = 0
        self._first = b""
        self._kept: list[tuple[Callable[[bytes], None], bytes]] | None = None
        self._unheard: list[tuple[Callable[[bytes], None], bytes]] | None = None
        self._last: bytes | None = None
        self._lost: bytes | None = None
        page.route_web_socket(re.compile("/_stcore/stream"), self._connected)

    def _connected(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def up(message: str | bytes) -> None:
            said = message if isinstance(message, bytes) else message.encode()
            is_meant = self._every or BackMsg.FromString(said).rerun_script.fragment_id
            if self._kept is not None and is_meant and (self._kept or self._first in said):
                self._kept.append((server.send, said))
            else:
                server.send(message)

        def down(message: str | bytes) -> None:
            said = message if isinstance(message, bytes) else message.encode()
            if self._unheard is not None:
                self.ended += _ends(said)
                self._unheard.append((socket.send, said))
            elif not _says(said, self._lost):
                socket.send(message)
                if _says(said, self._last):
                    self.cover_ears()

        socket.on_message(up)
        server.on_message(down)

    def cover_ears(self) -> None:
        """From now on the browser hears nothing of the server; ``ended`` counts the runs whose end it has not heard."""
        self._last, self._unheard, self.ended = None, [], 0

    def cover_ears_after(self, words: bytes) -> None:
        """The same from the first message on that says this, which it still hears."""
        self._last = words

    def uncover_ears(self) -> None:
        """Let the browser hear the server again, and first what it has not heard."""
        unheard, self._unheard = self._unheard or [], None
        for send, said in unheard:
            send(said)

    def hear_a_run(self, words: bytes) -> None:
        """Let the browser hear what it has not heard, up to the end of the first run that says this."""
        unheard = self._unheard or []
        number = self._end(words)
        assert number is not None
        self._unheard = unheard[number:]
        for send, said in unheard[:number]:
            send(said)

    def has_ended(self, words: bytes) -> bool:
        """Whether a run that says this has come to its end, of which the browser has not heard."""
        return self._end(words) is not None

    def _end(self, words: bytes) -> int | None:
        """How many messages there are to that end."""
        has_said = False
        for number, (_, said) in enumerate(self._unheard or (), 1):
            has_said = has_said or _says(said, words)
            if has_said and _ends(said, whole=True):
                return number
        return None

    def lose(self, words: bytes) -> None:
        """From now on the browser hears nothing that says this, as where a later run of a part comes before it."""
        self._lost = words

    def keep_back(self, first: bytes = b"") -> None:
        """From now on the server hears nothing of them, or from the first one on that says this."""
        self._first, self._kept = first, []

    @property
    def waiting(self) -> int:
        """How many messages are kept back."""
        return len(self._kept or ())

    def forget(self) -> None:
        """Let the server hear of them again, but of none that was kept back."""
        self._kept = None

    def let_through(self, *, backwards: bool = False) -> None:
        """Let the server hear of them again, and first of those that were kept back, or of the last of these first."""
        kept, self._kept = self._kept or [], None
        for send, said in reversed(kept) if backwards else kept:
            send(said)


def _says(said: bytes, words: bytes | None) -> bool:
    """Whether the server says this; the style sheet, which names much of what may stand on a page, says nothing."""
    return words is not None and words in said and b"<style>" not in said


def _ends(said: bytes, *, whole: bool = False) -> bool:
    """Whether a run ends with this, and if ``whole`` one of the page that nothing has stopped."""
    message = ForwardMsg.FromString(said)
    return message.HasField("script_finished") and (
        not whole or message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
    )
