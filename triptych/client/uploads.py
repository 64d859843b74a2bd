"""The files of a request as the SDK takes them: named, with their bytes and their media type."""

import asyncio
from collections.abc import Mapping
from typing import Any

from triptych.errors import InvalidRequest
from triptych.inputs import Attachment
from triptych.request import ImageRequest
from triptych.servers import Server

Uploads = Mapping[str, Any]  # by argument of the SDK's method: (name, bytes, media type), or for `image` a list of it


def uploads(request: ImageRequest, files: Mapping[str, bytes], server: Server) -> Uploads:
    """The arguments of the SDK's method that are files. ``files`` holds the bytes by SHA-256.

    Every one is named and typed: bare bytes would go out as application/octet-stream, which the API refuses. Raises
    InvalidRequest where the bytes of one are not among the ``files``. The mask is turned to what the server wants.
    """
    if request.mask and server.mask == "white" and request.mask.sha256 in files:
        from triptych.masks import as_sent  # numpy, behind the first page

        files = as_sent(files, request.mask.sha256, white=True)
    images = [_upload(name, one, files) for name, role, one in request.named if role == "image"]
    others = {role: _upload(name, one, files) for name, role, one in request.named if role != "image"}
    if not images:
        return others
    return {"image": images[0] if request.variation else images, **others}


async def uploads_aside(request: ImageRequest, files: Mapping[str, bytes], server: Server) -> Uploads:
    """The same, in a thread where there is anything to do: a large mask that is turned would hold up the loop."""
    return await asyncio.to_thread(uploads, request, files, server) if request.mask else uploads(request, files, server)


def _upload(name: str, one: Attachment, files: Mapping[str, bytes]) -> tuple[str, bytes, str]:
    if one.sha256 not in files:
        raise InvalidRequest(f"The bytes of {name} are missing. Add the image again.", param="image")
    return name, files[one.sha256], one.media_type
