"""A prompt in parts, and the one text that is made of them."""

from dataclasses import dataclass

LABELS = {"style": "Style", "mood": "Mood", "technical": "Technical", "exclusions": "Leave out"}


@dataclass(frozen=True)
class PromptParts:
    """What the picture shows, how it looks and feels, camera or medium, and what must not be in it."""

    subject: str = ""
    style: str = ""
    mood: str = ""
    technical: str = ""
    exclusions: str = ""

    def text(self) -> str:
        """The parts as one prompt: the subject as it is, then each other part as a sentence under its name."""
        named = [
            f"{label}: {sentence(part)}" for name, label in LABELS.items() if (part := getattr(self, name).strip())
        ]
        subject = self.subject.strip()
        return " ".join([sentence(subject), *named] if subject and named else [subject, *named]).strip()


def sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?", "…")) else f"{text.rstrip(',;:')}."
