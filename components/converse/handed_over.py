"""What other pages sent here: an image that the first message of a new conversation changes."""

from components.converse.attached import change
from components.converse.tab_state import open_thread
from components.image.send_to import sent_to_converse


def take_up() -> None:
    """Begin with what was sent to this page, if anything was, before any of its widgets is drawn."""
    if sent := sent_to_converse():
        open_thread("")
        change(sent.image)
