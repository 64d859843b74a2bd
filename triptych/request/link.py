"""Settings as text for a link: what a request asks for, without its images and without who asks."""

import base64
import binascii
import json
import zlib
from dataclasses import replace
from typing import Any

from triptych.errors import InvalidRequest
from triptych.request import ImageRequest

LONGEST, MOST = 100_000, 1 << 20  # characters of a link, and bytes that it may stand for
DAMAGED = "This link is damaged: copy it again, the whole of it."


def shareable(request: ImageRequest) -> ImageRequest:
    """The request as whoever gets the link may have it."""
    bare = replace(request, images=(), mask=None, markup=None, extension=None, variation=False)
    return replace(bare, safety_identifier=None, successor_of=None)


def packed(values: Any) -> str:
    """JSON values as letters, digits, - and _."""
    return base64.urlsafe_b64encode(zlib.compress(json.dumps(values).encode(), 9)).decode().rstrip("=")


def unpacked(text: str) -> Any:
    """What ``packed`` wrote; raises InvalidRequest in words for anything else, however much it would unfold to."""
    try:
        data = base64.b64decode(text[: LONGEST + 1] + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        unfolding = zlib.decompressobj()
        said = unfolding.decompress(data, MOST)
        if len(text) > LONGEST or not unfolding.eof:
            raise InvalidRequest(DAMAGED)
        values = json.loads(said)
        json.dumps(values, ensure_ascii=False).encode()  # half a character can be neither kept nor shown
    except (ValueError, binascii.Error, zlib.error, RecursionError):
        raise InvalidRequest(DAMAGED) from None
    return values
