"""Who hears of each request while there is still time to write it down."""

from typing import Protocol


class Witness(Protocol):
    """Hears of a run's requests as they happen."""

    async def sending(self, part: int, attempt: int) -> None:
        """Called before the bytes go out; a TriptychError raised here keeps them from it."""

    def answering(self, part: int, request_id: str) -> None:
        """Called when the answer begins. Must not block."""

    def responding(self, part: int, response_id: str) -> None:
        """Called as soon as the id is known by which the answer can be fetched again. Must not block."""
