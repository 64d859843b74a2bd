"""Several prompts written as one: ``a {red|blue} door`` stands for a red door and a blue door."""

import re
from collections.abc import Iterator
from itertools import islice

from triptych.errors import InvalidRequest

MOST = 1000  # prompts that one may stand for
STOPS = ",.;:"  # what a label need not end with
MOST_GROUPS = 100  # of braces: ten of two choices each are too many already
GROUP = re.compile(r"\{([^{}|]{0,2000}+(?:\|[^{}|]{0,2000}+){1,100}+)\}")  # an innermost one; {name} has no bar


def variants(prompt: str) -> tuple[str, ...]:
    """Every prompt that ``prompt`` stands for, each once, in the order in which it names them; itself without braces.

    Groups may stand inside groups. Raises InvalidRequest where there are more than 1,000, or more than 100 groups.
    """
    found = tuple(dict.fromkeys(islice(_expanded(prompt), MOST + 1)))
    if len(found) > MOST:
        raise _too_many()
    return found


def differing(prompts: tuple[str, ...]) -> tuple[str, ...]:
    """What each prompt has of its own: without the words that all of them begin and end with, for labels."""
    words = [prompt.split() for prompt in prompts]
    if len(set(prompts)) < 2:  # noqa: PLR2004 - one differs from nothing
        return prompts
    shortest = min(map(len, words))
    head = next((at for at in range(shortest) if len({each[at] for each in words}) > 1), shortest)
    tail = next((at for at in range(shortest - head) if len({each[-1 - at] for each in words}) > 1), shortest - head)
    own = [" ".join(each[head : len(each) - tail]) for each in words]
    bare = [mine.rstrip(STOPS) for mine in own]
    return tuple(mine or "–" for mine in (bare if len(set(bare)) == len(set(own)) else own))


def _too_many() -> InvalidRequest:
    return InvalidRequest(f"The braces stand for more than {MOST:,} prompts. Use fewer.", param="prompt")


def _expanded(prompt: str, depth: int = 0) -> Iterator[str]:
    """Depth first and one by one, so that many groups cost no more than what is asked of them."""
    group = GROUP.search(prompt)
    if group is None:
        yield prompt
        return
    if depth == MOST_GROUPS:
        raise _too_many()
    for choice in group[1].split("|"):
        yield from _expanded(prompt[: group.start()] + choice + prompt[group.end() :], depth + 1)
