"""A conversation about images: threads as trees of turns, and how the next turn is asked for."""

from triptych.conversation.composing import Composed, compose
from triptych.conversation.thread import Thread, Turn, path
from triptych.conversation.threads import Threads

__all__ = ["Composed", "Thread", "Threads", "Turn", "compose", "path"]
