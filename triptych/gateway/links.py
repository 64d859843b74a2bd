"""Signed links to stored images: they open for an hour, without a key, for whoever holds one."""

import hashlib
import hmac
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from triptych.inputs import SUFFIXES
from triptych.settings import ApiToken
from triptych.store import Stored

LASTS = 3600  # seconds
BELOW = "/images/content"
NAME = re.compile(r"([0-9a-f]{64})\.([a-z]{3,4})")


@dataclass(frozen=True)
class Links:
    """The links of one token, below the address ``base`` of the gateway; they are void once the token is."""

    token: ApiToken
    base: str

    def to(self, stored: Stored) -> str:
        """The address of an image for an hour from now."""
        name, expires = f"{stored.sha256}.{SUFFIXES[stored.format]}", int(time.time()) + LASTS
        signed = {"token": self.token.name, "expires": expires, "signature": _signature(self.token, name, expires)}
        return f"{self.base}{BELOW}/{name}?{urlencode(signed)}"


def opened(tokens: Sequence[ApiToken], name: str, token: str, expires: str, signature: str) -> tuple[str, str] | None:
    """SHA-256 and format of the image that a link names; None for one that is none of ours, or is over."""
    found, holder = NAME.fullmatch(name), next((one for one in tokens if one.name == token), None)
    formats = {suffix: form for form, suffix in SUFFIXES.items()}
    if not found or found[2] not in formats or holder is None or not re.fullmatch(r"\d{1,12}", expires):
        return None
    right = hmac.compare_digest(_signature(holder, name, int(expires)).encode(), signature.encode())
    return (found[1], formats[found[2]]) if right and int(expires) > time.time() else None


def _signature(token: ApiToken, name: str, expires: int) -> str:
    said = f"triptych image {name} until {expires}".encode()
    return hmac.new(token.secret.encode(), said, hashlib.sha256).hexdigest()
