"""The list of a server's models."""

import asyncio

import httpx2
import openai

from triptych.client.failures import translated
from triptych.errors import BadAnswer, TriptychError, Unreachable
from triptych.servers import Listing

LONGEST = 60.0  # seconds for the whole of it


async def models(sdk: openai.AsyncOpenAI) -> Listing:
    """The server's model list; raises TriptychError where it has none."""
    try:
        async with asyncio.timeout(LONGEST):
            answer = await sdk.models.with_raw_response.list()
        return Listing.of([entry.to_dict(warnings=False) for entry in answer.parse().data], answer.headers)
    except TimeoutError:
        failed: TriptychError = Unreachable("The server's model list did not come within a minute.")
    except (openai.OpenAIError, httpx2.HTTPError, ValueError) as exc:
        failed = translated(exc)
    except (AttributeError, TypeError):
        failed = BadAnswer("The server's model list cannot be read.")
    raise failed
