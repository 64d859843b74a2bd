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
ENDPOINTS = {"edits": "images/edits", "variations": "images/variations", "responses": "responses"}
LISTS = {"batches": "batches"}


async def probe(account: Account) -> Mapping[str, bool]:
    """By field of `Server` what its answers say; without those that say nothing either way.

    An endpoint that only takes POST answers a GET with 405, and one that is not there with 404. Servers that tell the
    two apart do so for an endpoint that all have, and for one that nobody has: the others are not asked any further.
    That there is a list of batches does not say that images may go into one, that there is none says that they cannot.
    """
    async with http_client(account, len(ENDPOINTS) + 2) as http:
        ask = [_status(http, account, path) for path in (THERE, NOWHERE, *ENDPOINTS.values(), *LISTS.values())]
        there, nowhere, *said = await asyncio.gather(*ask)
    if nowhere != HTTPStatus.NOT_FOUND:
        return {}
    answers = dict(zip((*ENDPOINTS, *LISTS), said, strict=True))
    tells = there == HTTPStatus.METHOD_NOT_ALLOWED
    known: dict[int, bool] = {HTTPStatus.METHOD_NOT_ALLOWED: True, HTTPStatus.NOT_FOUND: False}
    found = {name: known[answers[name]] for name in ENDPOINTS if tells and answers[name] in known}
    return {**found, **dict.fromkeys((name for name in LISTS if answers[name] == HTTPStatus.NOT_FOUND), False)}


async def _status(http: httpx2.AsyncClient, account: Account, path: str) -> int:
    """The status of an answer, whose body is not read; 0 where none comes."""
    address, _, query = account.base_url.partition("?")
    try:
        async with http.stream("GET", f"{address}/{path}", params=query, timeout=PATIENCE) as answer:
            return answer.status_code
    except httpx2.HTTPError:
        return 0
