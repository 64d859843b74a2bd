"""The demo's text model: what it understands of what is said, and what it answers. It reads by rules."""

import re
from dataclasses import dataclass, replace

from triptych.engine.changes import understood
from triptych.engine.clauses import bared, clauses, listed, one_of
from triptych.engine.description import Description
from triptych.engine.glossary import in_english
from triptych.engine.rewriting import rewritten
from triptych.engine.words import Brief, read

LISTENED = 2000  # characters of a change
LONG = 100  # characters of a prompt that is said again
HOURS = {"night": "at night", "dusk": "at dusk", "dawn": "at dawn", "storm": "in a storm"}
DECLINED = "I'm sorry, but I can't help with that."
UNPAINTED = "The safety system refused the image, so this turn has none."
ABLE = (
    "I am the demo's text model and understand simple wishes: “a fox on a hill at dusk” for a first image, and then, "
    "for example, “make the sky violet”, “add a boat”, “remove the fox”, “two foxes instead”, “the same at night” or "
    "“in watercolour”."
)
UNKNOWN = "I see only the pixels of this image, and not what is in it"
PIXELS = "mark a part of it, or ask for another hour, another style, or something more in it."
YOU = "(?:do|does|did) (?:you|we|i|it|they|the)"
WHAT = one_of("what who why how where when which is are was were describe explain", "tell me", YOU)
ASKING = re.compile(rf"^{WHAT}\b(?! about)", re.IGNORECASE)
HELLO = one_of(
    "hi hello hey thanks? cheers great nice lovely wow okay ok bye", "good (?:morning|evening|day)|thank you"
)
GREETING = re.compile(rf"^{HELLO}\b[\s!.,]*(?:you|there|very much|so much|again)?[\s!.]*$", re.IGNORECASE)
OPENING = re.compile(r"^(?:hi|hello|hey|good)\b", re.IGNORECASE)
PAINTING = one_of(
    "draw paint create generate imagine sketch",
    "show me|an? (?:new )?(?:image|picture|drawing|photo|painting) of",
)
NEW = re.compile(rf"^(?:now )?{PAINTING}\s+(.+)$", re.IGNORECASE | re.DOTALL)
REWRITING = re.compile(r"\brewrite\b.*\bprompt\b", re.IGNORECASE)
VERBATIM = re.compile(r"\b(?:unchanged|verbatim|word for word)\b", re.IGNORECASE)
BEGUN = re.compile(r"^(?:add|put|make(?: me)?|give me|i want|i need)\s+(.+)$", re.IGNORECASE | re.DOTALL)
BY_IT = one_of("it too also beside behind there left right add", "as well|next to|in front of|(?:fore|back)ground")
HERE = re.compile(rf"\b{BY_IT}\b", re.IGNORECASE)
ANEW = one_of(
    "anew",
    "from scratch|start over|something else|(?:a new|another) (?:image|picture|scene)",
    "forget (?:it|everything)",
)
FRESH = re.compile(rf"\b{ANEW}\b", re.IGNORECASE)


@dataclass(frozen=True)
class Heard:
    """What the text model hears: what is `said`, and what the image that it should change is `about`.

    `sees` is whether there is such an image, `masked` whether a part of it is marked, `tool` whether it may paint at
    all, `forced` whether it must, and `manner` what the instructions of the turn say.
    """

    said: str
    about: Description | None = None
    sees: bool = False
    masked: bool = False
    tool: bool = True
    forced: bool = False
    manner: str = ""


@dataclass(frozen=True)
class Reply:
    """What the text model answers, and the prompt of the image that it has painted, empty where it makes none.

    `revised` is the prompt that it says it has handed on: the user's own words where the instructions ask for those.
    """

    text: str
    prompt: str = ""
    about: Description | None = None
    revised: str = ""


def replied(heard: Heard) -> Reply:
    """The answer to what was said."""
    if not heard.tool and REWRITING.search(heard.manner):
        return Reply(rewritten(heard.said.strip()))
    reply = _replied(heard)
    return replace(reply, revised=heard.said if reply.prompt and VERBATIM.search(heard.manner) else reply.prompt)


def _replied(heard: Heard) -> Reply:
    said = in_english(heard.said.strip())
    if not heard.forced:
        if not said:
            return Reply("What shall I do with it?" if heard.sees else ABLE)
        if talk := _talked(said, heard):
            return Reply(talk)
    if not heard.tool:
        return Reply("I can only talk here: this turn was sent without the image tool.")
    if heard.masked:
        return Reply("I changed only the part that you marked.", bared(said) or said)
    if not heard.sees:
        return _begun(said, heard)
    return _changed(said, heard)


def _talked(said: str, heard: Heard) -> str:
    """An answer in words alone; empty where something is wished for."""
    if GREETING.match(said):
        opening = "Hello!" if OPENING.match(said) else "You are welcome."
        return f"{opening} {'What shall I change next?' if heard.sees else ABLE}"
    if ASKING.match(bared(said)):
        return f"The image shows {heard.about}." if heard.about else f"{UNKNOWN}." if heard.sees else ABLE
    return ""


def _begun(said: str, heard: Heard) -> Reply:
    """A first image."""
    core = bared(said)
    if hit := NEW.match(core) or BEGUN.match(core):
        core = bared(hit[1])
    if read(core) == Brief() and not heard.forced:
        return Reply(f"I do not know how to paint “{core}”, so I made no image. {ABLE}")
    return _painted(
        Description.of(core or "an abstract composition"),
        f"Here is {_amid(core)}." if len(core) <= LONG else "Here it is.",
        heard,
    )


def _amid(words: str) -> str:
    """Words as they stand amid a sentence: an article with which they begin is no longer its first word."""
    first, space, rest = words.partition(" ")
    return f"{first.lower()}{space}{rest}" if first in {"A", "An", "The", "Some"} else words


def _changed(said: str, heard: Heard) -> Reply:
    """The image once more, with what was wished for."""
    before = heard.about or Description("")
    if heard.about and _anew(said, heard.about):
        return _begun(FRESH.sub("", said), heard)
    scene, notes, missed = _stepped(said[:LISTENED], before)
    missed += [f"I read only the first {LISTENED:,} characters"] if len(said) > LISTENED else []
    left = f" {sentence(missed)}, so I left that as it was." if missed else ""
    text = f"{sentence(['now ' + notes[0], *notes[1:]])}.{left}" if notes else ""
    if not heard.about:
        return _over(scene, text, heard)
    if notes:
        return _painted(scene if scene is before.earlier else replace(scene, earlier=before), text, heard)
    if heard.forced:
        core = ", ".join(part for part in (scene.core, bared(said)) if part)
        return _painted(replace(scene, core=core, earlier=before), "Here it is.", heard)
    return Reply(f"{sentence(missed) or 'There was nothing to change'}, so I made no image.")


def _anew(said: str, scene: Description) -> bool:
    """Whether another image is wished for, and not this one with a change."""
    if FRESH.search(said):
        return read(said) != Brief()
    hit = NEW.match(bared(said))
    things = read(hit[1]).things if hit else ()
    return bool(things) and not HERE.search(said) and not any(scene.has(one.name) for one in things)


def _stepped(said: str, scene: Description) -> tuple[Description, list[str], list[str]]:
    """The scene after every wish, what was done, and what was not."""
    notes, missed = list[str](), list[str]()
    for clause in clauses(said):
        step = understood(clause, scene)
        if step is None or step.after is None:
            missed.append(step.note if step else f"I did not understand “{clause}”")
            continue
        scene = step.after
        notes.append(step.note)
        missed += [step.missed] if step.missed else []
    return scene, notes, missed


def _over(scene: Description, text: str, heard: Heard) -> Reply:
    """A change of an image whose scene is not known: only its light, its manner, and what comes into it."""
    prompt = str(scene)
    brief = read(prompt)
    if text and (replace(brief, settings=(), sky=frozenset(), zoom=1.0) != Brief() or brief.style in prompt):
        return Reply(text, prompt)
    if heard.forced:
        return Reply("Here it is.", bared(heard.said) or "the same image")
    return Reply(f"{UNKNOWN}, so I could not do that to it: {PIXELS} I made no image.")


def _painted(scene: Description, text: str, heard: Heard) -> Reply:
    """The image of a scene; what the instructions say of its style and its hour counts for this turn alone."""
    shown, manner, own = scene, read(heard.manner), read(str(scene))
    if manner.style != Brief().style and not scene.style:
        shown = shown.in_style(manner.style)
    if manner.time in HOURS and own.time == Brief().time and not scene.time:
        shown = shown.at_time(HOURS[manner.time])
    return Reply(text, str(shown) or "an abstract composition", scene)


def sentence(parts: list[str]) -> str:
    joined = listed(parts)
    return joined[:1].upper() + joined[1:]
