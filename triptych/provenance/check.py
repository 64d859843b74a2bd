"""What OpenAI's check of a file answered: whether it found a signal of its own, C2PA or SynthID."""

from dataclasses import dataclass

NOT_DETECTED = (
    "No OpenAI signal was found. The image may still be OpenAI's (metadata stripped, watermark lost, an "
    "older model) or another company's AI. It does not show that a person made it."
)
STATES = {
    "trusted": "intact, from an issuer the server trusts",
    "valid": "intact, from an issuer the server does not vouch for",
    "invalid": "present, but not valid",
    "not_present": "not in the file",
}


@dataclass(frozen=True)
class Signal:
    """One result. ``state`` is that of a C2PA manifest, None for a watermark; what the server did not say is None."""

    kind: str
    detected: bool
    state: str | None = None
    issuer: str | None = None
    model: str | None = None
    generated_at: str | None = None

    @property
    def label(self) -> str:
        """ "C2PA" or "SynthID", or what else the server calls it."""
        return {"c2pa": "C2PA", "synthid": "SynthID"}.get(self.kind, self.kind)

    @property
    def answer(self) -> str:
        """In two words."""
        return "Detected" if self.detected else "Not detected"

    @property
    def why(self) -> str:
        """What was said of it, as a sentence or two."""
        told = [
            f"The manifest is {STATES.get(self.state, self.state)}." if self.state else "",
            f"Issuer: {self.issuer}." if self.issuer else "",
            f"Model: {self.model}." if self.model else "",
            f"Generated: {self.generated_at}." if self.generated_at else "",
            "" if self.detected else NOT_DETECTED,
        ]
        return " ".join(filter(None, told))


@dataclass(frozen=True)
class ServerCheck:
    """The results in the order in which they came, and the request they came by."""

    signals: tuple[Signal, ...]
    request_id: str | None = None
