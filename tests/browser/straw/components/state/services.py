"""Services of a house without any."""


def drain(seconds: float) -> None:
    print(f"drained within {seconds:.0f} s", flush=True)  # noqa: T201 - the test reads it in the server's log
