"""Discord as a bot meets it: py-cord hears of a command, and says its answers to a server of the tests' own."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import discord
from discord.http import Route
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route as Path

from tests.serving import in_thread

USER = {"id": "7", "username": "ann", "discriminator": "0", "avatar": None, "global_name": "Ann"}
DIRECT_MESSAGE = {"id": "9", "type": 1}


@dataclass
class Said:
    """One thing that the bot said: where, what, and the files that hang on it, by name."""

    path: str
    payload: dict[str, Any]
    files: dict[str, bytes] = field(default_factory=dict)


@dataclass
class Discord:
    """What the bot said, in order."""

    said: list[Said] = field(default_factory=list)

    async def hear(self, request: Request) -> JSONResponse:
        if request.method == "POST":
            self.said.append(await _said(request))
        message = {"id": "11", "channel_id": "9", "author": USER, "content": "", "timestamp": "2026-11-29T00:00:00Z"}
        empty = {"edited_timestamp": None, "tts": False, "mention_everyone": False, "mentions": [], "type": 0}
        lists = {"mention_roles": [], "attachments": [], "embeds": [], "pinned": False}
        return JSONResponse({**USER, **message, **empty, **lists, "interaction": {"id": "5", "type": 2}})

    async def imagine(self, bot: discord.Bot, **options: str) -> list[Said]:
        """What the bot says to somebody's /imagine."""
        before = len(self.said)
        if bot.user is None:
            await bot.login("a-token")
        given = [{"name": name, "type": 3, "value": value} for name, value in options.items()]
        command = {"id": "3", "name": "imagine", "type": 1, "options": given}
        about = {"id": "5", "application_id": "13", "type": 2, "token": "t", "version": 1, "data": command}
        where = {"channel_id": "9", "channel": DIRECT_MESSAGE, "user": USER, "locale": "en-GB", "context": 1}
        rights = {"entitlements": [], "authorizing_integration_owners": {}, "attachment_size_limit": 10 << 20}
        state = bot._connection
        await bot.process_application_commands(discord.Interaction(data={**about, **where, **rights}, state=state))
        return self.said[before:]


async def _said(request: Request) -> Said:
    if request.headers["content-type"] == "application/json":
        return Said(request.url.path, await request.json())
    async with request.form() as form:
        files = {one.filename or "": await one.read() for one in form.values() if not isinstance(one, str)}
        return Said(request.url.path, json.loads(str(form["payload_json"])), files)


@contextmanager
def listening() -> Iterator[Discord]:
    """Discord's address is the tests' own for as long."""
    here, theirs = Discord(), Route.API_BASE_URL
    with in_thread(Starlette(routes=[Path("/{rest:path}", here.hear, methods=["GET", "POST"])])) as address:
        Route.API_BASE_URL = address
        try:
            yield here
        finally:
            Route.API_BASE_URL = theirs
