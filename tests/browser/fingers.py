"""Fingers on a touch screen, as the browser hears them: two at once, lifted, or taken away."""

from typing import Any

from playwright.sync_api import CDPSession, Page


class Fingers:
    """Fingers on the touch screen of a page, each at a point of it."""

    def __init__(self, page: Page) -> None:
        self.screen: CDPSession = page.context.new_cdp_session(page)

    def do(self, kind: str, *points: tuple[float, float]) -> None:
        """Touch, move or lift; ``points`` are where fingers are now."""
        touches: list[dict[str, Any]] = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        self.screen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
