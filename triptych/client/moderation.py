"""A prompt sent to the server's moderation, and its answer as ours."""

from typing import Any

import openai

from triptych.client import outward
from triptych.errors import BadAnswer
from triptych.prompts import PromptCheck

MODEL = "omni-moderation-latest"
LONGEST = 60.0  # seconds for the whole of a check
MOST_CATEGORIES = 20
LONGEST_NAME = 60  # characters of a category


async def check(sdk: openai.AsyncOpenAI, prompt: str) -> PromptCheck:
    """Raises what the SDK raises, and BadAnswer for an answer that holds no result."""
    raw = await sdk.moderations.with_raw_response.create(model=MODEL, input=prompt)
    said: Any = raw.parse().to_dict(warnings=False)
    request_id = raw.headers.get("x-request-id")
    results = said.get("results") if isinstance(said, dict) else None
    first = results[0] if isinstance(results, list) and results else None
    if not isinstance(first, dict) or not isinstance(first.get("flagged"), bool):
        raise BadAnswer("The server's answer holds no result.", request_id=request_id)
    told = first.get("categories")
    named = [str(name)[:LONGEST_NAME] for name, hit in told.items() if hit is True] if isinstance(told, dict) else []
    categories = tuple(str(outward.clean(name)) for name in sorted(named)[:MOST_CATEGORIES])
    return PromptCheck(first["flagged"], categories, request_id)
