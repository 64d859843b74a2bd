"""What the text model understands of what is said, and what it answers."""

from dataclasses import dataclass

from triptych.engine.description import Description

DECLINED = "I'm sorry, but I can't help with that."
UNPAINTED = "The image was refused by the safety system, so there is none in this turn."


@dataclass(frozen=True)
class Heard:
    """What the text model hears."""

    said: str
    about: Description | None = None
    sees: bool = False
    masked: bool = False
    tool: bool = True
    forced: bool = False
    manner: str = ""


@dataclass(frozen=True)
class Reply:
    """What the text model answers, and the prompt of the image that it has painted, if any."""

    text: str
    prompt: str = ""
    about: Description | None = None


def replied(heard: Heard) -> Reply:
    """What it answers."""
    core = f"{heard.about.core}, {heard.said}" if heard.about else heard.said
    return Reply("Here it is.", core, Description(core, heard.about.root if heard.about else core))
