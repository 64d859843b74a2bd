"""Services of a house without any."""


def stop_sending() -> None:
    """There is nothing to send."""


def drain(seconds: float) -> None:
    print(f"drained within {seconds:.0f} s", flush=True)  # noqa: T201 - the test reads it in the server's log
