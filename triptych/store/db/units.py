"""Dollars and times as the records keep them: whole millionths."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import ROUND_CEILING, Decimal
from zoneinfo import ZoneInfo

MILLION = 1_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micro(dollars: Decimal) -> int:
    """Millionths of a dollar, rounded up: a cap is a promise."""
    return int((dollars * MILLION).to_integral_value(ROUND_CEILING))


def micro_or_none(dollars: Decimal | None) -> int | None:
    """As `micro`, for an amount that may be unknown: None."""
    return None if dollars is None else micro(dollars)


def dollars(micros: int) -> Decimal:
    """Dollars of so many millionths, exactly."""
    return Decimal(micros).scaleb(-6)


def dollars_or_none(micros: int | None) -> Decimal | None:
    """As `dollars`, for an amount that may be unknown: None."""
    return None if micros is None else dollars(micros)


def stamp(when: datetime) -> int:
    """Millionths of a second since 1970 UTC; ``when`` knows its time zone."""
    return (when - EPOCH) // timedelta(microseconds=1)


def moment(stamped: int) -> datetime:
    """The UTC time of a stamp."""
    return EPOCH + timedelta(microseconds=stamped)


def now() -> datetime:
    """The UTC time it is."""
    return datetime.now(UTC)


def zone_of(name: str | None, when: datetime) -> tzinfo:
    """The named time zone, else this machine's as of ``when``."""
    return ZoneInfo(name) if name else when.astimezone().tzinfo or UTC


def renews(kind: str, when: datetime, zone: tzinfo) -> datetime | None:
    """When a day's or month's cap begins anew, at midnight of ``zone``; None for a run's, which never does."""
    today = when.astimezone(zone).date()
    if kind == "day":
        return _midnight(today + timedelta(days=1), zone)
    if kind == "month":
        return _midnight((today.replace(day=1) + timedelta(days=32)).replace(day=1), zone)
    return None


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
