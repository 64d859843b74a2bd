"""What the browser asks of parts of a page, which a test keeps back from the server or loses on its way."""

import re
from collections.abc import Callable
from functools import partial

from playwright.sync_api import Page, WebSocketRoute
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


class Parts:
    """What the browser asks of parts of the page (``every``: of all of it), which can be kept back: it would stop their
    runs for the page's."""

    def __init__(self, page: Page, *, every: bool = False) -> None:
        self._every = every
        self.ended = 0
        self._kept: list[Callable[[], None]] | None = None
        self._unheard: list[Callable[[], None]] | None = None
        self._last: bytes | None = None
        self._lost: bytes | None = None
        page.route_web_socket(re.compile("/_stcore/stream"), self._connected)

    def _connected(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def up(message: str | bytes) -> None:
            asked = BackMsg.FromString(message if isinstance(message, bytes) else message.encode())
            if self._kept is not None and (self._every or asked.rerun_script.fragment_id):
                self._kept.append(partial(server.send, message))
            else:
                server.send(message)

        def down(message: str | bytes) -> None:
            said = message if isinstance(message, bytes) else message.encode()
            if self._unheard is not None:
                self.ended += ForwardMsg.FromString(said).HasField("script_finished")
                self._unheard.append(partial(socket.send, message))
            elif self._lost is None or self._lost not in said:
                socket.send(message)
                if self._last is not None and self._last in said:
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
        for send in unheard:
            send()

    def lose(self, words: bytes) -> None:
        """From now on the browser hears nothing that says this, as where a later run of a part comes before it."""
        self._lost = words

    def keep_back(self) -> None:
        """From now on the server hears nothing of them."""
        self._kept = []

    @property
    def waiting(self) -> int:
        """How many messages are kept back."""
        return len(self._kept or ())

    def forget(self) -> None:
        """Let the server hear of them again, but of none that was kept back."""
        self._kept = None

    def let_through(self) -> None:
        """Let the server hear of them again, and first of those that were kept back."""
        kept, self._kept = self._kept or [], None
        for send in kept:
            send()
