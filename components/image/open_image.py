"""Which image a page has open, large or in its details: its address says it, so that Back closes it."""

from components.state.address import Address

OPEN = Address("image")  # the image's key


def open_image(key: str) -> None:
    """Open the image with this key."""
    OPEN.put(key)


def close_image() -> None:
    """Close it."""
    OPEN.put("")


def opened() -> str:
    """The key of the open image, "" for none."""
    return OPEN.value


def is_open(key: str) -> bool:
    """Whether the image with this key is open."""
    return OPEN.value == key
