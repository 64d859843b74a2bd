"""A day that does not pass, for tests of what depends on the date: models are shut down while tests go on."""

from datetime import UTC, datetime, tzinfo

import pytest


def stop_at(patch: pytest.MonkeyPatch, day: str, *modules: str) -> None:
    """Let the modules, which import `datetime` by name, see noon of `day` (like 2026-11-23, UTC)."""

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC).astimezone(tz)

    for module in modules:
        patch.setattr(f"{module}.datetime", Stopped)
