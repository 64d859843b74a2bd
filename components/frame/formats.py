"""How money and time read everywhere."""

from decimal import Decimal

from triptych.ranges import Range, exactly

MINUTE, HOUR = 60, 3600  # seconds


def money(dollars: Decimal | Range[Decimal] | None) -> str:
    """Dollars as people read them: "$0.053", "$0.020–0.080", "$1.20", "price unknown"."""
    if dollars is None:
        return "price unknown"
    if isinstance(dollars, Range):
        low, high = _digits(dollars.low), _digits(dollars.high)
        return f"${low}" if low == high else f"${low}–{high}"
    return f"${_digits(dollars)}"


def span(seconds: Range[float]) -> str:
    """Seconds as a range: "10–30 s"."""
    low, high = seconds.low, seconds.high
    return f"{low:.0f}–{high:.0f} s" if round(low) != round(high) else f"{low:.0f} s"


def duration(seconds: Range[float]) -> str:
    """A long time as a range: "40–90 s", "30 s–2 min", "3–8 min", "1.5–4 h"."""
    low, high = seconds.low, seconds.high
    if low < MINUTE and high >= 2 * MINUTE:
        return f"{low:.0f} s–{duration(exactly(high))}"
    unit, name = (1, "s") if high < 2 * MINUTE else (MINUTE, "min") if high < 2 * HOUR else (HOUR, "h")
    first, last = (f"{end / unit:.0f}" if unit < HOUR else f"{end / unit:.1f}" for end in (low, high))
    return f"{first} {name}" if first == last else f"{first}–{last} {name}"


def _digits(dollars: Decimal) -> str:
    """Two digits after the point from a dime on, three below, so that a cheap tier is not $0.01 beside $0.01, and four
    below a tenth of a cent.
    """
    if dollars >= Decimal("0.1") or not dollars:
        return f"{dollars:.2f}"
    return f"{dollars:.3f}" if dollars >= Decimal("0.001") else f"{dollars:.4f}"
