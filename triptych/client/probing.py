"""Which endpoints a server has, found out by GET requests alone: none of them makes an image or costs anything."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus

import httpx2

from triptych.client.wire import http_client
from triptych.servers import Account

PATIENCE = 3.0  # seconds for each answer: the model list waits for them
THERE, NOWHERE = "images/generations", "images/no-such-endpoint"
# By the field of `Server` that they decide.
POSTED = {"edits": "images/edits", "variations": "images/variations", "responses": "responses"}
LISTED = {"batches": "batches"}


async def probe(account: Account) -> Mapping[str, bool]:
    """By field of `Server` what its answers say; without those that say nothing either way.

    An endpoint that only takes POST answers a GET with 405, and one that is not there with 404, at a server that tells
    an endpoint which all have from one that nobody has. Only edits are believed to be there: OpenAI still has the
    endpoint of variations, and no model for it; others have responses and batches of text alone.
    """
    paths = (THERE, NOWHERE, *POSTED.values(), *LISTED.values())
    async with http_client(account, len(paths)) as http:
        there, nowhere, *said = await asyncio.gather(*(_status(http, account, path) for path in paths))
    if nowhere != HTTPStatus.NOT_FOUND:
        return {}
    answers = dict(zip((*POSTED, *LISTED), said, strict=True))
    asked = (*POSTED, *LISTED) if there == HTTPStatus.METHOD_NOT_ALLOWED else (*LISTED,)
    absent = {name: False for name in asked if answers[name] == HTTPStatus.NOT_FOUND}
    has_edits = "edits" in asked and answers["edits"] == HTTPStatus.METHOD_NOT_ALLOWED
    return {**absent, **({"edits": True} if has_edits else {})}


async def _status(http: httpx2.AsyncClient, account: Account, path: str) -> int:
    """The status of an answer, whose body is not read; 0 where none comes."""
    address, _, query = account.base_url.partition("?")
    try:
        async with http.stream("GET", f"{address}/{path}", params=query, timeout=PATIENCE) as answer:
            return answer.status_code
    except httpx2.HTTPError:
        return 0
