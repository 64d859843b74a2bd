"""Playwright's assertions about elements, looking often and describing the page once.

While what they wait for has not come, they look twice a second, and each look for an element that is not there writes
down all that the page holds, for the message of a failure. So a test stood still for a quarter of a second behind each
of its waits, and the page for what was written down. An assertion that has little time looks each tenth of a second:
here it has a second, again and again. Nothing public says either to it (Playwright 1.65).
"""

import time
from typing import Any, Literal

from playwright._impl.assertions import LocatorAssertions
from playwright._impl.errors import TimeoutError as DidNotCome
from playwright._impl.internal_structures import FrameExpectOptions, FrameExpectResult

State = Literal["attached", "detached", "hidden", "visible"]
# What says all of an assertion, and whether it is one that it is not so.
STATES: dict[tuple[str, bool], State] = {
    ("to.be.attached", False): "attached",
    ("to.be.attached", True): "detached",
    ("to.be.detached", False): "detached",
    ("to.be.visible", False): "visible",
    ("to.be.visible", True): "hidden",
    ("to.be.hidden", False): "hidden",
    ("to.be.hidden", True): "visible",
}
A_WHILE, AT_ONCE = 1000.0, 1.0  # milliseconds
_found = LocatorAssertions._call_expect


async def found(assertions: Any, expression: str, options: FrameExpectOptions, title: str | None) -> FrameExpectResult:
    """What an assertion of Playwright's finds within its time."""
    end = time.monotonic() + (options["timeout"] or 0) / 1000
    while True:
        left = max(1000 * (end - time.monotonic()), AT_ONCE)
        asked: FrameExpectOptions = {**options, "timeout": min(left, A_WHILE)}
        one = await _in_a_while(assertions, expression, asked, title)
        if one["matches"] != assertions._is_not or left <= A_WHILE:
            return one


async def _in_a_while(
    assertions: Any, expression: str, options: FrameExpectOptions, title: str | None
) -> FrameExpectResult:
    """What it finds in this time, once its element has come; of any number of them none has to."""
    if expression == "to.have.count" or expression.endswith(".array"):
        return await _found(assertions, expression, options, title)
    state = STATES.get((expression, assertions._is_not))
    try:
        await assertions._actual_locator.wait_for(options["timeout"], state or "attached")
    except DidNotCome:
        return await _found(assertions, expression, {**options, "timeout": AT_ONCE}, title)
    if state:
        return {"matches": not assertions._is_not}
    return await _found(assertions, expression, options, title)


def look_often() -> None:
    """Have every assertion of this process do so."""
    LocatorAssertions._call_expect = found  # type: ignore[assignment, method-assign]
