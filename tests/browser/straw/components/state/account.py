"""A tab that draws on the demo."""

from types import SimpleNamespace

from triptych.accounts import DEMO_ACCOUNT


def session() -> SimpleNamespace:
    return SimpleNamespace(account=DEMO_ACCOUNT)
