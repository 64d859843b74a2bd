"""Templates and styles of one's own, and the file in which they are passed on."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from triptych.errors import BadFile, InvalidRequest
from triptych.parameters import PROMPT_LIMIT

Kind = Literal["template", "style"]
FORMAT = 1  # of the file, under "triptych_prompts"
LONGEST_NAME = 80  # characters
MOST_ENTRIES = 1000
MOST_BYTES = 8 << 20


@dataclass(frozen=True)
class SavedPrompt:
    """A template or style by its ``name``; ``id`` is the records' own, "" for one that is not kept yet."""

    kind: Kind
    name: str
    text: str
    id: str = ""

    def check(self) -> None:
        """Raise InvalidRequest, in words, for what cannot be kept."""
        if not self.name.strip():
            raise InvalidRequest("Give it a name.")
        if len(self.name) > LONGEST_NAME:
            raise InvalidRequest(f"The name has {len(self.name)} characters. Shorten it to {LONGEST_NAME}.")
        if not self.text.strip():
            raise InvalidRequest("There is nothing to save yet. Write a prompt first.")
        if len(self.text) > PROMPT_LIMIT:
            raise InvalidRequest(f"The text has {len(self.text):,} characters. The API takes {PROMPT_LIMIT:,}.")


def exported(saved: Iterable[SavedPrompt]) -> bytes:
    """The file that holds them, as JSON in UTF-8."""
    entries = [{"kind": one.kind, "name": one.name, "text": one.text} for one in saved]
    return json.dumps({"triptych_prompts": FORMAT, "prompts": entries}, ensure_ascii=False, indent=1).encode()


def imported(data: bytes) -> tuple[SavedPrompt, ...]:
    """What such a file holds. Raises BadFile, which names the entry, for a file of which anything cannot be kept."""
    if len(data) > MOST_BYTES:
        raise BadFile(f"The file is larger than {MOST_BYTES >> 20} MB. Export fewer prompts.")
    try:
        said: Any = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise BadFile("The file is not JSON. Choose a file that was exported here.") from None
    if (
        not isinstance(said, dict)
        or said.get("triptych_prompts") != FORMAT
        or not isinstance(said.get("prompts"), list)
    ):
        raise BadFile("The file holds no prompts of this version. Choose a file that was exported here.")
    entries = said["prompts"]
    if len(entries) > MOST_ENTRIES:
        raise BadFile(f"The file holds {len(entries):,} prompts; at most {MOST_ENTRIES:,} are imported at once.")
    return tuple(_entry(number, entry) for number, entry in enumerate(entries, 1))


def _entry(number: int, said: Any) -> SavedPrompt:
    fields = [said.get(name) for name in ("kind", "name", "text")] if isinstance(said, dict) else [None]
    if not all(isinstance(each, str) for each in fields) or fields[0] not in get_args(Kind):
        raise BadFile(f"Prompt {number} of the file needs a kind (template or style), a name and a text.")
    found = SavedPrompt(*fields)
    try:
        found.check()
    except InvalidRequest as error:
        raise BadFile(f"Prompt {number} of the file cannot be kept. {error.message}") from None
    return found
