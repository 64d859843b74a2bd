"""Services of a house without any."""


def prepare() -> None:
    """There is nothing to import."""


def ready() -> list[str]:
    return ["The straw is wet."]


def drain(seconds: float) -> None:
    print(f"drained within {seconds:.0f} s", flush=True)  # noqa: T201 - the test reads it in the server's log
