"""The demo's moderation: the API's shape, and a short list of words for each category that it can find."""

import re
import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from triptych.wire.refusals import invalid, missing

MODEL = "omni-moderation-latest"
LONGEST = 1_000_000  # characters
# The categories of the API, by the types of openai 3.54, and the words by which the demo finds one.
WORDS: dict[str, str] = {
    "harassment": "",
    "harassment/threatening": "",
    "hate": "racist|racism",
    "hate/threatening": "",
    "illicit": "shoplift|counterfeit",
    "illicit/violent": "pipe bomb|build a bomb",
    "self-harm": "suicide|self-harm",
    "self-harm/instructions": "",
    "self-harm/intent": "",
    "sexual": "nude|naked|porn|erotic",
    "sexual/minors": "",
    "violence": "murder|massacre|torture|beheaded|gore|gory|dismembered",
    "violence/graphic": "beheaded|gore|gory|dismembered",
}


async def create(request: Request) -> Response:
    """Judge each text of ``input``. Raises Refusal for what the API refuses."""
    try:
        asked: Any = await request.json()
    except ValueError:
        raise invalid("input", "We could not parse the JSON body of your request.") from None
    texts = asked.get("input") if isinstance(asked, dict) else None
    if not texts:
        raise missing("input")
    texts = [texts] if isinstance(texts, str) else texts
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise invalid("input", "The demo engine checks texts only.", "invalid_type")
    if sum(map(len, texts)) > LONGEST:
        raise invalid("input", "The input is too long.", "string_above_max_length")
    return JSONResponse({"id": f"modr-{secrets.token_hex(16)}", "model": MODEL, "results": list(map(judged, texts))})


def judged(text: str) -> dict[str, Any]:
    """One result as the API writes it; a score is 0.9 where a word was found and 0.01 where none was."""
    categories = {
        name: bool(words and re.search(rf"\b(?:{words})\b", text, re.IGNORECASE)) for name, words in WORDS.items()
    }
    return {
        "flagged": any(categories.values()),
        "categories": categories,
        "category_scores": {name: 0.9 if hit else 0.01 for name, hit in categories.items()},
        "category_applied_input_types": {name: ["text"] for name in categories},
    }
