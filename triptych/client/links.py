"""Images that an answer only links to: fetched from the account's own host, or from one the operator allows."""

from dataclasses import replace
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx2
import openai

from triptych.client.bounds import UNREADABLE
from triptych.client.failures import translated
from triptych.client.wire import http_client
from triptych.errors import BadAnswer
from triptych.servers import Account
from triptych.settings import settings

LONGEST = 2000  # characters of a link that is shown: a signed one has hundreds
PORTS = {"http": 80, "https": 443}


async def fetched(link: str, sdk: openai.AsyncOpenAI, account: Account) -> bytes:
    """The bytes behind ``link``. The key goes with it to the account's own host only, and to no other.

    Raises BadAnswer, which names the link: what it leads to was drawn and billed, so nothing is sent again for it.
    """
    home = urlsplit(str(sdk.base_url))
    try:
        there = urlsplit(urljoin(home.geturl(), link.strip()))
        place = _place(there)
        httpx2.URL(there.geturl())  # raises for what nobody can be asked: half a character, a line break
    except (ValueError, httpx2.InvalidURL):
        shown = link[:LONGEST].encode("utf-8", "replace").decode()
        raise BadAnswer(f"The server answered with a link that cannot be read: {shown}") from None
    if place != _place(home) and not _allowed(there):
        raise BadAnswer(
            f"The server answered with a link to {there.netloc[:200]}, which Triptych does not open. Open it yourself, "
            f"or ask the operator to add this host to TRIPTYCH_IMAGE_HOSTS: {there.geturl()[:LONGEST]}"
        )
    try:
        if place == _place(home):
            response = await sdk.get(there.geturl(), cast_to=httpx2.Response)
        else:
            response = await _strangers(there.geturl(), account)
    except (openai.OpenAIError, httpx2.TransportError) as exc:
        reason = translated(exc).message
        raise BadAnswer(
            f"The image was made but could not be fetched from {there.geturl()[:LONGEST]}: {reason}"
        ) from None
    if response.status_code != httpx2.codes.OK or UNREADABLE in response.extensions:
        raise BadAnswer(f"The image was made but {there.geturl()[:LONGEST]} answered {response.status_code}.")
    return response.content


async def _strangers(link: str, account: Account) -> httpx2.Response:
    """What an allowed host answers to one who shows no key."""
    nobody = replace(account, base_url=link, key="", organization=None, project=None)
    async with http_client(nobody, 1) as client:
        return await client.get(link)


def _place(address: SplitResult) -> tuple[str, str | None, int | None]:
    return address.scheme, address.hostname, address.port or PORTS.get(address.scheme)


def _allowed(address: SplitResult) -> bool:
    """Whether the operator lets images be fetched there: over https, by the host's name or the end of it."""
    host = address.hostname or ""
    named = any(host == name or (name.startswith(".") and host.endswith(name)) for name in settings().image_hosts)
    return named and address.scheme == "https"
