"""The changes that the demo's text model understands: rules that each read one wish and change a description by it."""

import re
from collections.abc import Callable
from dataclasses import replace

from triptych.engine.clauses import listed, one_of
from triptych.engine.description import Description
from triptych.engine.phrases import MOST, Phrase, found, plural
from triptych.engine.qualities import SIGHTS, WORD, Step, qualified
from triptych.engine.words import PARTS, QUOTED, SETTINGS, Brief, colour_of, read

Rule = Callable[[str, Description], Step | None]

UNDOING = re.compile(r"^(?:undo|revert|go back(?: one step)?$|back to (?:before|the previous)|as (?:it was )?before)")
OTHERWISE = re.compile(
    r"^(?:again|try again|once more|redo|surprise me|vary it|new version|"
    r"(?:another|an? different|different) (?:one|version|try|variation|take|composition))\b"
)
REMOVING = re.compile(
    r"^(?:remove|delete|erase|take (?:out|away)|take|get rid of|lose|drop|hide|without|with no|no more|no)\s+"
    r"(.+?)(?:\s+(?:away|out))?$"
)
LETTERS = {"sign", "words", "text", "letters", "lettering", "writing", "title"}
THERE = one_of(
    "add put place insert include paint draw show have with maybe plus",
    r"bring in|throw in|give (?:it|him|her|them|the \w+)|let there be|there (?:should|could|must) be",
    r"i(?:'d| would)? (?:want|like|love)|how about|what about",
    r"(?:it|the (?:scene|image)) (?:needs|could use|should have)",
)
ADDING = re.compile(rf"^{THERE}\s+(.+)$")
ANY = re.compile(r"(?:an?|some|two|three|four|five|six|seven|more|another)\b")
BESIDE = re.compile(r"\b(?:next to|beside|behind|in front of|near|under|over|above|around|between|inside)\b")
EXCHANGING = (
    re.compile(
        r"^(?:replace|swap|exchange|change|turn|make|transform) (?P<old>.+?) (?:in ?to|to|with|for|by) (?P<new>.+)$"
    ),
    re.compile(r"^make (?P<old>the \w+) (?P<new>an? .+)$"),
    re.compile(r"^(?P<new>.+) (?:rather than|in place of|instead of) (?P<old>.+)$"),
)
LARGER = re.compile(rf"\b{one_of('bigger larger taller enlarge grow huge giant enormous big large massive')}\b")
SMALLER = re.compile(rf"\b{one_of('smaller tinier shorter shrink tiny small little reduce')}\b")
MUCH = re.compile(r"\b(?:much|way|a lot|far|huge|giant|enormous|tiny)\b")
IT = re.compile(r"\b(?:it|this|that|them)\b")
CANVAS = re.compile(r"\b(?:image|picture|canvas|photo|format|resolution)\b")


def understood(clause: str, scene: Description) -> Step | None:
    """What the first rule that understands the wish does; None where none does."""
    low = clause if QUOTED.search(clause) else clause.lower()
    return next((step for rule in RULES if (step := rule(low, scene))), None)


def _undone(clause: str, scene: Description) -> Step | None:
    if not UNDOING.search(clause):
        return None
    return Step(scene.earlier, "it is as it was before" if scene.earlier else "there is nothing before this image")


def _otherwise(clause: str, scene: Description) -> Step | None:
    return Step(replace(scene, root=f"{scene.root}'"), "it is composed anew") if OTHERWISE.search(clause) else None


def _lettered(clause: str, scene: Description) -> Step | None:
    words = QUOTED.search(clause)
    if words is None:
        return None
    said = " ".join((words[1] or words[2]).split())
    return Step(replace(scene, core=QUOTED.sub("", scene.core), words=said), f"it says “{said}”")


def _gone(clause: str, scene: Description) -> Step | None:
    hit = REMOVING.match(clause)
    if hit is None:
        return None
    if one := next((one for _, _, one in found(hit[1]) if plural(one.noun) not in SIGHTS), None):
        if not scene.has(one.name):
            return _absent(one)
        return Step(scene.changed(one.name, lambda _: None), f"the {one.noun} is gone")
    word = next((w for w in WORD.findall(hit[1]) if w in LETTERS or w in SIGHTS or w in SETTINGS), "")
    return _cleared(word, scene) if word else None


def _absent(one: Phrase) -> Step:
    return Step(None, f"there is no {one.noun} in the image that I know of")


def _cleared(word: str, scene: Description) -> Step:
    """Without its letters, a sight of its sky, or its place."""
    if word in LETTERS:
        left = scene.without_words(lambda w: w in {"sign", "signboard"})
        left = replace(left, core=QUOTED.sub("", left.core).strip(), words="")
    elif word in SIGHTS:
        left = scene.without_sight(SIGHTS[word])
        left = left.with_sight("clear") if SIGHTS[word] == "clouds" else left
    else:
        left = replace(scene.without_words(lambda w: w == word), place="")
    if left == scene:
        return Step(None, f"there is no {word} in the image that I know of")
    return Step(left, f"the {word} {'are' if word.endswith('s') else 'is'} gone")


def _exchanged(clause: str, scene: Description) -> Step | None:
    hit = next((hit for pattern in EXCHANGING if (hit := pattern.match(clause))), None)
    if hit is None:
        return None
    old, new = ([one for _, _, one in found(hit[part])] for part in ("old", "new"))
    if not old or not new or old[0].name == new[0].name:
        return None
    if not scene.has(old[0].name):
        return _absent(old[0])
    after = scene.exchanged(old[0].name, new[0])
    for one in new[1:]:
        after = after.with_thing(one)
    return Step(after, f"there {listed([new[0].are, *map(str, new[1:])])} instead of the {old[0].noun}")


def _counted(clause: str, scene: Description) -> Step | None:
    one = next((one for _, _, one in found(clause) if scene.has(one.name)), None)
    if one is None or REMOVING.match(clause) or re.match(r"(?:add|put|draw|paint) ", clause):
        return None
    words, have = {*WORD.findall(clause)}, next(mine.count for mine in scene.phrases() if mine.name == one.name)
    if words & {"another", "more"}:
        count = have + (one.count if words & {"two", "three"} else 1)
    elif words & {"fewer", "less"}:
        count = max(have - 1, 1)
    elif (one.count > 1 or words & {"one", "only", "single"}) and not one.the:
        count = one.count
    else:
        return None
    new = replace(one, count=min(count, MOST))
    after = scene.changed(
        one.name, lambda mine: replace(mine, count=new.count, the=False, colour=new.colour or mine.colour)
    )
    return Step(after, f"there {replace(new, adjectives=(), size='').are}")


def _resized(clause: str, scene: Description) -> Step | None:
    steps = bool(LARGER.search(clause)) - bool(SMALLER.search(clause))
    if not steps or ADDING.match(clause):
        return None
    if CANVAS.search(clause):
        return Step(None, "the size of the image is a setting beside the conversation")
    named = next((one.name for _, _, one in found(clause) if scene.has(one.name)), "")
    name = named or (scene.main() if IT.search(clause) else "")
    if not name:
        return None
    grown = scene.changed(name, lambda one: one.grown(steps * (2 if MUCH.search(clause) else 1)))
    noun = next(one.noun for one in scene.phrases() if one.name == name)
    if grown == scene:
        return Step(None, f"the {noun} cannot be any {'larger' if steps > 0 else 'smaller'}")
    return Step(grown, f"the {noun} is {'larger' if steps > 0 else 'smaller'}")


def _recoloured(clause: str, scene: Description) -> Step | None:
    words = WORD.findall(clause)
    colour = next((w for w in reversed(words) if colour_of(w)), None)
    if colour is None or (ADDING.match(clause) and not re.match(r"(?:paint|have|with|give)\b", clause)):
        return None
    if one := next((one for _, _, one in found(clause) if scene.has(one.name) and one.noun != colour), None):
        after = scene.changed(one.name, lambda mine: replace(mine, colour=colour))
        return Step(after, f"the {one.noun} is {colour}")
    part = next((w for w in words if w in PARTS), None)
    return Step(scene.tinted(part, colour), f"the {part} is {colour}") if part else None


def _added(clause: str, scene: Description) -> Step | None:
    hit = ADDING.match(clause)
    asked = BESIDE.split(hit[1] if hit else clause)[0]
    things = [one for one in found(asked) if plural(one[2].noun) not in SIGHTS]
    if not things or not (hit or ANY.match(asked)):
        return None
    after, rest = scene, asked
    for begin, end, _ in reversed(things):
        rest = f"{rest[:begin]} {rest[end:]}"
    for _, _, one in things:
        after = after.with_thing(one)
    more = qualified(rest, after)
    notes = [f"there {one.are}" for _, _, one in things] + (more.note.split(" and ") if more and more.after else [])
    unknown = [part.strip() for part in re.split(r",| and ", asked) if part.strip() and read(part) == Brief()]
    missed = f"I do not know how to paint {unknown[0]}" if unknown else ""
    return Step((more.after if more else None) or after, listed(notes), missed)


def _unknown(clause: str, scene: Description) -> Step | None:
    """What it does know of a wish that no rule understands."""
    if one := next((one for _, _, one in found(clause) if one.the and not scene.has(one.name)), None):
        return _absent(one)
    hit = ADDING.match(clause)
    if hit and not [*found(hit[1])] and ANY.match(hit[1]):
        return Step(None, f"I do not know how to paint {hit[1]}")
    return None


RULES: tuple[Rule, ...] = (
    _undone,
    _otherwise,
    _lettered,
    _gone,
    _exchanged,
    _counted,
    _resized,
    _recoloured,
    _added,
    qualified,
    _unknown,
)
