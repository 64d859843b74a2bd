"""A batch as files: its images with their sidecars, and its rows with what they came to."""

from triptych.batch.batch import Batch


def downloads(own: Batch) -> None:
    """Draw the menu of files; each is made when it is clicked."""
