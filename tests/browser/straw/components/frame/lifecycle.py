"""The life of a house's process that has nothing to do."""


def prepare() -> None:
    """There is nothing to import."""


def ready() -> list[str]:
    return ["The straw is wet."]


def end_at_the_signal() -> None:
    """There is nothing to end."""
