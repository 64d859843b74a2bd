"""Which image the large view is open on."""

from dataclasses import dataclass

from components.state.tab import tab


@dataclass(slots=True)
class OpenImage:
    """The large view's image: number ``number``, from 0, of the run with this ticket, "" for none."""

    ticket: str = ""
    number: int = 0


def open_image(ticket: str, number: int) -> None:
    """Open the large view there."""
    tab(OpenImage).ticket, tab(OpenImage).number = ticket, number


def close_image() -> None:
    """Close the large view."""
    tab(OpenImage).ticket = ""
