"""Prompt templates: text with gaps, what is offered for each, and the settings that suit it."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources

from triptych.errors import InvalidRequest

GAP = re.compile(r"\{([a-z][a-z0-9_]*)(?:=([^{}]*))?\}")


@dataclass(frozen=True, kw_only=True)
class Template:
    """A prompt with gaps. ``settings`` are fields of ImageRequest that suit it, to be offered and never forced.

    A gap is a name in braces, in small letters, and may say what to take: ``{subject}``, ``{subject=a fox}``, or
    alternatives of which the first is taken, ``{color=red|blue}``. Any other brace stands for itself.
    """

    id: str
    label: str
    text: str
    purpose: str = ""
    settings: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def gaps(self) -> Mapping[str, tuple[str, ...]]:
        """The alternatives of each gap, none where it has to be filled in; gaps stand as they first appear."""
        found: dict[str, tuple[str, ...]] = {}
        for name, offered in GAP.findall(self.text):
            words = tuple(word.strip() for word in offered.split("|") if word.strip())
            found[name] = found.get(name) or words
        return found


def fill(template: Template, values: Mapping[str, str], example: int = 0) -> str:
    """The template's text with every gap filled: by ``values``, or where a value is blank by an alternative.

    Of the alternatives it takes number ``example``, from 0, round and round. Braces in a value stay as they are. Raises
    InvalidRequest that names the gaps which have neither value nor alternative.
    """
    given = {
        name: values.get(name, "").strip() or (offered[example % len(offered)] if offered else "")
        for name, offered in template.gaps.items()
    }
    if missing := [name.replace("_", " ") for name, value in given.items() if not value]:
        raise InvalidRequest(f"Fill in {' and '.join(missing)}: the template “{template.label}” needs it.")
    return GAP.sub(lambda gap: given[gap[1]], template.text)


def _library() -> tuple[Template, ...]:
    text = resources.files("triptych.prompts").joinpath("library/templates.toml").read_text(encoding="utf-8")
    return tuple(
        Template(id=id_, purpose=purpose, label=one["label"], text=one["text"], settings=one.get("settings", {}))
        for purpose, group in tomllib.loads(text).items()
        for id_, one in group.items()
    )


TEMPLATES = _library()
